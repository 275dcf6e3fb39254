import type { AnnotationOperation } from '../../common/entities.ts';
import { reduce } from '../../common/labels/operations.ts';
import type { LabelledBox, LabelRules, Labels } from '../../common/labels/operations.ts';
import { summarise } from '../../common/labels/summary.ts';
import type { Said } from '../../common/sentences/sentence.ts';
import type { Reader } from '../database/database.ts';
import type { ImagePatch } from '../history/patch.ts';
import { imageClassIds } from '../history/apply-patch.ts';
import { kit } from '../../common/labels/kits.ts';
import { BOX_COLUMNS, boxOf, rowFields } from '../rows/box-rows.ts';
import type { BoxRow } from '../rows/box-rows.ts';
import type { ImageRow } from '../rows/rows.ts';
import { readSettings } from './settings.ts';
import { SUGGESTION_COLUMNS, suggestionsOf } from '../rows/suggestion-rows.ts';
import type { SuggestionRow } from '../rows/suggestion-rows.ts';

interface Identified {
  readonly id: number;
}

/** What a list of operations comes to: new boxes without ids (0), and a patch of what is there. */
export interface PlannedEdit {
  readonly added: readonly BoxRow[];
  readonly patch: ImagePatch;
  /** One line for the history panel. */
  readonly summary: Said;
}

/**
 * What the operations of one edit come to by the rules of common/labels. Changes nothing.
 * @throws TwinheadError as `reduce` does
 */
export function planEdit(
  reader: Reader,
  image: ImageRow,
  operations: readonly AnnotationOperation[],
): PlannedEdit {
  const { id, width, height, state } = image;
  const boxes = named<BoxRow>(reader, `${BOX_COLUMNS} FROM boxes`, id, boxIdsIn(operations));
  const waiting = named<SuggestionRow>(
    reader,
    `${SUGGESTION_COLUMNS} FROM suggestions`,
    id,
    suggestionIdsIn(operations),
  );
  const before: Labels = {
    image: {
      width,
      height,
      imageClassIds: imageClassIds(reader, id),
      state,
      verified: image.verified === 1,
      flagged: image.flagged === 1,
    },
    boxes: [...boxes.values()].map((row) => ({ ...boxOf(row), extra: row.extra })),
    otherBoxes: image.box_count - boxes.size,
    suggestions: suggestionsOf(reader, waiting.values()).map((suggestion) => ({
      ...suggestion,
      extra: waiting.get(suggestion.id)?.extra ?? null,
    })),
    note: reader.get<{ note: string }>('SELECT note FROM images WHERE id = ?', id)!.note,
  };
  const { multipleImageClasses, attributes } = readSettings(reader);
  const classIds = [...before.image.imageClassIds, ...classIdsIn(operations)];
  for (const { classId } of waiting.values()) classIds.push(classId);
  const classes = reader.all<LabelRules['classes'][number]>(
    'SELECT id, kind, name FROM classes WHERE id IN (SELECT value FROM json_each(?))',
    JSON.stringify(classIds),
  );
  const rules = { classes, severalImageClasses: multipleImageClasses, attributes };
  let made = 0;
  const after = reduce(before, operations, rules, () => --made);
  const known = new Map(before.boxes.map((box) => [box.id, box]));
  const rowOf = (box: LabelledBox): BoxRow => {
    const [row, before] = [boxes.get(box.id), known.get(box.id)];
    const stored = row === undefined || before === undefined ? undefined : { row, box: before };
    return {
      id: Math.max(0, box.id),
      classId: box.classId,
      ...kit.encode(box),
      ...rowFields(box, stored),
      extra: box.extra ?? null,
    };
  };
  const changed = after.boxes.filter((box) => known.get(box.id) !== box);
  return {
    added: changed.filter((box) => box.id < 0).map(rowOf),
    patch: {
      put: changed.filter((box) => box.id > 0).map(rowOf),
      remove: missing(before.boxes, after.boxes),
      unsuggest: missing(before.suggestions, after.suggestions),
      imageClassIds: after.image.imageClassIds,
      state: after.image.state === 'labelled' ? undefined : after.image.state,
      verified: after.image.verified,
      flagged: after.image.flagged,
      note: after.note,
    },
    summary: summarise(operations, before.suggestions),
  };
}

function boxIdsIn(operations: readonly AnnotationOperation[]): number[] {
  return operations.flatMap((operation) => ('boxId' in operation ? [operation.boxId] : []));
}

function suggestionIdsIn(operations: readonly AnnotationOperation[]): number[] {
  return operations.flatMap((operation) => ('suggestionId' in operation ? [operation.suggestionId] : []));
}

function classIdsIn(operations: readonly AnnotationOperation[]): number[] {
  return operations.flatMap((operation) => {
    if (operation.type === 'add-box') return [operation.box.classId];
    if (operation.type === 'update-box') return operation.changes.classId ?? [];
    return operation.type === 'set-image-classes' ? operation.classIds : [];
  });
}

/** Those rows of the image that are named, and no others: an image may have thousands. */
function named<Row extends Identified>(
  reader: Reader,
  columns: string,
  imageId: number,
  ids: readonly number[],
): Map<number, Row> {
  if (ids.length === 0) return new Map();
  const rows = reader.all<Row>(
    `SELECT ${columns} WHERE image_id = ? AND id IN (SELECT value FROM json_each(?)) ORDER BY id`,
    imageId,
    JSON.stringify(ids),
  );
  return new Map(rows.map((row) => [row.id, row]));
}

function missing(before: readonly Identified[], after: readonly Identified[]): number[] {
  const left = new Set(after.map((item) => item.id));
  return before.map((item) => item.id).filter((id) => !left.has(id));
}
