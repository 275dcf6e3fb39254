import { CORRUPTIONS, scaleOf, STRENGTHS } from '../../common/corruptions.ts';
import type { CorruptionStep } from '../../common/corruptions.ts';
import type { Run } from '../../common/entities.ts';
import { FIGURES } from '../../common/heads.ts';
import { createRandom } from '../../common/random.ts';
import type { Robustness } from '../../common/robustness.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Said } from '../../common/sentences/sentence.ts';
import type { CorruptTask } from '../../images/index.ts';
import { inBatches } from '../../tasks/pool.ts';
import { engineFor } from '../base/engine.ts';
import { checkpointOf } from '../models/prediction.ts';
import { onlyWith } from '../runs/chosen-training.ts';
import { preparePixels } from '../runs/training-data.ts';
import type { TrainingData } from '../runs/training-data.ts';
import type { ServiceContext } from '../scope/context.ts';
import type { Handlers } from '../scope/handlers.ts';
import type { JobContext } from '../scope/jobs.ts';
import type { OpenProject } from '../scope/open-project.ts';
import { countLook, evaluatedSamples, nameOf, readEvaluatedSet } from './evaluated-set.ts';
import type { EvaluatedSet } from './evaluated-set.ts';
import { LEAST_SCORE } from './evaluation.ts';

/** Pictures that are made worse, and predicted on, at a time: some megabytes. */
const BATCH = 16;
/** Seeds of images lie so far apart that those of two measurements never meet. */
const SEED_STEP = 2 ** 32;

/** First the images as they are. */
const STEPS: readonly (CorruptionStep | null)[] = [
  null,
  ...CORRUPTIONS.flatMap((corruption) => STRENGTHS.map((strength) => ({ corruption, strength }))),
];

interface Wanted extends EvaluatedSet {
  readonly run: Run;
  /** null: all. */
  readonly images: number | null;
  readonly seed: number;
}

/** The same ones of the same images for a seed, whatever else the project has. */
function drawn(data: TrainingData, set: Wanted, project: OpenProject): ReadonlySet<number> {
  const ids = evaluatedSamples(project, set, data.samples)
    .map(({ imageId }) => imageId)
    .sort((a, b) => a - b);
  return new Set(
    createRandom(set.seed)
      .shuffle(ids)
      .slice(0, set.images ?? ids.length),
  );
}

const sayStep = (step: CorruptionStep | null): Said =>
  step === null
    ? say('jobs.doing.clean')
    : say('jobs.doing.corruption', {
        corruption: say(`corruption.${step.corruption}`),
        strength: step.strength,
        strengths: STRENGTHS.length,
      });

/** By task, its first figure. */
const byTask = (figures: Readonly<Record<string, number>>): Record<string, number | null> =>
  Object.fromEntries(FIGURES.filter(({ first }) => first).map(({ id, task }) => [task, figures[id] ?? null]));

/**
 * Scores a run on images as they are and made worse in every way, and keeps what comes out with the run.
 * @throws TwinheadError `not-found` without a checkpoint, `unusable-input` where no image is readable, `cancelled`
 */
async function measureRobustness(
  { ports }: ServiceContext,
  project: OpenProject,
  wanted: Wanted,
  job: JobContext,
): Promise<Robustness> {
  const { run, on, data, seed } = wanted;
  const checkpointFile = await checkpointOf(project, run);
  const { labelsFor, loadModel, Rescorer, scaledLabels } = await import('../../learning/index.ts');
  const { corruptedPictures } = await import('../../images/index.ts');
  const network = await loadModel(checkpointFile);
  const chosen = drawn(data, wanted, project);
  const own = onlyWith(data, ({ imageId }) => chosen.has(imageId));
  using held = new DisposableStack();
  const { dataset, changed } = held.use(await preparePixels(project, own, network.inputSize, job));
  if (changed !== null) job.problem({ message: changed, severity: 'note' });
  held.use(await job.hold('engine'));
  const started = performance.now();
  const samples = labelsFor(network, dataset);
  const { pixelFile, inputSize: size } = dataset;
  const batches = [...inBatches(samples, BATCH)];
  const tasks = STEPS.flatMap((step) =>
    batches.map((batch): CorruptTask => ({
      ...{ pixelFile, size, step },
      pictures: batch.map(({ row, width, height, imageId }) => ({
        ...{ row, width, height },
        seed: seed * SEED_STEP + imageId,
      })),
    })),
  );
  await using rescorer = new Rescorer();
  const batch = Math.min(BATCH, samples.length);
  job.progress(0, samples.length * STEPS.length, sayStep(null));
  await rescorer.load({ engine: await engineFor(ports), checkpointFile, batch, minScore: LEAST_SCORE });
  const scores: Record<string, number | null>[] = [];
  let done = 0;
  let part = 0;
  for await (const pixels of corruptedPictures(tasks, job.signal)) {
    job.signal.throwIfAborted();
    const step = STEPS[scores.length]!;
    job.progress(done, samples.length * STEPS.length, sayStep(step));
    await rescorer.predict(pixels, batches[part]!);
    done += batches[part]!.length;
    part = (part + 1) % batches.length;
    if (part > 0) continue;
    const labels = samples.map((sample) => scaledLabels(sample, size, scaleOf(step)));
    scores.push(byTask(await rescorer.score(labels)));
  }
  job.signal.throwIfAborted();
  const robustness: Robustness = {
    ...{ run: run.id, images: samples.length, seed, epoch: network.position.epoch },
    of: evaluatedSamples(project, wanted, data.samples).length,
    dataRevision: data.labels.revision,
    at: ports.clock().toISOString(),
    seconds: (performance.now() - started) / 1000,
    clean: scores[0]!,
    corruptions: CORRUPTIONS.map((corruption, index) => ({
      corruption,
      strengths: scores.slice(1 + index * STRENGTHS.length, 1 + (index + 1) * STRENGTHS.length),
    })),
  };
  project.store.measurements.save(run.id, 'robustness', on, robustness);
  countLook(project, wanted, samples);
  project.changed('runs');
  return robustness;
}

/** How the scores of a run fall when its images get worse. */
export function robustnessHandlers(
  context: ServiceContext,
): Pick<Handlers, 'robustness.start' | 'robustness.get'> {
  return {
    'robustness.start': async ({ runId, images, seed, ...asked }, { project }) => {
      const run = project.store.runs.find(runId);
      await checkpointOf(project, run);
      const set = readEvaluatedSet(project, asked);
      const title = say('jobs.robustness', { name: run.name, split: nameOf(asked) });
      const input = { runId: run.id, images, seed, ...asked };
      const jobId = context.jobs.start(project, 'robustness', { title, input }, (job) =>
        measureRobustness(context, project, { run, images, seed, ...set }, job),
      );
      return { jobId };
    },
    'robustness.get': async ({ runId, ...on }, { project }) => {
      const run = project.store.runs.find(runId);
      return { robustness: project.store.measurements.find(run.id, 'robustness', on) };
    },
  };
}
