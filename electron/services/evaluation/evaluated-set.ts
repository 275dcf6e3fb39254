import type { ImageFilter } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Said } from '../../common/sentences/sentence.ts';
import type { EvaluatedOn } from '../../store/index.ts';
import type { OpenProject } from '../scope/open-project.ts';
import { labelledOf, onlyWith } from '../runs/chosen-training.ts';
import { readTrainingData } from '../runs/training-data.ts';
import type { TrainingData } from '../runs/training-data.ts';

/** Images that a saved filter has chosen at the start of an evaluation. */
export interface ChosenSet {
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

/** The data of the images that are evaluated on, or those of the whole project with them. */
export interface EvaluatedSet {
  readonly on: EvaluatedOn;
  readonly data: TrainingData;
  /** null: a split or a test set is evaluated on. */
  readonly chosen: ChosenSet | null;
}

/** @throws TwinheadError as chosenSet and requireImages */
export function readEvaluatedSet(project: OpenProject, on: EvaluatedOn): EvaluatedSet {
  const all = readTrainingData(project);
  const chosen = chosenSet(project, all, on);
  if (chosen === null) {
    requireImages(project, all, on);
    return { on, data: all, chosen };
  }
  const ids = new Set(chosen.imageIds);
  return {
    on: { ...on, filter: chosen.name },
    data: onlyWith(all, ({ imageId }) => ids.has(imageId)),
    chosen,
  };
}

/** Samples that are evaluated on. */
export function evaluatedSamples<Sample extends TrainingData['samples'][number]>(
  project: OpenProject,
  { on, chosen }: Pick<EvaluatedSet, 'on' | 'chosen'>,
  samples: readonly Sample[],
): Sample[] {
  return chosen === null ? samples.filter(belongsTo(project, on)) : [...samples];
}

/** One more look at the test set, where images of it were looked at. */
export function countLook(
  project: OpenProject,
  { on, chosen }: Pick<EvaluatedSet, 'on' | 'chosen'>,
  samples: TrainingData['samples'],
): void {
  if (chosen !== null) countFilterLook(project, samples);
  else if (on.split === 'test') project.store.settings.countTestLook(on.testSet);
}

/** One more look at the test set, where images of it are among those that were evaluated on. */
function countFilterLook({ store }: OpenProject, samples: TrainingData['samples']): void {
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

/** What is evaluated on, in words. */
export const nameOf = ({ split, testSet, filter }: EvaluatedOn): Said =>
  testSet ?? filter ?? say(`jobs.split.${split}`);
