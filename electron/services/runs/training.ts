import type { StreamMessage } from '../../common/contract.ts';
import type { ListedRun, Run, TrainingEvent } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Language } from '../../common/sentences/languages.ts';
import type { TrainingConfig } from '../../learning/index.ts';
import { removeSync } from '../../files/index.ts';
import { codeVersion } from '../base/code-version.ts';
import type { ServiceContext } from '../scope/context.ts';
import { engineFor } from '../base/engine.ts';
import type { FeedReader } from '../base/feed.ts';
import type { Handlers } from '../scope/handlers.ts';
import type { JobContext } from '../scope/jobs.ts';
import { extended, resumeStepOf } from './resuming.ts';
import { finishedEvents, RunEvents } from './run-events.ts';
import { requireKnown, whyUnknown } from './known-run.ts';
import type { OpenProject } from '../scope/open-project.ts';
import { chooseData, chosenOrAll, readDataOf } from './chosen-training.ts';
import type { ChosenTraining } from './chosen-training.ts';
import { presentData, readTrainingData, requireLabels, tellFilesGone } from './training-data.ts';
import type { TrainingData } from './training-data.ts';
import { noteStop, train } from './training-run.ts';
import type { ActiveRun } from './training-run.ts';
import type { Claimant } from '../work/resources.ts';

type TrainingCalls =
  | 'runs.list'
  | 'runs.get'
  | 'runs.propose'
  | 'runs.start'
  | 'runs.resume'
  | 'runs.stop'
  | 'runs.rename'
  | 'runs.delete'
  | 'runs.events';

const anotherStart = ({ name }: OpenProject): Claimant => ({
  title: say('jobs.holder.start'),
  project: name,
});

export interface TrainingService {
  readonly handlers: Pick<Handlers, TrainingCalls>;
  /** Adds a run that is to be trained on this data; nothing trains yet. */
  create(
    project: OpenProject,
    config: TrainingConfig,
    data: TrainingData,
    called: {
      readonly name?: string | undefined;
      readonly language?: Language;
      readonly chosen?: ChosenTraining | undefined;
    },
  ): Promise<Run>;
  /**
   * Trains a run as a part of `job`, which has the training, from its start or its last checkpoint to its end.
   * @param resumeStep of {@link resumeStepOf}
   * @param profile whether the operations of a step are timed too
   * @returns the run as stored: `done`, or `stopped` where a person stopped it
   * @throws TwinheadError as the training failed, `cancelled` where the job was
   */
  trainRun(
    project: OpenProject,
    run: Run,
    data: TrainingData,
    job: JobContext,
    resumeStep: number | null,
    profile?: boolean,
  ): Promise<Run>;
  /** Stops a running training at its next checkpoint. */
  close(): Promise<void>;
}

/** Runs: proposed, started, watched, stopped, resumed. */
export function createTrainingService(context: ServiceContext): TrainingService {
  const { ports, jobs, resources } = context;
  let active: ActiveRun | null = null;

  /** At its next step, with a checkpoint; while it still decodes images there is nothing to keep. */
  const stop = (current: ActiveRun): void => {
    noteStop(current);
    if (current.handle === null) jobs.cancel(current.project.id, current.jobId);
    else current.handle.stop();
  };
  /** Runs of two projects may have one id. */
  const activeRun = (project: OpenProject, runId: string): ActiveRun | null =>
    active?.project === project && active.runId === runId ? active : null;
  /** A run whose end could not be noted, because the disk was full, doesn't train for ever. */
  const withLiveState = (project: OpenProject, run: Run): Run =>
    (run.state === 'running' || run.state === 'preparing') &&
    activeRun(project, run.id) === null &&
    (active !== null || resources.isFree('training'))
      ? { ...run, state: 'interrupted', ended: run.ended ?? say('training.ended.notNoted') }
      : run;

  const shown = async (project: OpenProject, run: Run): Promise<ListedRun> => ({
    ...withLiveState(project, run),
    unknown: await whyUnknown(run),
    stopping: activeRun(project, run.id)?.stopRequested ?? false,
  });

  const trainRun: TrainingService['trainRun'] = async (
    project,
    run,
    data,
    job,
    resumeStep,
    profile = false,
  ) => {
    const { store } = project;
    const current: ActiveRun = {
      project,
      runId: run.id,
      jobId: job.jobId,
      events: RunEvents.record(store.runs.folder(run.id), resumeStep),
      startedAt: performance.now(),
      secondsBefore: resumeStep === null ? 0 : run.seconds,
      stopRequested: false,
      handle: null,
    };
    // Before anything is waited for: whoever asks for its events now has to find it.
    active = current;
    try {
      // Evaluations of an earlier checkpoint say nothing of what comes now.
      store.runs.deleteEvaluations(run.id);
      // A run that goes on after edits has learned from the labels of now.
      store.noteLabels(data.labels);
      const { revision } = data.labels;
      store.runs.update(run.id, {
        state: 'preparing',
        ended: null,
        finishedAt: null,
        dataRevision: revision,
      });
      project.changed('runs');
      return await train(context, current, run, data, job, { resume: resumeStep !== null, profile });
    } finally {
      current.events.close();
      active = null;
      project.changed('runs');
    }
  };

  /** @param starting what kept a second call that came at once from starting another one */
  const begin = (
    starting: Disposable,
    project: OpenProject,
    run: Run,
    data: TrainingData,
    resumeStep: number | null,
    profile = false,
  ): string => {
    starting[Symbol.dispose]();
    const training = resources.take('training', {
      title: say('jobs.holder.training', { name: run.name }),
      project: project.name,
    });
    return jobs.start(
      project,
      'train',
      { title: say('jobs.train', { name: run.name }), input: { runId: run.id } },
      async (job) => {
        using held = new DisposableStack();
        held.use(training);
        return { run: await trainRun(project, run, data, job, resumeStep, profile) };
      },
    );
  };

  const create: TrainingService['create'] = async (project, config, data, called) => {
    const engine = await engineFor(ports);
    const run = project.store.runs.create({
      ...called,
      config,
      seed: config.seed,
      epochs: config.epochs,
      dataRevision: data.labels.revision,
      appVersion: await codeVersion(),
      engine: engine.kind,
    });
    project.store.snapshots.addFor('run', say('services.snapshot.run', { name: run.name }));
    return run;
  };

  return {
    handlers: {
      'runs.list': async (_input, { project }) => {
        const { runs } = project.store;
        const listed = await Promise.all(runs.list().map((run) => shown(project, run)));
        return {
          runs: listed,
          evaluations: runs.evaluations(),
          filterEvaluations: project.store.filterEvaluations.list(),
        };
      },
      'runs.get': async ({ runId }, { project }) => shown(project, project.store.runs.find(runId)),
      'runs.rename': async ({ runId, name }, { project }) => {
        const { store } = project;
        const run = store.runs.update(store.runs.find(runId).id, { name });
        project.changed('runs');
        return shown(project, run);
      },
      'runs.propose': async ({ settings = [], filter }, { project }) => {
        const learning = await import('../../learning/index.ts');
        const { data, refusal } = chosenOrAll(project, readTrainingData(project), filter);
        const summary = learning.summarizeData(data);
        const { config, reasons } = learning.proposeFor(summary, null, settings);
        const { network, pretrained } = learning.proposeFor(summary, null, []).config;
        const { learns, assignable, ...images } = learning.sizeTraining(presentData(data), config);
        const proposed = { config, unchosen: { network, pretrained }, reasons, learns, images, assignable };
        try {
          requireLabels(data);
          if (refusal !== null) throw refusal;
          const leftOut = tellFilesGone(data);
          const gone = leftOut === null ? [] : [say('training.leftOut', { ...leftOut })];
          const { warnings } = learning.checkTrainable(presentData(data), config);
          return {
            ...proposed,
            warnings: [...gone, ...warnings],
            blocked: null,
            filesGone: leftOut !== null,
          };
        } catch (error) {
          if (!(error instanceof TwinheadError)) throw error;
          const filesGone = error.code === 'unusable-input';
          if (!filesGone && error.code !== 'not-trainable') throw error;
          const { remedy } = error.details;
          const blocked = remedy === undefined ? [error.said] : [error.said, remedy];
          return { ...proposed, warnings: [], blocked, filesGone };
        }
      },
      'runs.start': async ({ config: changes, settings, name, language, profile, filter }, { project }) => {
        using starting = resources.take('training', anotherStart(project));
        const learning = await import('../../learning/index.ts');
        const all = readTrainingData(project);
        requireLabels(all);
        const { data, chosen } = chooseData(project, all, filter);
        const config = learning.configureRun(learning.summarizeData(data), changes, settings);
        learning.checkTrainable(data, config);
        const run = await create(project, config, data, { name, language, chosen });
        return { runId: run.id, jobId: begin(starting, project, run, data, null, profile) };
      },
      'runs.resume': async ({ runId, epochs }, { project }) => {
        using starting = resources.take('training', anotherStart(project));
        const { runs } = project.store;
        const run = runs.find(runId);
        await requireKnown(run);
        const more = epochs === undefined ? null : await extended(run, epochs);
        if (more === null && run.state === 'done') {
          throw new TwinheadError('not-allowed', say('services.run.finished', { name: run.name }), {
            remedy: say('services.run.finished.remedy'),
          });
        }
        const step = await resumeStepOf(project, run);
        const data = readDataOf(project, run);
        const going = more === null ? run : runs.update(run.id, more);
        return { runId: run.id, jobId: begin(starting, project, going, data, step) };
      },
      'runs.stop': async ({ runId }, { project }) => {
        const run = project.store.runs.find(runId);
        const current = activeRun(project, run.id);
        if (current === null) {
          throw new TwinheadError('not-allowed', say('services.run.notTraining', { name: run.name }), {
            remedy: say('services.run.notTraining.remedy'),
          });
        }
        stop(current);
        return {};
      },
      'runs.delete': async ({ runId }, { project }) => {
        const { store } = project;
        const run = store.runs.find(runId);
        if (activeRun(project, run.id) !== null) {
          throw new TwinheadError('not-allowed', say('services.run.training', { name: run.name }), {
            remedy: say('services.run.training.remedy'),
          });
        }
        // The folder first: where it can't be deleted, the run is still there to try again.
        removeSync(store.runs.folder(run.id));
        store.runs.delete(run.id);
        project.changed('runs');
        return {};
      },
      'runs.events': (input, { project, ...reader }) => readEvents(project, input.runId, reader),
    },
    create,
    trainRun,
    close: async () => {
      if (active === null) return;
      const { project, jobId } = active;
      stop(active);
      await jobs.finished(project.id, jobId);
    },
  };

  async function* readEvents(
    project: OpenProject,
    name: string,
    reader: FeedReader,
  ): AsyncGenerator<StreamMessage<TrainingEvent>> {
    const { store } = project;
    const run = store.runs.find(name);
    const current = activeRun(project, run.id);
    if (current !== null) yield* current.events.read(reader);
    else yield* finishedEvents(store.runs.folder(run.id), reader.after);
  }
}
