import { existsSync } from 'node:fs';
import path from 'node:path';
import { onAbort } from '../common/abort.ts';
import type { StreamMessage } from '../common/contract.ts';
import type { ListedRun, Run, TrainingEvent } from '../common/entities.ts';
import { saidBy, toErrorReport, TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import type { Language } from '../common/sentences/languages.ts';
import type { Said } from '../common/sentences/sentence.ts';
import type { startTraining, TrainingConfig } from '../learning/index.ts';
import { removeSync } from '../files/index.ts';
import { codeVersion } from './code-version.ts';
import type { ServiceContext } from './context.ts';
import { engineFor } from './engine.ts';
import type { FeedReader } from './feed.ts';
import type { Handlers } from './handlers.ts';
import type { JobContext } from './jobs.ts';
import { finishedEvents, RunEvents } from './run-events.ts';
import { listedRun, requireKnown } from './known-run.ts';
import type { OpenProject } from './open-project.ts';
import { preparePixels, readTrainingData, requireLabels } from './training-data.ts';
import type { TrainingData } from './training-data.ts';
import type { Claimant } from './work/resources.ts';

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

interface ActiveRun {
  readonly project: OpenProject;
  readonly runId: string;
  readonly jobId: string;
  readonly events: RunEvents;
  readonly startedAt: number;
  /** Seconds of earlier sittings of a resumed run. */
  readonly secondsBefore: number;
  stopRequested: boolean;
  handle: ReturnType<typeof startTraining> | null;
}

export interface TrainingService {
  readonly handlers: Pick<Handlers, TrainingCalls>;
  /** Adds a run that is to be trained on this data; nothing trains yet. */
  create(
    project: OpenProject,
    config: TrainingConfig,
    data: TrainingData,
    called: { readonly name?: string | undefined; readonly language?: Language },
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
    current.stopRequested = true;
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

  const shown = (project: OpenProject, run: Run): Promise<ListedRun> =>
    listedRun(withLiveState(project, run));

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
      // Of an earlier checkpoint: they say nothing of what comes now.
      store.runs.deleteEvaluations(run.id);
      // A run that goes on after edits has learned from the labels of now.
      store.noteLabels(data.labels);
      const { revision } = data.labels;
      if (run.dataRevision !== revision) store.runs.update(run.id, { dataRevision: revision });
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
        return { runs: listed, evaluations: runs.evaluations() };
      },
      'runs.get': async ({ runId }, { project }) => shown(project, project.store.runs.find(runId)),
      'runs.rename': async ({ runId, name }, { project }) => {
        const { store } = project;
        const run = store.runs.update(store.runs.find(runId).id, { name });
        project.changed('runs');
        return shown(project, run);
      },
      'runs.propose': async ({ settings = [] }, { project }) => {
        const learning = await import('../learning/index.ts');
        const data = readTrainingData(project);
        const { config, reasons } = learning.proposeFor(learning.summarizeData(data), null, settings);
        const { learns, ...images } = learning.sizeTraining(data, config);
        const proposed = { config, reasons, learns, images };
        try {
          requireLabels(data);
          return { ...proposed, warnings: learning.checkTrainable(data, config).warnings, blocked: null };
        } catch (error) {
          if (!(error instanceof TwinheadError) || error.code !== 'not-trainable') throw error;
          const { remedy } = error.details;
          const blocked = remedy === undefined ? [error.said] : [error.said, remedy];
          return { ...proposed, warnings: [], blocked };
        }
      },
      'runs.start': async ({ config: changes, settings, name, language, profile }, { project }) => {
        using starting = resources.take('training', anotherStart(project));
        const learning = await import('../learning/index.ts');
        const data = readTrainingData(project);
        requireLabels(data);
        const config = learning.configureRun(learning.summarizeData(data), changes, settings);
        const { warnings } = learning.checkTrainable(data, config);
        const run = await create(project, config, data, { name, language });
        return { runId: run.id, jobId: begin(starting, project, run, data, null, profile), warnings };
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
        const data = readTrainingData(project);
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

/**
 * The step of the checkpoint that a run would go on from; null: it begins anew, as one that was stopped before its
 * first checkpoint does.
 * @throws TwinheadError `unusable-input` where the checkpoint is damaged or of another version
 */
export async function resumeStepOf({ store }: OpenProject, run: Run): Promise<number | null> {
  const { checkpointPosition, LAST_CHECKPOINT } = await import('../learning/index.ts');
  const checkpoint = path.join(store.runs.folder(run.id), LAST_CHECKPOINT);
  return existsSync(checkpoint) ? (await checkpointPosition(checkpoint)).step : null;
}

/**
 * What a finished run is to be like with more epochs: the checkpoint of its end goes on, with a schedule of its own for
 * what is added.
 * @throws TwinheadError `not-allowed` for a run that has not come to its end, or that ended early because nothing got
 * better; `invalid-input` where nothing is added
 */
async function extended(run: Run, epochs: number): Promise<Pick<Run, 'config' | 'epochs'>> {
  const { name, epoch } = run;
  if (run.state !== 'done' || epoch < run.epochs) {
    const why = run.state === 'done' ? 'services.run.endedEarly' : 'services.run.notFinished';
    throw new TwinheadError('not-allowed', say(why, { name }), { remedy: say(`${why}.remedy`) });
  }
  if (epochs <= epoch) {
    throw new TwinheadError('invalid-input', say('services.run.fewEpochs', { name, epoch }), {
      place: 'epochs',
      remedy: say('services.run.fewEpochs.remedy', { least: epoch + 1 }),
    });
  }
  const { parseTrainingConfig } = await import('../learning/index.ts');
  const config = parseTrainingConfig(run.config);
  return { epochs, config: { ...config, epochs, schedule: { ...config.schedule, restart: epoch } } };
}

/** One sitting of a run, from the pixels to its end; returns the run as stored. */
async function train(
  { ports }: ServiceContext,
  active: ActiveRun,
  run: Run,
  data: TrainingData,
  job: JobContext,
  sitting: { readonly resume: boolean; readonly profile: boolean },
): Promise<Run> {
  const { project } = active;
  const { store } = project;
  using held = new DisposableStack();
  const learning = await import('../learning/index.ts');
  const config = learning.parseTrainingConfig(run.config);
  const seconds = (): number => active.secondsBefore + (performance.now() - active.startedAt) / 1000;
  let peakMemory = run.peakMemoryBytes ?? 0;
  const untold: { error?: Error } = {};
  const note = (event: TrainingEvent): void => {
    active.events.push(event);
    if (event.type === 'step') {
      peakMemory = Math.max(peakMemory, event.memoryBytes);
      job.progress(event.epoch - 1 + (event.step % event.steps) / event.steps, config.epochs);
    } else if (event.type === 'epoch') {
      job.progress(event.epoch, config.epochs);
      store.runs.update(run.id, {
        epoch: event.epoch,
        step: event.step,
        seconds: seconds(),
        peakMemoryBytes: peakMemory,
        ...(event.best ? { bestEpoch: event.epoch, bestScore: event.metrics['overall'] ?? null } : {}),
      });
      project.changed('runs');
    }
  };
  try {
    const preparing = say('jobs.doing.preparing');
    job.progress(0, null, preparing);
    active.events.push({ type: 'status', message: preparing });
    if (sitting.resume && run.epoch > 0 && config.schedule.restart === run.epoch)
      note({
        type: 'status',
        lasting: true,
        message: say('training.goesOn', { epoch: run.epoch, epochs: run.epochs }),
      });
    const { dataset, leftOut } = held.use(
      await preparePixels(project, data, config.inputSize, job, ['train', 'val']),
    );
    if (leftOut !== null)
      note({ type: 'status', lasting: true, message: say('training.leftOut', { leftOut }) });
    held.use(await job.hold('engine'));
    const engine = await engineFor(ports);
    job.progress(0, config.epochs, say('jobs.doing.training'));
    store.runs.update(run.id, { state: 'running', engine: engine.kind });
    project.changed('runs');
    /** A disk that is full, say. Thrown from a message it would end the process. */
    const guarded =
      <Value>(keep: (value: Value) => void) =>
      (value: Value): void => {
        try {
          keep(value);
        } catch (error) {
          untold.error ??= error instanceof Error ? error : new Error(String(error));
          handle.stop();
        }
      };
    const handle = learning.startTraining(
      { engine, config, dataset, runFolder: store.runs.folder(run.id), ...sitting },
      guarded(note),
      guarded((device) => {
        store.runs.update(run.id, { device });
        project.changed('runs');
      }),
    );
    active.handle = handle;
    const stop = (): void => {
      active.stopRequested = true;
      handle.stop();
    };
    if (active.stopRequested) stop();
    held.defer(onAbort(job.signal, stop));
    const result = await handle.done;
    if (untold.error !== undefined) throw untold.error;
    peakMemory = Math.max(peakMemory, result.peakMemoryBytes);
    finish(result.state, result.reason);
  } catch (error) {
    const cancelled = job.signal.aborted || active.stopRequested;
    const isStop = cancelled && toErrorReport(error).code === 'cancelled';
    try {
      finish(cancelled ? 'stopped' : 'failed', isStop ? say('training.ended.byYou') : saidBy(error));
    } catch (second) {
      // What went wrong first is what is told; the run is listed as interrupted.
      ports.logger.error({ err: second, run: run.id }, 'the end of a run could not be noted');
    }
    throw error;
  }
  if (job.signal.aborted) {
    throw new TwinheadError('cancelled', say('services.run.stopped'), {
      remedy: say('services.run.stopped.remedy'),
      run: run.id,
    });
  }
  return store.runs.find(run.id);

  function finish(state: Run['state'], reason: Said): void {
    store.runs.update(run.id, {
      state,
      ended: reason,
      finishedAt: ports.clock().toISOString(),
      seconds: seconds(),
      peakMemoryBytes: peakMemory,
    });
    active.events.push({ type: 'end', state, reason });
  }
}
