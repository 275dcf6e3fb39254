import type { Reader, Writer } from '../database/database.ts';
import { AREA } from './bounds.ts';

/**
 * What the row of an image says of its boxes, so that lists need not ask the boxes: how many there are, who made
 * them, the sizes of the smallest and the largest, and which attributes they have.
 */

/** The attributes of one box as they are found in `box_attributes`: the JSON without its braces, between commas. */
export const BOX_ATTRIBUTES = "',' || substr(attributes, 2, length(attributes) - 2) || ','";

/**
 * The attributes of a group's boxes as `box_attributes` has them: each JSON without its braces, once, in order, between
 * commas, so that `,"key":value,` is found where a box has it; where `attributes_loose` is set, maybe without one.
 */
export const ATTRIBUTES =
  "',' || group_concat(DISTINCT substr(attributes, 2, length(attributes) - 2) ORDER BY attributes) || ','";

/** Who made the boxes of a group, a bit each; 0 where there are none. */
export const SOURCES =
  "coalesce(max(source = 'person') + 2 * max(source = 'model') + 4 * max(source = 'import'), 0)";

/** Columns of `UPDATE images SET`, of the boxes as they are now. */
export const BOX_SUMMARY = `(box_count, box_sources, smallest_area, largest_area, box_attributes, attributes_loose) = (
    SELECT count(*), ${SOURCES}, min(${AREA}), max(${AREA}), ${ATTRIBUTES}, 0
    FROM boxes WHERE image_id = images.id)`;

/**
 * What was done to images: boxes of the deletion of a class were removed, or returned, or `null`: they got another class.
 * `deletion` is its entry, which has the boxes as rows of `journal_boxes`.
 */
export type BulkEffect = { readonly boxes: 'removed' | 'returned'; readonly deletion: number } | null;

/** Rows of the boxes that were removed or returned, of one image. */
const ROWS = 'FROM journal_boxes WHERE entry_id = ? AND image_id = images.id';

/**
 * Columns after boxes are gone, reading few of the others: an index has the sizes, boxes of one source leave boxes of that
 * source, and attributes, which would have to be asked of all, stay loose.
 */
const AFTER_REMOVAL = `(box_count, box_sources, smallest_area, largest_area, attributes_loose) = (
      SELECT box_count - count(*),
        CASE WHEN count(*) = box_count THEN 0 WHEN box_sources IN (1, 2, 4) THEN box_sources
          ELSE (SELECT ${SOURCES} FROM boxes WHERE image_id = images.id) END,
        iif(min(${AREA}) > smallest_area, smallest_area,
          (SELECT min(${AREA}) FROM boxes WHERE image_id = images.id)),
        iif(max(${AREA}) < largest_area, largest_area,
          (SELECT max(${AREA}) FROM boxes WHERE image_id = images.id)),
        iif(max(attributes IS NOT NULL), 1, attributes_loose)
      ${ROWS})`;

/** Attributes of the rows, in no order and perhaps repeated, as loose ones may be. */
const ADDED = "',' || group_concat(substr(attributes, 2, length(attributes) - 2)) || ','";

/** Columns after boxes have come back. Their attributes are added, loose: each may be there already. */
const AFTER_RETURN = `(box_count, box_sources, smallest_area, largest_area, box_attributes, attributes_loose) = (
      SELECT box_count + count(*), box_sources | ${SOURCES},
        min(coalesce(smallest_area, 9e999), min(${AREA})), max(coalesce(largest_area, 0), max(${AREA})),
        iif(max(attributes IS NOT NULL), coalesce(box_attributes, '') || ${ADDED}, box_attributes),
        iif(max(attributes IS NOT NULL), 1, attributes_loose)
      ${ROWS})`;

/**
 * Brings the images of a change, named by its rows of `journal_images`, in step with their boxes and raises their
 * revisions. The state follows as in applyPatch.
 */
export function settleImages(writer: Writer, entryId: number, effect: BulkEffect): void {
  const touched = 'id IN (SELECT image_id FROM journal_images WHERE entry_id = ?)';
  const columns = effect === null ? '' : `${effect.boxes === 'removed' ? AFTER_REMOVAL : AFTER_RETURN},`;
  writer.run(
    `UPDATE images SET ${columns} label_sum = NULL, revision = revision + 1, edited_revision = (SELECT revision FROM project)
     WHERE ${touched}`,
    ...(effect === null ? [] : [effect.deletion]),
    entryId,
  );
  if (effect !== null) writer.run('UPDATE project SET attributes_loose = 1');
  // Apart, so that the index on the state is left alone where that stays as it is.
  if (effect?.boxes === 'returned') {
    writer.run(`UPDATE images SET state = 'labelled' WHERE ${touched} AND state <> 'labelled'`, entryId);
  } else if (effect?.boxes === 'removed') {
    writer.run(
      `UPDATE images SET state = 'unseen' WHERE ${touched} AND state = 'labelled' AND box_count = 0
         AND NOT EXISTS (SELECT 1 FROM image_classes WHERE image_id = images.id)`,
      entryId,
    );
  }
}

/** Whether an image may name attributes that its boxes don't have. */
export function hasLooseAttributes(reader: Reader): boolean {
  return reader.get('SELECT 1 AS there FROM project WHERE attributes_loose = 1') !== undefined;
}
