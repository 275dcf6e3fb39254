import { onAbort } from '../../common/abort.ts';
import type { Run, TrainingEvent } from '../../common/entities.ts';
import { saidOf, toErrorReport, TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Said } from '../../common/sentences/sentence.ts';
import type { startTraining } from '../../learning/index.ts';
import type { ServiceContext } from '../scope/context.ts';
import { engineFor } from '../base/engine.ts';
import type { JobContext } from '../scope/jobs.ts';
import type { OpenProject } from '../scope/open-project.ts';
import type { RunEvents } from './run-events.ts';
import { preparePixels } from './training-data.ts';
import type { TrainingData } from './training-data.ts';

export interface ActiveRun {
  readonly project: OpenProject;
  readonly runId: string;
  readonly jobId: string;
  readonly events: RunEvents;
  readonly startedAt: number;
  /** Seconds of earlier sessions of a resumed run. */
  readonly secondsBefore: number;
  stopRequested: boolean;
  handle: ReturnType<typeof startTraining> | null;
}

/** Whoever looks at the run learns at once that it is about to stop. */
export function noteStop(active: ActiveRun): void {
  active.stopRequested = true;
  active.project.changed('runs');
}

/** @param at the step of the whole run, from 1, and how many an epoch has */
export const epochsDone = (at: {
  readonly epoch: number;
  readonly step: number;
  readonly steps: number;
}): number => at.epoch - 1 + (((at.step - 1) % at.steps) + 1) / at.steps;

/** One session of a run, from the pixels to its end; returns the run as stored. */
export async function train(
  { ports }: ServiceContext,
  active: ActiveRun,
  run: Run,
  data: TrainingData,
  job: JobContext,
  session: { readonly resume: boolean; readonly profile: boolean },
): Promise<Run> {
  const { project } = active;
  const { store } = project;
  using held = new DisposableStack();
  const learning = await import('../../learning/index.ts');
  const config = learning.parseTrainingConfig(run.config);
  const seconds = (): number => active.secondsBefore + (performance.now() - active.startedAt) / 1000;
  let peakMemory = run.peakMemoryBytes ?? 0;
  const training = say('jobs.doing.training');
  /** Seconds; not known before the first step. */
  let left: number | undefined;
  const unreported: { error?: Error } = {};
  const note = (event: TrainingEvent): void => {
    if (event.type === 'step' && left === undefined) {
      store.runs.update(run.id, { state: 'running' });
      project.changed('runs');
    }
    active.events.push(event);
    if (event.type === 'step') {
      peakMemory = Math.max(peakMemory, event.memoryBytes);
      // By its steps: what came before the first of them is done once, not in every epoch.
      left = event.secondsLeft;
      job.progress(epochsDone(event), config.epochs, training, left);
    } else if (event.type === 'epoch') {
      job.progress(event.epoch, config.epochs, training, left);
      store.runs.update(run.id, {
        epoch: event.epoch,
        step: event.step,
        seconds: seconds(),
        peakMemoryBytes: peakMemory,
        ...(event.best ? { bestEpoch: event.epoch, bestScore: event.metrics['overall'] ?? null } : {}),
      });
      project.changed('runs');
    } else if (event.type === 'status' && event.lasting !== true && left === undefined)
      job.progress(0, null, event.message);
  };
  held.defer(onAbort(job.signal, () => noteStop(active)));
  try {
    const preparing = say('jobs.doing.preparing');
    job.progress(0, null, preparing);
    active.events.push({ type: 'status', message: preparing });
    if (session.resume && run.epoch > 0 && config.schedule.restart === run.epoch)
      note({
        type: 'status',
        lasting: true,
        message: say('training.goesOn', { epoch: run.epoch, epochs: run.epochs }),
      });
    if (!session.resume && run.filter !== null) {
      const { name, images: count } = run.filter;
      note({ type: 'status', lasting: true, message: say('training.chosen', { name, count }) });
    }
    const { dataset, leftOut, changed } = held.use(
      await preparePixels(project, data, config.inputSize, job, ['train', 'val']),
    );
    if (leftOut !== null)
      note({
        type: 'status',
        lasting: true,
        warning: true,
        message: say('training.leftOut', { ...leftOut }),
      });
    if (changed !== null) note({ type: 'status', lasting: true, warning: true, message: changed });
    held.use(await job.hold('engine'));
    const engine = await engineFor(ports);
    job.progress(0, null, training);
    store.runs.update(run.id, { engine: engine.kind });
    project.changed('runs');
    /** A disk that is full, say. Thrown from a message it would end the process. */
    const guarded =
      <Value>(keep: (value: Value) => void) =>
      (value: Value): void => {
        try {
          keep(value);
        } catch (error) {
          unreported.error ??= error instanceof Error ? error : new Error(String(error));
          handle.stop();
        }
      };
    const handle = learning.startTraining(
      { engine, config, dataset, runFolder: store.runs.folder(run.id), ...session },
      guarded(note),
      guarded((device) => {
        store.runs.update(run.id, { device });
        project.changed('runs');
      }),
    );
    active.handle = handle;
    if (active.stopRequested) handle.stop();
    held.defer(onAbort(job.signal, handle.stop));
    const result = await handle.done;
    if (unreported.error !== undefined) throw unreported.error;
    peakMemory = Math.max(peakMemory, result.peakMemoryBytes);
    finish(result.state, result.reason);
  } catch (error) {
    const cancelled = job.signal.aborted || active.stopRequested;
    const report = toErrorReport(error);
    const isStop = cancelled && report.code === 'cancelled';
    try {
      const reason = isStop ? say('training.ended.byYou') : saidOf(error);
      finish(cancelled ? 'stopped' : 'failed', reason, report.details.remedy);
    } catch (second) {
      // What went wrong first is what is reported; the run is listed as interrupted.
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

  function finish(state: Run['state'], reason: Said, remedy?: Said): void {
    store.runs.update(run.id, {
      state,
      ended: reason,
      finishedAt: ports.clock().toISOString(),
      seconds: seconds(),
      peakMemoryBytes: peakMemory,
    });
    active.events.push({ type: 'end', state, reason, ...(state === 'failed' && { remedy }) });
  }
}
