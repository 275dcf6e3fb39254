import type { Dataset } from '../../../common/dataset.ts';
import type { Pieces, WriteTarget } from '../../format.ts';
import { coordinate } from '../../values.ts';
import { csvCell } from './table.ts';

const HEADER = 'filename,width,height,class,xmin,ymin,xmax,ymax';

/**
 * The TensorFlow tutorials' table, one a split: train_labels.csv names train/a.jpg. Corners are edges counted from 0.
 * An image that was looked at and is empty has a row without a box, if asked for.
 */
export async function writeCsv(
  dataset: Dataset,
  target: WriteTarget,
  { emptyRows }: { readonly emptyRows: boolean },
): Promise<void> {
  const tables = new Map<string, Pieces>();
  for await (const image of dataset.images) {
    const split = image.split === null || image.split === 'none' ? null : image.split;
    const path = `${split ?? 'images'}/${image.path}`;
    await target.picture(image, path);
    const name = split === null ? 'labels.csv' : `${split}_labels.csv`;
    let table = tables.get(name);
    if (table === undefined) {
      table = target.pieces(name);
      tables.set(name, table);
      table.add(`${HEADER}\n`);
    }
    const head = [csvCell(path), image.width, image.height].join(',');
    for (const { x, y, width, height, className } of image.boxes)
      table.add(`${head},${csvCell(className)},${x},${y},${coordinate(x, width)},${coordinate(y, height)}\n`);
    if (image.boxes.length === 0 && image.reviewed && emptyRows) table.add(`${head},,,,,\n`);
  }
  if (tables.size === 0) target.pieces('labels.csv').add(`${HEADER}\n`);
}
