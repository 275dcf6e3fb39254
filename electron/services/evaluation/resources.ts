import { existsSync } from 'node:fs';
import { onAbort } from '../../common/abort.ts';
import type { Run } from '../../common/entities.ts';
import { createRandom } from '../../common/random.ts';
import { TIMED_BATCHES, timesOf } from '../../common/resources.ts';
import type { Resources } from '../../common/resources.ts';
import { say } from '../../common/sentences/sentence.ts';
import { processorName } from '../../engine/index.ts';
import type { ResourcesEvent } from '../../export/index.ts';
import { engineFor } from '../base/engine.ts';
import { checkpointOf } from '../models/prediction.ts';
import { presentData, readTrainingData } from '../runs/training-data.ts';
import type { ServiceContext } from '../scope/context.ts';
import type { Handlers } from '../scope/handlers.ts';
import type { JobContext } from '../scope/jobs.ts';
import type { OpenProject } from '../scope/open-project.ts';

/** Files that are decoded, and whose pictures the network is given. */
const PICTURES = 32;
const SEED = 1;
/** Milliseconds between two looks at the memory of the program. */
const LOOK = 10;

/** The largest memory of the program while each batch was measured. */
class MemoryWatch implements Disposable {
  readonly #timer = setInterval(() => this.look(), LOOK);
  readonly #peaks = new Map<string, number>();
  #at = '';

  static #key = ({ runtime, batch }: ResourcesEvent): string => `${runtime} ${batch}`;

  begin(event: ResourcesEvent): void {
    this.#at = MemoryWatch.#key(event);
    this.look();
  }

  look(): void {
    this.#peaks.set(this.#at, Math.max(this.#peaks.get(this.#at) ?? 0, process.memoryUsage.rss()));
  }

  peak(event: ResourcesEvent): number {
    return this.#peaks.get(MemoryWatch.#key(event)) ?? process.memoryUsage.rss();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** Exported ONNX models of a run that are still there, the newest of each folder. */
function exportedModels({ store }: OpenProject, run: Run): { file: string; folder: string }[] {
  const folders = new Map<string, string>();
  for (const { format, folder, files } of store.exports.list(run.id)) {
    const file = files.find((one) => one.endsWith('.onnx'));
    if (format === 'onnx' && file !== undefined && !folders.has(folder)) folders.set(folder, file);
  }
  return [...folders].flatMap(([folder, file]) => (existsSync(file) ? [{ folder, file }] : []));
}

/**
 * Measures what a run costs on this machine, and keeps it with the run. Pictures and engine are its own meanwhile: others
 * would slow it.
 * @throws TwinheadError `not-found` without a checkpoint, `cancelled`
 */
async function measureResources(
  { ports }: ServiceContext,
  project: OpenProject,
  run: Run,
  job: JobContext,
): Promise<Resources> {
  const checkpointFile = await checkpointOf(project, run);
  const [{ loadModel }, { startMeasuring }, { timedPictures }] = await Promise.all([
    import('../../learning/index.ts'),
    import('../../export/index.ts'),
    import('../../images/index.ts'),
  ]);
  const { inputSize, position } = await loadModel(checkpointFile);
  using held = new DisposableStack();
  held.use(await job.hold('pixels'));
  held.use(await job.hold('engine'));
  const started = performance.now();
  job.progress(0, null, say('jobs.doing.timingDecoding'));
  const { samples, pictures } = presentData(readTrainingData(project));
  const files = createRandom(SEED)
    .shuffle(samples.map(({ row }) => pictures[row]!.file).sort())
    .slice(0, PICTURES);
  const decoded = await timedPictures({ files, size: inputSize }, job.signal);
  job.signal.throwIfAborted();
  const memoryBeforeBytes = process.memoryUsage.rss();
  const memory = held.use(new MemoryWatch());
  const models = exportedModels(project, run);
  const total = TIMED_BATCHES.length * (1 + models.length);
  let done = 0;
  const measuring = startMeasuring(
    { engine: await engineFor(ports), checkpointFile, pixels: decoded.pixels, models },
    (event) => {
      memory.begin(event);
      job.progress(done++, total, say('jobs.doing.timing', { count: event.batch }));
    },
  );
  held.defer(onAbort(job.signal, measuring.stop));
  const { refused, runtimes, ...measured } = await measuring.done;
  job.signal.throwIfAborted();
  for (const { file, reason } of refused)
    job.problem({ file, message: say('services.resources.refused', { reason }), severity: 'warning' });
  const resources: Resources = {
    ...{ run: run.id, epoch: position.epoch, at: ports.clock().toISOString() },
    seconds: (performance.now() - started) / 1000,
    ...{ processor: processorName(), inputSize, memoryBeforeBytes },
    ...measured,
    decode:
      decoded.milliseconds.length === 0
        ? null
        : { images: decoded.milliseconds.length, ...timesOf(decoded.milliseconds) },
    runtimes: runtimes.map(({ batches, ...runtime }, index) => ({
      ...runtime,
      batches: batches.map((one) => ({
        ...one,
        peakMemoryBytes: memory.peak({ runtime: index, batch: one.batch }),
      })),
    })),
  };
  project.store.measurements.save(run.id, 'resources', null, resources);
  project.changed('runs');
  return resources;
}

/** What a run costs on this machine. */
export function resourceHandlers(
  context: ServiceContext,
): Pick<Handlers, 'resources.start' | 'resources.get'> {
  return {
    'resources.start': async ({ runId }, { project }) => {
      const run = project.store.runs.find(runId);
      await checkpointOf(project, run);
      const title = say('jobs.resources', { name: run.name });
      const jobId = context.jobs.start(project, 'resources', { title, input: { runId: run.id } }, (job) =>
        measureResources(context, project, run, job),
      );
      return { jobId };
    },
    'resources.get': async ({ runId }, { project }) => {
      const run = project.store.runs.find(runId);
      return { resources: project.store.measurements.find(run.id, 'resources', null) };
    },
  };
}
