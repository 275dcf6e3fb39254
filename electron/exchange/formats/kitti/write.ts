import type { Dataset } from '../../../common/dataset.ts';
import type { WriteTarget } from '../../format.ts';
import { withoutPictureExtension } from '../../locate.ts';
import { kittiRow } from './rows.ts';

/**
 * image_2/, label_2/ and the splits in ImageSets/. An image that was looked at and is empty has an empty file, one that
 * nobody has looked at has none.
 */
export async function writeKitti(dataset: Dataset, target: WriteTarget): Promise<void> {
  const lists = new Map<string, string[]>();
  for await (const image of dataset.images) {
    const stem = withoutPictureExtension(image.path);
    const split = image.split === null || image.split === 'none' ? 'unsplit' : image.split;
    await target.picture(image, `image_2/${image.path}`);
    if (image.boxes.length === 0 && !image.reviewed) continue;
    await target.text(`label_2/${stem}.txt`, image.boxes.map((box) => `${kittiRow(box)}\n`).join(''));
    const list = lists.get(split) ?? [];
    lists.set(split, list);
    list.push(stem);
  }
  for (const [split, stems] of lists) await target.text(`ImageSets/${split}.txt`, `${stems.join('\n')}\n`);
}
