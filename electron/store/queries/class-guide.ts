import type { ClassExample, ClassKind } from '../../common/entities.ts';
import { kit } from '../../common/labels/kits.ts';
import type { Reader } from '../database/database.ts';
import { BOUNDS } from '../rows/bounds.ts';
import { fileNameOf } from '../rows/rows.ts';

interface ExampleRow {
  readonly id: number;
  readonly image_id: number;
  readonly path: string;
  readonly image_width: number;
  readonly image_height: number;
  readonly content: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const IMAGE = `images.id AS image_id, images.path, images.width AS image_width, images.height AS image_height,
  lower(hex(substr(images.sha256, 1, 8))) AS content`;

/** By kind of class: those of a list of ids that are there and of the class, in its order. Asked from the list on, not from the class. */
const EXAMPLES: Readonly<Record<ClassKind, string>> = {
  object: `SELECT boxes.id, ${IMAGE}, ${BOUNDS.map((name) => `boxes.${name}`).join(', ')}
    FROM json_each(?) AS listed CROSS JOIN boxes ON boxes.id = listed.value JOIN images ON images.id = boxes.image_id
    WHERE boxes.class_id = ? AND images.removed = 0 ORDER BY listed.key`,
  image: `SELECT images.id, ${IMAGE} FROM json_each(?) AS listed
    CROSS JOIN image_classes ON image_classes.image_id = listed.value JOIN images ON images.id = listed.value
    WHERE image_classes.class_id = ? AND images.removed = 0 ORDER BY listed.key`,
};

/** Those of `ids` that are examples of the class as things are now. */
export function examplesAmong(
  reader: Reader,
  { id, kind }: { readonly id: number; readonly kind: ClassKind },
  ids: readonly number[],
): ClassExample[] {
  return reader.all<ExampleRow>(EXAMPLES[kind], JSON.stringify(ids), id).map((row) => ({
    id: row.id,
    box: kind === 'image' ? null : kit.bounds(row),
    image: {
      id: row.image_id,
      fileName: fileNameOf(row.path),
      width: row.image_width,
      height: row.image_height,
      content: row.content,
    },
  }));
}
