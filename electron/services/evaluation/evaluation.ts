import { onAbort } from '../../common/abort.ts';
import { MOST_LISTED } from '../../common/entities.ts';
import type { Evaluation, Run, Split } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { ServiceContext } from '../scope/context.ts';
import { codeVersion } from '../base/code-version.ts';
import { engineFor } from '../base/engine.ts';
import type { Handlers } from '../scope/handlers.ts';
import type { JobContext } from '../scope/jobs.ts';
import { requireKnown, whyUnknown } from '../runs/known-run.ts';
import { checkpointOf, kindsOf } from '../models/prediction.ts';
import type { OpenProject } from '../scope/open-project.ts';
import { pathOfSystem } from '../base/paths.ts';
import { writeReport } from './report/index.ts';
import type { ItemQuery, ScoredItem } from '../scoring/scoring.ts';
import { preparePixels, readTrainingData } from '../runs/training-data.ts';
import type { TrainingData } from '../runs/training-data.ts';

type EvaluationCalls =
  | 'evaluation.start'
  | 'evaluation.get'
  | 'evaluation.intervals'
  | 'evaluation.curves'
  | 'evaluation.calibration'
  | 'evaluation.falseAlarms'
  | 'evaluation.items'
  | 'evaluation.report'
  | 'evaluation.images'
  | 'thresholds.get'
  | 'thresholds.choose';

/** Low enough that the precision-recall curve is whole. */
const LEAST_SCORE = 0.01;

/**
 * Evaluates the checkpoint of a run on the labelled images of a split, and stores what comes out.
 * @throws TwinheadError `not-found` without a checkpoint, `unusable-input` without images, `cancelled`
 */
export async function evaluateRun(
  { ports }: ServiceContext,
  project: OpenProject,
  { run, split, data }: { readonly run: Run; readonly split: Split; readonly data: TrainingData },
  job: JobContext,
): Promise<Evaluation> {
  const checkpointFile = await checkpointOf(project, run);
  const { loadModel, startPrediction } = await import('../../learning/index.ts');
  const { imageClasses, objectClasses, position, inputSize } = await loadModel(checkpointFile);
  using held = new DisposableStack();
  const { dataset, changed } = held.use(await preparePixels(project, data, inputSize, job, [split]));
  if (changed !== null) job.problem({ message: changed, note: true });
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
  const { epoch, step } = position;
  const contents = new Map(data.samples.map(({ imageId, row }) => [imageId, data.pictures[row]!.sha256]));
  project.store.answers.save(
    run.id,
    { epoch, step, imageClasses, objectClasses },
    usable.map(({ imageId }, index) => ({
      imageId,
      sha256: contents.get(imageId)!,
      ...predictions[index]!,
    })),
  );
  // By the labels of this moment: they may have changed while the network ran.
  const scores = await project.scoring.scores({ runId: run.id, split }, { content: true });
  if (scores?.content === undefined) throw new Error('The predictions were not stored.');
  const { revision: dataRevision } = scores.content;
  const evaluation = {
    ...scores.evaluation,
    dataRevision,
    seconds: (performance.now() - start) / 1000,
  };
  project.store.noteLabels(scores.content);
  project.store.runs.saveEvaluation(run.id, evaluation);
  if (split === 'test') project.store.settings.countTestLook();
  project.changed('runs');
  return evaluation;
}

/** @throws TwinheadError `unusable-input` where there is nothing to evaluate on */
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

/** @throws TwinheadError `not-found` where no predictions are stored */
async function itemsOf(
  project: OpenProject,
  { runId, split, ...query }: ItemQuery & { readonly runId: string; readonly split: Split },
): Promise<ScoredItem[]> {
  const run = project.store.runs.find(runId);
  await requireKnown(run);
  const items = await project.scoring.items({ runId: run.id, split }, query);
  if (items !== null) return items;
  throw notStored(run);
}

const notStored = ({ name }: Run): TwinheadError =>
  new TwinheadError('not-found', say('evaluation.none', { name }), { remedy: say('evaluation.none.remedy') });

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
    'evaluation.get': async ({ runId, split }, { project }) => {
      const run = project.store.runs.find(runId);
      const { store, scoring } = project;
      const before = store.runs.evaluation(run.id, split);
      const answered = store.answers.of(run.id, split);
      const set = { runId: run.id, split };
      const unknown = await whyUnknown(run);
      if (before === null || answered === null || unknown !== null) return { evaluation: before, live: null };
      const { at: predictedAt, epoch } = answered;
      const kinds = kindsOf(answered);
      if (!store.labelsChanged(before.dataRevision)) {
        const notes = (await scoring.notes(set)) ?? [];
        scoring.prepare(set);
        return { evaluation: before, live: { predictedAt, epoch, kinds, before, notes } };
      }
      const scores = await scoring.scores(set);
      if (scores === null) return { evaluation: before, live: null };
      const { seconds } = before;
      return {
        evaluation: { ...scores.evaluation, seconds },
        live: { predictedAt, epoch, kinds, before, notes: [...scores.notes] },
      };
    },
    'evaluation.intervals': async ({ runId, split }, { project }) => {
      const run = project.store.runs.find(runId);
      await requireKnown(run);
      return { intervals: await project.scoring.intervals({ runId: run.id, split }) };
    },
    'evaluation.curves': async ({ runId, split }, { project }) => {
      const run = project.store.runs.find(runId);
      await requireKnown(run);
      return { curves: await project.scoring.curves({ runId: run.id, split }) };
    },
    'evaluation.calibration': async ({ runId, split }, { project }) => {
      const run = project.store.runs.find(runId);
      await requireKnown(run);
      return { calibration: await project.scoring.calibration({ runId: run.id, split }) };
    },
    'evaluation.falseAlarms': async ({ runId, split }, { project }) => {
      const run = project.store.runs.find(runId);
      await requireKnown(run);
      return { falseAlarms: await project.scoring.falseAlarms({ runId: run.id, split }) };
    },
    'evaluation.report': async ({ runId, split, out, language }, { project }) => {
      const run = project.store.runs.find(runId);
      await requireKnown(run);
      const file = pathOfSystem(out);
      const version = await codeVersion();
      if (await writeReport(project, { run, split, language, out: file, version })) return { file };
      throw notStored(run);
    },
    'evaluation.items': async ({ offset, limit, imageId: only, ...asked }, { project }) => {
      const all = await itemsOf(project, asked);
      const items = only === undefined ? all : all.filter(({ imageId }) => imageId === only);
      const { images } = project.store;
      return {
        total: items.length,
        items: items
          .slice(offset, offset + limit)
          .map(({ imageId, ...item }) => ({ image: images.get(imageId), ...item })),
      };
    },
    'thresholds.get': async ({ runId }, { project: { store } }) => ({
      thresholds: store.runs.thresholds(store.runs.find(runId).id),
    }),
    'thresholds.choose': async ({ runId, goal }, { project }) => {
      const run = project.store.runs.find(runId);
      await requireKnown(run);
      const set = { runId: run.id, split: 'val' } as const;
      const classes = goal === null ? [] : await project.scoring.thresholds(set, goal);
      if (classes === null) throw notStored(run);
      const thresholds = goal === null ? null : { goal, classes };
      project.store.runs.saveThresholds(run.id, thresholds);
      project.changed('runs');
      return { thresholds };
    },
    'evaluation.images': async (asked, { project }) => {
      const ids = new Set((await itemsOf(project, asked)).map(({ imageId }) => imageId));
      return { imageIds: [...ids].slice(0, MOST_LISTED) };
    },
  };
}
