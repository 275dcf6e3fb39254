import type { Dataset, DatasetImage } from '../../../common/dataset.ts';
import type { WriteTarget } from '../../format.ts';

function entry({ path, boxes }: DatasetImage): object {
  return {
    image: path,
    annotations: boxes.map(({ className: label, x, y, width, height }) => ({
      label,
      coordinates: { x: x + width / 2, y: y + height / 2, width, height },
    })),
  };
}

/** <split>/_annotations.createml.json beside the pictures. An image that nobody has looked at is not in it. */
export async function writeCreateMl(dataset: Dataset, target: WriteTarget): Promise<void> {
  const begun = new Set<string>();
  for await (const image of dataset.images) {
    const folder = image.split === null || image.split === 'none' ? 'unsplit' : image.split;
    await target.picture(image, `${folder}/${image.path}`);
    if (image.boxes.length === 0 && !image.reviewed) continue;
    target
      .pieces(`${folder}/_annotations.createml.json`)
      .add(`${begun.has(folder) ? ',' : '['}\n${JSON.stringify(entry(image))}`);
    begun.add(folder);
  }
  for (const folder of begun) target.pieces(`${folder}/_annotations.createml.json`).add('\n]\n');
  if (begun.size === 0) target.pieces('unsplit/_annotations.createml.json').add('[]\n');
}
