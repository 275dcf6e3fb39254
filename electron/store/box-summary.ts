import type { Writer } from './database.ts';

/**
 * What the row of an image says of its boxes, so that lists need not ask the boxes: how many there are, who made
 * them, the sizes of the smallest and the largest, and which attributes they have.
 */

/**
 * The attributes of the boxes of a group as `box_attributes` has them: the JSON of each without its braces, once, in
 * order, between commas; null where none has any. Keys and values of JSON have no bare quotation mark inside, so
 * `,"key":value,` is found in it where a box has that value and nowhere else.
 */
export const ATTRIBUTES =
  "',' || group_concat(DISTINCT substr(attributes, 2, length(attributes) - 2) ORDER BY attributes) || ','";

/** Who made the boxes of a group, a bit each; 0 where there are none. */
export const SOURCES =
  "coalesce(max(source = 'person') + 2 * max(source = 'model') + 4 * max(source = 'import'), 0)";

/** Columns of `UPDATE images SET`, of the boxes as they are now. */
export const BOX_SUMMARY = `(box_count, box_sources, smallest_area, largest_area, box_attributes) = (
    SELECT count(*), ${SOURCES}, min(width * height), max(width * height), ${ATTRIBUTES}
    FROM boxes WHERE image_id = images.id)`;

/** What a change of many boxes has done to its images: boxes went, boxes came, or `null`: they got another class. */
export type BulkEffect = 'removed' | 'added' | null;

/** Rows of the boxes that went or came, of one image. */
const ROWS = 'FROM journal_boxes WHERE entry_id = ? AND image_id = images.id';

/**
 * The same after boxes went or came, reading few boxes: an index has counts and sizes, boxes of a single source leave
 * boxes of that source, and attributes change with boxes that have any. Its parameters are the entry whose rows these are.
 */
function summaryAfter(effect: 'removed' | 'added'): string {
  const sources =
    effect === 'added'
      ? `box_sources | (SELECT ${SOURCES} ${ROWS})`
      : `CASE WHEN box_sources IN (1, 2, 4) AND EXISTS (SELECT 1 FROM boxes WHERE image_id = images.id)
       THEN box_sources ELSE (SELECT ${SOURCES} FROM boxes WHERE image_id = images.id) END`;
  return `box_count = (SELECT count(*) FROM boxes WHERE image_id = images.id),
    smallest_area = (SELECT min(width * height) FROM boxes WHERE image_id = images.id),
    largest_area = (SELECT max(width * height) FROM boxes WHERE image_id = images.id),
    box_sources = ${sources},
    box_attributes = CASE WHEN EXISTS (SELECT 1 ${ROWS} AND attributes IS NOT NULL)
      THEN (SELECT ${ATTRIBUTES} FROM boxes WHERE image_id = images.id) ELSE box_attributes END`;
}

/**
 * Brings the images of a change in step with their boxes and raises their revisions; the change's rows of
 * `journal_images` say which these are, those of `journal_boxes` of the entry `rows` which boxes went or came. The
 * state follows as in applyPatch: labelled where a label is there, unseen where the last one has gone.
 */
export function settleImages(writer: Writer, entryId: number, effect: BulkEffect, rows: number): void {
  const touched = 'id IN (SELECT image_id FROM journal_images WHERE entry_id = ?)';
  writer.run(
    `UPDATE images SET ${effect === null ? '' : `${summaryAfter(effect)},`}
       revision = revision + 1, edited_revision = (SELECT revision FROM project) WHERE ${touched}`,
    ...(effect === null ? [] : effect === 'added' ? [rows, rows] : [rows]),
    entryId,
  );
  if (effect === null) return;
  // Apart, so that the index on the state is left alone where that stays as it is.
  writer.run(
    `UPDATE images SET state = 'labelled' WHERE ${touched} AND state <> 'labelled' AND box_count > 0`,
    entryId,
  );
  writer.run(
    `UPDATE images SET state = 'unseen' WHERE ${touched} AND state = 'labelled' AND box_count = 0
       AND NOT EXISTS (SELECT 1 FROM image_classes WHERE image_id = images.id)`,
    entryId,
  );
}
