import type { Dataset, DatasetImage } from '../../../common/dataset.ts';
import type { WriteTarget } from '../../format.ts';

const FOLDERS = { train: 'train', val: 'validation', test: 'test', none: 'unsplit' } as const;

function row(image: DatasetImage): object {
  const { path, width, height, boxes, imageClasses } = image;
  const keys = [...new Set(boxes.flatMap(({ unknown }) => Object.keys(unknown)))];
  const others = keys.map((key) => [key, boxes.map(({ unknown }) => unknown[key] ?? null)] as const);
  return {
    ...image.unknown,
    file_name: path,
    width,
    height,
    labels: imageClasses,
    // Every row has the same columns; null says that nobody has looked.
    objects:
      boxes.length === 0 && !image.reviewed
        ? null
        : {
            ...Object.fromEntries(others),
            bbox: boxes.map((box) => [box.x, box.y, box.width, box.height]),
            categories: boxes.map(({ className }) => className),
          },
  };
}

/** <split>/metadata.jsonl beside the pictures, as `load_dataset("imagefolder")` reads it. Boxes are x, y, width, height. */
export async function writeImageFolder(dataset: Dataset, target: WriteTarget): Promise<void> {
  let images = 0;
  for await (const image of dataset.images) {
    const folder = FOLDERS[image.split ?? 'none'];
    target.pieces(`${folder}/metadata.jsonl`).add(`${JSON.stringify(row(image))}\n`);
    await target.picture(image, `${folder}/${image.path}`);
    images += 1;
  }
  if (images === 0) target.pieces('unsplit/metadata.jsonl');
}
