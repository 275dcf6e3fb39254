import { onAbort } from '../common/abort.ts';
import type { Evaluation, Run, Split } from '../common/entities.ts';
import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import type { TrainingSample } from '../learning/index.ts';
import type { ServiceContext } from './context.ts';
import { engineFor } from './engine.ts';
import type { Handlers } from './handlers.ts';
import type { JobContext } from './jobs.ts';
import { judge } from './judge.ts';
import { checkpointOf } from './prediction.ts';
import type { OpenProject } from './open-project.ts';
import { preparePixels, readTrainingData } from './training-data.ts';
import type { TrainingData } from './training-data.ts';

type EvaluationCalls = 'evaluation.start' | 'evaluation.get';

/** Low enough that the precision-recall curve is whole. */
const LEAST_SCORE = 0.01;

/**
 * Judges the checkpoint of a run on the labelled images of a split, and stores what comes out.
 * @throws TwinheadError `not-found` without a checkpoint, `unusable-input` without images, `cancelled`
 */
export async function evaluateRun(
  { ports }: ServiceContext,
  project: OpenProject,
  { run, split, data }: { readonly run: Run; readonly split: Split; readonly data: TrainingData },
  job: JobContext,
): Promise<Evaluation> {
  const checkpointFile = await checkpointOf(project, run);
  const { loadModel, startPrediction } = await import('../learning/index.ts');
  const { imageClasses, objectClasses, config, inputSize } = await loadModel(checkpointFile);
  using held = new DisposableStack();
  const { dataset } = held.use(await preparePixels(project, data, inputSize, job, [split]));
  held.use(await job.hold('engine'));
  const usable = dataset.samples.filter((sample) => sample.split === split);
  const start = performance.now();
  const prediction = startPrediction(
    {
      engine: await engineFor(ports),
      checkpointFile,
      samples: usable,
      pixelFile: dataset.pixelFile,
      minScore: LEAST_SCORE,
    },
    (done) => job.progress(done, usable.length, say('jobs.doing.predicting')),
  );
  held.defer(onAbort(job.signal, prediction.stop));
  const predictions = await prediction.done;
  job.signal.throwIfAborted();
  const indices = {
    image: indicesOf(data.imageClasses, imageClasses),
    object: indicesOf(data.objectClasses, objectClasses),
  };
  const evaluation = await judge({
    run: run.id,
    split,
    dataRevision: data.labels.revision,
    seconds: (performance.now() - start) / 1000,
    config,
    imageClasses: imageClasses.map(({ name }) => name),
    objectClasses: objectClasses.map(({ name }) => name),
    samples: usable.map((sample) => relabel(sample, indices)),
    predictions,
  });
  project.store.noteLabels(data.labels);
  project.store.runs.saveEvaluation(run.id, evaluation);
  if (split === 'test') project.store.settings.countTestLook();
  project.changed('runs');
  return evaluation;
}

/** @throws TwinheadError `unusable-input` where there is nothing to judge on */
export function requireImages(data: TrainingData, split: Split): void {
  if (data.samples.some((sample) => sample.split === split)) return;
  throw new TwinheadError(
    'unusable-input',
    say('services.split.empty', { split: say(`jobs.split.${split}`) }),
    {
      place: say('services.split', { split }),
      remedy: say('services.split.empty.remedy'),
    },
  );
}

/** How good a run is on images that it was not trained on. */
export function evaluationHandlers(context: ServiceContext): Pick<Handlers, EvaluationCalls> {
  const { jobs } = context;
  return {
    'evaluation.start': async ({ runId, split }, { project }) => {
      const run = project.store.runs.find(runId);
      await checkpointOf(project, run);
      const data = readTrainingData(project);
      requireImages(data, split);
      const title = say('jobs.evaluate', { name: run.name, split: say(`jobs.split.${split}`) });
      const jobId = jobs.start(project, 'evaluate', { title, input: { runId: run.id, split } }, (job) =>
        evaluateRun(context, project, { run, split, data }, job),
      );
      return { jobId };
    },
    'evaluation.get': async ({ runId, split }, { project: { store } }) => {
      return { evaluation: store.runs.evaluation(store.runs.find(runId).id, split) };
    },
  };
}

/** The index that the network gives each class of the project: classes may have come or gone since it was trained. */
function indicesOf(now: readonly { id: number }[], trained: readonly { id: number }[]): (number | null)[] {
  const indices = new Map(trained.map(({ id }, index) => [id, index]));
  return now.map(({ id }) => indices.get(id) ?? null);
}

/** Labels of classes that the network never knew can't be judged and are left out. */
function relabel(
  sample: TrainingSample,
  indices: { readonly image: readonly (number | null)[]; readonly object: readonly (number | null)[] },
): TrainingSample {
  const [imageClass = null, ...furtherClasses] = [
    sample.imageClass,
    ...(sample.furtherClasses ?? []),
  ].flatMap((index) => (index === null ? [] : (indices.image[index] ?? [])));
  return {
    ...sample,
    imageClass,
    furtherClasses,
    boxes:
      sample.boxes?.flatMap((box) => {
        const classIndex = indices.object[box.classIndex] ?? null;
        return classIndex === null ? [] : [{ ...box, classIndex }];
      }) ?? null,
  };
}
