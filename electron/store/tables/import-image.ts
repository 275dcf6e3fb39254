import type { ClassKind, OnConflict } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import { imageClassIds } from '../history/apply-patch.ts';
import type { Reader } from '../database/database.ts';
import { planImport, planSuggestions } from './import-plan.ts';
import type { ImportedImage, ImportPlan, ImportTarget } from './import-plan.ts';
import { readProvenance } from './provenance.ts';
import { BOX_COLUMNS } from '../rows/box-rows.ts';
import type { BoxRow } from '../rows/box-rows.ts';
import { suggestionRows } from '../rows/suggestion-rows.ts';
import type { SuggestionRow } from '../rows/suggestion-rows.ts';

export interface ImportRules {
  readonly mode: OnConflict;
  /** Nothing comes as a label. */
  readonly suggestAll: boolean;
  /** Whether an image may have several classes. */
  readonly several: boolean;
  /** Source of the suggestions; null where none can come. */
  readonly sourceId: number | null;
  /** What tells the source from others. */
  readonly source: string | null;
  /** Where the image is in the import, for errors: "images[3]". */
  readonly place: string;
}

export interface ImageChange {
  readonly plan: ImportPlan;
  readonly suggest: readonly SuggestionRow[];
  /** It has labels here, or somebody has said that there is nothing. */
  readonly labelled: boolean;
}

const NOTHING: ImportPlan = { added: [], patch: {}, classKept: false, boxesKept: 0 };

/** Where the state says that there are none they are not asked for: most images of an import are new. */
const NO_LABELS = { boxes: [], imageClassIds: [] } as const;

function labelsOf(reader: Reader, imageId: number): Pick<ImportTarget, 'boxes' | 'imageClassIds'> {
  const boxes = reader.all<BoxRow>(
    `SELECT ${BOX_COLUMNS} FROM boxes WHERE image_id = ? ORDER BY id`,
    imageId,
  );
  return { boxes, imageClassIds: imageClassIds(reader, imageId) };
}

/**
 * What the import changes of one image, as it is now. Changes nothing.
 * @param classIds gives the id of a class by its name, and refuses a name that is not allowed
 * @throws TwinheadError `not-found`; `invalid-input`, naming the place
 */
export function changeOf(
  reader: Reader,
  image: ImportedImage,
  { mode, suggestAll, several, sourceId, source, place }: ImportRules,
  classIds: (kind: ClassKind, name: string, place: string) => number,
): ImageChange {
  const { imageId } = image;
  const row = reader.get<{ width: number; height: number; state: string; verified: 0 | 1 }>(
    'SELECT width, height, state, verified FROM images WHERE id = ?',
    imageId,
  );
  if (row === undefined) {
    throw new TwinheadError('not-found', say('store.noImage', { id: String(imageId) }), { place });
  }
  const { width, height, state, verified } = row;
  const target = { width, height, ...(state === 'labelled' ? labelsOf(reader, imageId) : NO_LABELS) };
  const { boxes } = target;
  const labelled = state !== 'unseen';
  if (mode === 'skip' && labelled) return { plan: NOTHING, suggest: [], labelled };
  if (suggestAll || (mode === 'suggest' && labelled)) {
    if (sourceId === null) throw new TwinheadError('internal', say('store.noSuggester'), { place });
    const there = { ...target, suggestions: suggestionRows(reader, imageId) };
    return { plan: NOTHING, suggest: planSuggestions(image, there, { sourceId, place }, classIds), labelled };
  }
  const provenance = () =>
    readProvenance(reader, { id: imageId, state, verified: verified === 1, boxes }, source);
  const rules = { mode: mode === 'skip' || mode === 'suggest' ? 'merge' : mode, several, place } as const;
  return { plan: planImport(image, { ...target, provenance }, rules, classIds), suggest: [], labelled };
}
