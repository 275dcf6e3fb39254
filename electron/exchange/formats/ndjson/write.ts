import type { Dataset } from '../../../common/dataset.ts';
import type { WriteTarget } from '../../format.ts';

/**
 * dataset.ndjson: a line of the data set, then one an image, with the pictures in images/<split>/. Boxes are shares of
 * the image, by their centre. An image that nobody has looked at has no `annotations`.
 */
export async function writeNdjson(dataset: Dataset, target: WriteTarget): Promise<void> {
  const classes = dataset.classes.filter(({ kind }) => kind === 'object');
  const ids = new Map(classes.map(({ name }, index) => [name, index]));
  const file = target.pieces('dataset.ndjson');
  const names = Object.fromEntries(classes.map(({ name }, index) => [String(index), name]));
  file.add(
    `${JSON.stringify({ ...dataset.unknown, type: 'dataset', task: 'detect', class_names: names })}\n`,
  );
  for await (const image of dataset.images) {
    const { path, width, height, boxes } = image as typeof image & { width: number; height: number };
    const split = image.split === null || image.split === 'none' ? null : image.split;
    const rows = boxes.map((box) => [
      ids.get(box.className),
      (box.x + box.width / 2) / width,
      (box.y + box.height / 2) / height,
      box.width / width,
      box.height / height,
    ]);
    const record = {
      ...image.unknown,
      type: 'image',
      file: path,
      width,
      height,
      ...(split === null ? {} : { split }),
      ...(rows.length > 0 || image.reviewed ? { annotations: { boxes: rows } } : {}),
    };
    file.add(`${JSON.stringify(record)}\n`);
    await target.picture(image, `images/${split ?? 'unsplit'}/${path}`);
  }
}
