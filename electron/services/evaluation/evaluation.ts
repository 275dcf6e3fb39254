import { onAbort } from '../../common/abort.ts';
import { MOST_LISTED, SPLITS } from '../../common/entities.ts';
import type { Evaluation, Run } from '../../common/entities.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { ServiceContext } from '../scope/context.ts';
import { codeVersion } from '../base/code-version.ts';
import { engineFor } from '../base/engine.ts';
import type { Handlers } from '../scope/handlers.ts';
import type { JobContext } from '../scope/jobs.ts';
import { requireKnown } from '../runs/known-run.ts';
import { checkpointOf } from '../models/prediction.ts';
import type { OpenProject } from '../scope/open-project.ts';
import { pathOfSystem } from '../base/paths.ts';
import { compareStored, notStored, requirePart } from './stored-answers.ts';
import { writeReport } from './report/index.ts';
import { countLook, evaluatedSamples, nameOf, readEvaluatedSet } from './evaluated-set.ts';
import type { EvaluatedSet } from './evaluated-set.ts';
import { evaluationNow, splitScores } from './evaluation-now.ts';
import { preparePixels } from '../runs/training-data.ts';

type EvaluationCalls =
  | 'evaluation.start'
  | 'evaluation.get'
  | 'evaluation.intervals'
  | 'evaluation.curves'
  | 'evaluation.calibration'
  | 'evaluation.falseAlarms'
  | 'evaluation.breakdown'
  | 'evaluation.splits'
  | 'evaluation.compare'
  | 'evaluation.items'
  | 'evaluation.report'
  | 'evaluation.images'
  | 'thresholds.get'
  | 'thresholds.choose';

/** Low enough that the precision-recall curve is whole. */
export const LEAST_SCORE = 0.01;

/**
 * Evaluates the checkpoint of a run on the labelled images of a split, and stores what comes out.
 * @throws TwinheadError `not-found` without a checkpoint, `unusable-input` without images, `cancelled`
 */
export async function evaluateRun(
  { ports }: ServiceContext,
  project: OpenProject,
  { run, ...set }: EvaluatedSet & { readonly run: Run },
  job: JobContext,
): Promise<Evaluation> {
  const { data, chosen, on } = set;
  const { split, testSet } = on;
  const checkpointFile = await checkpointOf(project, run);
  const { loadModel, startPrediction } = await import('../../learning/index.ts');
  const { imageClasses, objectClasses, position, inputSize } = await loadModel(checkpointFile);
  using held = new DisposableStack();
  const { dataset, changed } = held.use(
    await preparePixels(project, data, inputSize, job, chosen ? SPLITS : [split]),
  );
  if (changed !== null) job.problem({ message: changed, severity: 'note' });
  held.use(await job.hold('engine'));
  const usable = evaluatedSamples(project, set, dataset.samples);
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
  if (chosen) project.store.filterEvaluations.begin(run.id, chosen);
  // By the labels of this moment: they may have changed while the network ran.
  const scores = await project.scoring.scores({ runId: run.id, ...on }, { content: true });
  if (scores?.content === undefined) throw new Error('The predictions were not stored.');
  const { revision: dataRevision } = scores.content;
  const evaluation = {
    ...scores.evaluation,
    dataRevision,
    seconds: (performance.now() - start) / 1000,
  };
  project.store.noteLabels(scores.content);
  // What is kept of a run is its score on the whole split; a test set is scored by what was found there.
  if (chosen) project.store.filterEvaluations.score(run.id, chosen.name, evaluation);
  else if (testSet === undefined) project.store.runs.saveEvaluation(run.id, evaluation);
  countLook(project, set, usable);
  project.changed('runs');
  return evaluation;
}

/** @throws TwinheadError `not-found` where no predictions are stored */
async function stored<Answer>(
  project: OpenProject,
  runId: string,
  ask: (runId: string) => Promise<Answer | null>,
): Promise<Answer> {
  const run = project.store.runs.find(runId);
  await requireKnown(run);
  const answer = await ask(run.id);
  if (answer !== null) return answer;
  throw notStored(run);
}

/** How good a run is on images that it was not trained on. */
export function evaluationHandlers(context: ServiceContext): Pick<Handlers, EvaluationCalls> {
  const { jobs } = context;
  return {
    'evaluation.start': async ({ runId, ...on }, { project }) => {
      const run = project.store.runs.find(runId);
      await checkpointOf(project, run);
      const set = readEvaluatedSet(project, on);
      const title = say('jobs.evaluate', { name: run.name, split: nameOf(on) });
      const jobId = jobs.start(project, 'evaluate', { title, input: { runId: run.id, ...on } }, (job) =>
        evaluateRun(context, project, { run, ...set }, job),
      );
      return { jobId };
    },
    'evaluation.get': async ({ runId, ...on }, { project }) => {
      const run = project.store.runs.find(runId);
      const now = await evaluationNow(project, run, on);
      if (now.live !== null) project.scoring.prepare({ runId: run.id, ...on });
      return now;
    },
    'evaluation.splits': async ({ runId }, { project }) => {
      const run = project.store.runs.find(runId);
      return { splits: await splitScores(project, run) };
    },
    'evaluation.intervals': async ({ runId, ...on }, { project }) => {
      const run = project.store.runs.find(runId);
      await requireKnown(run);
      return { intervals: await project.scoring.intervals({ runId: run.id, ...on }) };
    },
    'evaluation.curves': async ({ runId, ...on }, { project }) => {
      const run = project.store.runs.find(runId);
      await requireKnown(run);
      return { curves: await project.scoring.curves({ runId: run.id, ...on }) };
    },
    'evaluation.calibration': async ({ runId, ...on }, { project }) => {
      const run = project.store.runs.find(runId);
      await requireKnown(run);
      return { calibration: await project.scoring.calibration({ runId: run.id, ...on }) };
    },
    'evaluation.falseAlarms': async ({ runId, ...on }, { project }) => {
      const run = project.store.runs.find(runId);
      await requireKnown(run);
      return { falseAlarms: await project.scoring.falseAlarms({ runId: run.id, ...on }) };
    },
    'evaluation.breakdown': async ({ runId, ...on }, { project }) => {
      const run = project.store.runs.find(runId);
      await requireKnown(run);
      return { breakdown: await project.scoring.breakdown({ runId: run.id, ...on }) };
    },
    'evaluation.compare': async (asked, { project }) => compareStored(project, asked),
    'evaluation.report': async ({ runId, out, language, ...on }, { project }) => {
      const run = project.store.runs.find(runId);
      await requireKnown(run);
      const file = pathOfSystem(out);
      const version = await codeVersion();
      if (await writeReport(project, { run, ...on, language, out: file, version })) return { file };
      throw notStored(run);
    },
    'evaluation.items': async (asked, { project }) => {
      const { runId: wanted, split, testSet, filter, offset, limit, imageId, ...query } = asked;
      const page = { imageId, offset, limit };
      const part = await requirePart(project, query.part, { split, testSet, filter });
      const { total, items } = await stored(project, wanted, (runId) =>
        project.scoring.items({ runId, split, testSet, filter }, { ...query, part }, page),
      );
      const { images } = project.store;
      return {
        total,
        items: items.map(({ imageId: id, ...item }) => ({ image: images.get(id), ...item })),
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
    'evaluation.images': async ({ runId: wanted, split, testSet, filter, ...query }, { project }) => {
      const part = await requirePart(project, query.part, { split, testSet, filter });
      const imageIds = await stored(project, wanted, (runId) =>
        project.scoring.images({ runId, split, testSet, filter }, { ...query, part }, MOST_LISTED),
      );
      return { imageIds };
    },
  };
}
