import type { Dataset, DatasetBox, DatasetImage } from '../../../common/dataset.ts';
import type { WriteTarget } from '../../format.ts';
import { withoutPictureExtension } from '../../locate.ts';
import { coordinate } from '../../values.ts';

const VERSION = '5.5.0';

function shape({ x, y, width, height, className, score, attributes, unknown }: DatasetBox): object {
  const flags = Object.entries(attributes).filter(([, value]) => value === true);
  const others = Object.entries(attributes).filter(([, value]) => typeof value !== 'boolean');
  return {
    group_id: null,
    description: '',
    ...unknown,
    label: className,
    points: [
      [x, y],
      [coordinate(x, width), coordinate(y, height)],
    ],
    shape_type: 'rectangle',
    flags: Object.fromEntries(flags),
    ...(others.length === 0 ? {} : { attributes: Object.fromEntries(others) }),
    ...(score === null ? {} : { score }),
  };
}

function document(image: DatasetImage, imageClasses: readonly string[]): object {
  return {
    version: VERSION,
    ...image.unknown,
    flags: Object.fromEntries(imageClasses.map((name) => [name, image.imageClasses.includes(name)])),
    shapes: image.boxes.map(shape),
    imagePath: image.path.slice(image.path.lastIndexOf('/') + 1),
    imageData: null,
    imageHeight: image.height,
    imageWidth: image.width,
  };
}

/** A JSON file beside each picture, in a folder for each split; classes of images are labelme's flags. */
export async function writeLabelme(dataset: Dataset, target: WriteTarget): Promise<void> {
  const imageClasses = dataset.classes.filter(({ kind }) => kind === 'image').map(({ name }) => name);
  for await (const image of dataset.images) {
    const folder = image.split === null || image.split === 'none' ? 'unsplit/' : `${image.split}/`;
    await target.picture(image, folder + image.path);
    const labelled = image.boxes.length > 0 || image.imageClasses.length > 0 || image.reviewed;
    if (!labelled) continue;
    await target.text(
      `${folder}${withoutPictureExtension(image.path)}.json`,
      `${JSON.stringify(document(image, imageClasses), null, 2)}\n`,
    );
  }
}
