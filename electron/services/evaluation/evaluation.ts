import { onAbort } from '../../common/abort.ts';
import { MOST_LISTED, SPLITS } from '../../common/entities.ts';
import type { Evaluation, ImageFilter, Run } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Said } from '../../common/sentences/sentence.ts';
import type { EvaluatedOn } from '../../store/index.ts';
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
import { evaluationNow, splitScores } from './evaluation-now.ts';
import { labelledOf, onlyWith } from '../runs/chosen-training.ts';
import { preparePixels, readTrainingData } from '../runs/training-data.ts';
import type { TrainingData } from '../runs/training-data.ts';

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
const LEAST_SCORE = 0.01;

/**
 * Evaluates the checkpoint of a run on the labelled images of a split, and stores what comes out.
 * @throws TwinheadError `not-found` without a checkpoint, `unusable-input` without images, `cancelled`
 */
export async function evaluateRun(
  { ports }: ServiceContext,
  project: OpenProject,
  {
    run,
    data,
    chosen,
    ...on
  }: EvaluatedOn & {
    readonly run: Run;
    /** All data, or those of the images of a saved filter. */
    readonly data: TrainingData;
    /** What the saved filter has chosen; left out: a split or a test set is evaluated on. */
    readonly chosen?: ChosenSet | null;
  },
  job: JobContext,
): Promise<Evaluation> {
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
  const usable = chosen ? dataset.samples : dataset.samples.filter(belongsTo(project, on));
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
  if (chosen) countLook(project, usable);
  else if (split === 'test') project.store.settings.countTestLook(testSet);
  project.changed('runs');
  return evaluation;
}

/** Images that a saved filter has chosen at the start of an evaluation. */
interface ChosenSet {
  readonly name: string;
  readonly filter: ImageFilter;
  readonly imageIds: readonly number[];
}

/**
 * Null where no saved filter is named.
 * @throws TwinheadError `invalid-input` for an unknown one or one beside a split, `unusable-input` where it has no labelled image
 */
function chosenSet(
  project: OpenProject,
  data: TrainingData,
  { split, testSet, filter: name }: EvaluatedOn,
): ChosenSet | null {
  if (name === undefined) return null;
  if (split !== 'none' || testSet !== undefined) {
    throw new TwinheadError('invalid-input', say('services.filter.split', { name }), {
      place: 'filter',
      remedy: say('services.filter.split.remedy'),
    });
  }
  const { saved, labelled } = labelledOf(project, data, name, 'unusable-input');
  return { name: saved.name, filter: saved.filter, imageIds: labelled.map(({ imageId }) => imageId) };
}

/** One more look at the test set, where images of it are among those that were evaluated on. */
function countLook({ store }: OpenProject, samples: TrainingData['samples']): void {
  const ids = new Set(samples.filter(({ split }) => split === 'test').map(({ imageId }) => imageId));
  if (ids.size === 0) return;
  const seen = store.testSets
    .list()
    .filter(({ name }) => store.testSets.images(name).some((id) => ids.has(id)));
  store.settings.countTestLook(
    null,
    seen.map(({ name }) => name),
  );
}

/**
 * Whether an image is one of those that are evaluated on.
 * @throws TwinheadError `not-found` for an unknown test set, `invalid-input` for one of another split
 */
function belongsTo(
  { store }: Pick<OpenProject, 'store'>,
  { split, testSet }: EvaluatedOn,
): (sample: TrainingData['samples'][number]) => boolean {
  if (testSet === undefined) return (sample) => sample.split === split;
  if (split !== 'test') {
    throw new TwinheadError('invalid-input', say('services.testSet.split', { name: testSet }), {
      place: 'testSet',
      remedy: say('services.testSet.split.remedy'),
    });
  }
  const ids = new Set(store.testSets.images(testSet));
  return ({ imageId }) => ids.has(imageId);
}

/** @throws TwinheadError as belongsTo, and `unusable-input` where there is nothing to evaluate on */
export function requireImages(
  project: Pick<OpenProject, 'store'>,
  data: TrainingData,
  on: EvaluatedOn,
): void {
  const { split, testSet } = on;
  if (data.samples.some(belongsTo(project, on))) return;
  if (testSet !== undefined) {
    throw new TwinheadError('unusable-input', say('services.testSet.empty', { name: testSet }), {
      place: 'testSet',
      remedy: say('services.testSet.empty.remedy'),
    });
  }
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

/** What is evaluated on, in words. */
const nameOf = ({ split, testSet, filter }: EvaluatedOn): Said =>
  testSet ?? filter ?? say(`jobs.split.${split}`);

/** How good a run is on images that it was not trained on. */
export function evaluationHandlers(context: ServiceContext): Pick<Handlers, EvaluationCalls> {
  const { jobs } = context;
  return {
    'evaluation.start': async ({ runId, ...on }, { project }) => {
      const run = project.store.runs.find(runId);
      await checkpointOf(project, run);
      const all = readTrainingData(project);
      const chosen = chosenSet(project, all, on);
      if (chosen === null) requireImages(project, all, on);
      const ids = new Set(chosen?.imageIds);
      const data = chosen === null ? all : onlyWith(all, ({ imageId }) => ids.has(imageId));
      const title = say('jobs.evaluate', { name: run.name, split: nameOf(on) });
      const jobId = jobs.start(project, 'evaluate', { title, input: { runId: run.id, ...on } }, (job) =>
        evaluateRun(context, project, { run, data, chosen, ...on, filter: chosen?.name }, job),
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
