import type { Attributes } from '../../common/dataset.ts';
import type { ImageState, Split } from '../../common/entities.ts';
import type { Reader } from '../database/database.ts';
import { decodeBoxes, decodeFloats } from '../rows/answer-rows.ts';
import type { Answer } from '../rows/answer-rows.ts';
import { BOUNDS_COLUMNS } from '../rows/bounds.ts';
import { CONTENT, LOOKED } from '../rows/look-rows.ts';
import { IN_FILTER_SET } from '../rows/filter-set-rows.ts';
import { IN_TEST_SET, testSetKey } from '../rows/test-set-rows.ts';
import { attributesOf } from '../rows/box-rows.ts';
import { crowdOf } from './training-snapshot.ts';
import type { SnapshotBox } from './training-snapshot.ts';

/** Images of a split; of `test`, of the test set of a name alone; of `none`, those that a saved filter chose in any split. */
export interface EvaluatedOn {
  readonly split: Split;
  readonly testSet?: string | undefined;
  readonly filter?: string | undefined;
}

/** SQL on `images` with its parameters. */
function isIn(
  runId: string,
  { split, testSet, filter }: EvaluatedOn,
): { readonly sql: string; readonly parameters: string[] } {
  if (filter !== undefined) return { sql: IN_FILTER_SET, parameters: [runId, filter] };
  return testSet === undefined
    ? { sql: 'images.split = ?', parameters: [split] }
    : { sql: `images.split = ? AND ${IN_TEST_SET}`, parameters: [split, testSetKey(testSet)] };
}

/** An image of a split on which a run has answered. */
export interface AnsweredImage {
  readonly id: number;
  /** Grows with every change of the image. */
  readonly revision: number;
  readonly state: ImageState;
  readonly split: Split;
  readonly width: number;
  readonly height: number;
  /** The file has other content than the one that was looked at. */
  readonly changed: boolean;
}

/** By id, those without labels too. */
export function answeredImages(reader: Reader, runId: string, on: EvaluatedOn): AnsweredImage[] {
  const { sql, parameters } = isIn(runId, on);
  return reader
    .all<Omit<AnsweredImage, 'changed'> & { changed: 0 | 1 }>(
      `SELECT images.id, images.revision, images.state, images.split, images.width, images.height,
         images.sha256 <> answers.sha256 AS changed
       FROM answers JOIN images ON images.id = answers.image_id
       WHERE answers.run_id = ? AND ${sql} AND images.removed = 0 ORDER BY answers.image_id`,
      runId,
      ...parameters,
    )
    .map((row) => ({ ...row, changed: row.changed === 1 }));
}

/** When a run answered on a split: its evaluation is stored right after. Null: no image of the split has an answer. */
export function answeredAt(reader: Reader, runId: string, on: EvaluatedOn): string | null {
  const { sql, parameters } = isIn(runId, on);
  return (
    reader.get<{ at: string }>(
      `SELECT coalesce(filter_evaluations.at, evaluations.at, answering_runs.at) AS at FROM answering_runs
         LEFT JOIN evaluations ON evaluations.run_id = answering_runs.run_id AND evaluations.split = ?
         LEFT JOIN filter_evaluations
           ON filter_evaluations.run_id = answering_runs.run_id AND filter_evaluations.name = ?
       WHERE answering_runs.run_id = ?
         AND EXISTS (SELECT 1 FROM answers JOIN images ON images.id = answers.image_id
           WHERE answers.run_id = answering_runs.run_id AND ${sql} AND images.removed = 0)`,
      on.split,
      on.filter ?? null,
      runId,
      ...parameters,
    )?.at ?? null
  );
}

/** Labelled images of a split on which the run has not answered. */
export function unansweredImages(reader: Reader, runId: string, on: EvaluatedOn): number {
  const { sql, parameters } = isIn(runId, on);
  return reader.get<{ n: number }>(
    `SELECT count(*) AS n FROM images
     WHERE state IN ('labelled', 'empty') AND ${sql} AND removed = 0
       AND NOT EXISTS (SELECT 1 FROM answers WHERE run_id = ? AND image_id = images.id)`,
    ...parameters,
    runId,
  )!.n;
}

/** Paths of images of a split on which a run has answered, whose file had other content than was labelled when last looked at. */
export function overwrittenImages(reader: Reader, runId: string, on: EvaluatedOn): string[] {
  const { sql, parameters } = isIn(runId, on);
  return reader.values<string>(
    `SELECT images.path FROM answers JOIN images ON images.id = answers.image_id
       JOIN looks ON looks.image_id = images.id AND looks.sha256 = images.sha256
     WHERE answers.run_id = ? AND ${sql} AND images.removed = 0 AND looks.state = 'changed'
     ORDER BY images.id`,
    runId,
    ...parameters,
  );
}

/** An image on which a run has answered, and a labelled one whose file has the same content. */
export interface ImageCopy {
  readonly id: number;
  readonly path: string;
  readonly otherId: number;
  readonly otherSplit: Split;
}

/**
 * The images of a split on which a run has answered, with each that has the same content, by id. Looked for by the content
 * that was labelled and by that which was found since, so that not every image is read.
 */
export function copiedImages(reader: Reader, runId: string, on: EvaluatedOn): ImageCopy[] {
  const { sql, parameters } = isIn(runId, on);
  return reader.all<ImageCopy>(
    `WITH own AS MATERIALIZED (
       SELECT images.id, path, ${CONTENT} AS content
       FROM answers JOIN images ON images.id = answers.image_id ${LOOKED}
       WHERE run_id = ? AND ${sql} AND removed = 0),
     pairs AS (
       SELECT own.id, own.path, own.content, images.id AS otherId FROM own JOIN images ON images.sha256 = own.content
       UNION ALL
       SELECT own.id, own.path, own.content, image_id FROM own JOIN looks ON looks.content = own.content)
     SELECT pairs.id, pairs.path, otherId, split AS otherSplit
     FROM pairs JOIN images ON images.id = otherId ${LOOKED}
     WHERE otherId <> pairs.id AND ${CONTENT} = pairs.content AND removed = 0 AND images.state <> 'unseen'
     ORDER BY pairs.id, otherId`,
    runId,
    ...parameters,
  );
}

/** What the run said of each of these images. */
export function readAnswers(reader: Reader, runId: string, imageIds: readonly number[]): Map<number, Answer> {
  const rows = reader.allRaw<[id: number, boxes: Uint8Array, imageClass: Uint8Array | null]>(
    `SELECT image_id, boxes, image_class FROM answers
     WHERE run_id = ? AND image_id IN (SELECT value FROM json_each(?))`,
    runId,
    JSON.stringify(imageIds),
  );
  return new Map(
    rows.map(([id, boxes, imageClass]) => [
      id,
      { boxes: decodeBoxes(boxes), imageClass: imageClass && decodeFloats(imageClass) },
    ]),
  );
}

interface LabelledBox extends SnapshotBox {
  readonly id: number;
  readonly attributes: Attributes;
}

export interface ImageLabels {
  readonly imageClassIds: readonly number[];
  readonly boxes: readonly LabelledBox[];
}

/** What a row says of a box beside class and bounds. */
export function attributed(stored: string | null): Pick<LabelledBox, 'attributes' | 'crowd'> {
  const attributes = attributesOf(stored);
  return { attributes, crowd: crowdOf(attributes) };
}

/** The labels of some images. */
export function readLabels(reader: Reader, imageIds: readonly number[]): Map<number, ImageLabels> {
  const ids = JSON.stringify(imageIds);
  const labels = new Map(
    imageIds.map((id) => [id, { imageClassIds: [] as number[], boxes: [] as LabelledBox[] }]),
  );
  const links = reader.allRaw<[imageId: number, classId: number]>(
    `SELECT image_id, class_id FROM image_classes WHERE image_id IN (SELECT value FROM json_each(?))
     ORDER BY image_id, class_id`,
    ids,
  );
  for (const [imageId, classId] of links) labels.get(imageId)?.imageClassIds.push(classId);
  const boxes = reader.allRaw<
    [
      id: number,
      imageId: number,
      classId: number,
      x: number,
      y: number,
      width: number,
      height: number,
      attributes: string | null,
    ]
  >(
    `SELECT id, image_id, class_id, ${BOUNDS_COLUMNS}, attributes FROM boxes
     WHERE image_id IN (SELECT value FROM json_each(?)) ORDER BY id`,
    ids,
  );
  for (const [id, imageId, classId, x, y, width, height, attributes] of boxes)
    labels.get(imageId)?.boxes.push({ id, x, y, width, height, classId, ...attributed(attributes) });
  return labels;
}
