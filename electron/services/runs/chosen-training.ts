import type { SavedFilter } from '../../common/contract.ts';
import type { Run, RunFilter } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { findSavedFilter } from '../../common/saved-filters.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { OpenProject } from '../scope/open-project.ts';
import { readTrainingData } from './training-data.ts';
import type { TrainingData } from './training-data.ts';

/** What a saved filter chose for a run to learn from. */
export interface ChosenTraining {
  readonly filter: RunFilter;
  readonly imageIds: readonly number[];
}

/**
 * Those data of which a training learns from the images of a saved filter alone; `chosen` is undefined where none is named.
 * Validation stays whole, so that runs on different images are judged by the same ones.
 * @throws TwinheadError `invalid-input` for an unknown filter, `not-trainable` where it leaves nothing to learn from
 */
export function chooseData(
  project: OpenProject,
  data: TrainingData,
  name: string | undefined,
): { readonly data: TrainingData; readonly chosen: ChosenTraining | undefined } {
  if (name === undefined) return { data, chosen: undefined };
  const { saved, labelled } = labelledOf(project, data, name, 'not-trainable');
  const imageIds = labelled.filter(({ split }) => split === 'train').map(({ imageId }) => imageId);
  if (imageIds.length === 0) {
    const said = say('services.filter.untrained', { name: saved.name, count: labelled.length });
    throw new TwinheadError('not-trainable', said, { remedy: say('services.filter.untrained.remedy') });
  }
  const filter = { name: saved.name, filter: saved.filter, images: imageIds.length };
  return { data: learnFrom(data, new Set(imageIds)), chosen: { filter, imageIds } };
}

/** As {@link chooseData}; where the filter leaves nothing to learn from, all data, and what is to be said of it. */
export function chosenOrAll(
  project: OpenProject,
  data: TrainingData,
  name: string | undefined,
): { readonly data: TrainingData; readonly refusal: TwinheadError | null } {
  try {
    return { data: chooseData(project, data, name).data, refusal: null };
  } catch (error) {
    if (!(error instanceof TwinheadError) || error.code !== 'not-trainable') throw error;
    return { data, refusal: error };
  }
}

/** The data of a run that goes on: of the images that were chosen for it, those that are still to be learned from. */
export function readDataOf(project: OpenProject, run: Pick<Run, 'id' | 'name'>): TrainingData {
  const data = readTrainingData(project);
  const chosen = project.store.runs.chosenImages(run.id);
  if (chosen === null) return data;
  const own = learnFrom(data, chosen);
  if (own.samples.some(({ split }) => split === 'train')) return own;
  throw new TwinheadError('not-trainable', say('services.filter.gone', { name: run.name }), {
    remedy: say('services.filter.gone.remedy'),
  });
}

const learnFrom = (data: TrainingData, imageIds: ReadonlySet<number>): TrainingData =>
  onlyWith(data, ({ imageId, split }) => split !== 'train' || imageIds.has(imageId));

/** The data without the other images: pictures that nobody needs are not decoded. */
export function onlyWith(
  data: TrainingData,
  isWanted: (sample: TrainingData['samples'][number]) => boolean,
): TrainingData {
  const kept = data.samples.filter(isWanted);
  return {
    ...data,
    isPart: true,
    samples: kept.map((sample, row) => ({ ...sample, row })),
    pictures: kept.map(({ row }) => data.pictures[row]!),
  };
}

/**
 * The labelled images that match a saved filter now.
 * @param code of the error where there are none
 * @throws TwinheadError `invalid-input` for an unknown filter
 */
export function labelledOf(
  { store }: OpenProject,
  data: TrainingData,
  name: string,
  code: 'not-trainable' | 'unusable-input',
): { readonly saved: SavedFilter; readonly labelled: TrainingData['samples'] } {
  const saved = findSavedFilter(store.settings.savedFilters(), name);
  const matching = new Set(store.images.ids({ filter: saved.filter }));
  const labelled = data.samples.filter(({ imageId }) => matching.has(imageId));
  if (labelled.length > 0) return { saved, labelled };
  const why = matching.size === 0 ? 'services.filter.empty' : 'services.filter.unlabelled';
  throw new TwinheadError(code, say(why, { name: saved.name, count: matching.size }), {
    place: 'filter',
    remedy: say(`${why}.remedy`),
  });
}
