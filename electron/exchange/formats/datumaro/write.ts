import type { Dataset, DatasetImage } from '../../../common/dataset.ts';
import type { Pieces, WriteTarget } from '../../format.ts';
import { isObject, otherFields } from '../../json.ts';
import { withoutPictureExtension } from '../../locate.ts';

const NOT_OF_A_BOX = new Set(['shape', 'points']);

function item(image: DatasetImage, labels: ReadonlyMap<string, number>): object {
  const shape = (type: string, name: string, id: number): object => ({
    id,
    type,
    attributes: {},
    group: 0,
    label_id: labels.get(name),
  });
  const classes = image.imageClasses.map((name, index) => shape('label', name, index));
  const boxes = image.boxes.map((box, index) => {
    const { x, y, width, height, attributes, score, unknown } = box;
    return {
      ...shape('bbox', box.className, classes.length + index),
      z_order: 0,
      ...otherFields(unknown, NOT_OF_A_BOX),
      attributes: { ...attributes, ...(score === null ? {} : { score }) },
      bbox: [x, y, width, height],
    };
  });
  return {
    ...image.unknown,
    id: withoutPictureExtension(image.path),
    annotations: [...classes, ...boxes],
    attr: isObject(image.unknown.attr) ? image.unknown.attr : {},
    image: { path: image.path, size: [image.height, image.width] },
  };
}

/** annotations/<subset>.json with the pictures in images/<subset>/; images without a split are of “default”. */
export async function writeDatumaro(dataset: Dataset, target: WriteTarget): Promise<void> {
  const names = [...new Set(dataset.classes.map(({ name }) => name))];
  const labels = new Map(names.map((name, index) => [name, index]));
  const head = JSON.stringify({
    dm_format_version: '1.0',
    media_type: 2,
    infos: {},
    categories: {
      label: {
        label_groups: [],
        labels: names.map((name) => ({ name, parent: '', attributes: [] })),
        attributes: ['occluded'],
      },
    },
  });
  const files = new Map<string, Pieces>();
  const fileOf = (subset: string): { file: Pieces; first: boolean } => {
    const known = files.get(subset);
    if (known !== undefined) return { file: known, first: false };
    const file = target.pieces(`annotations/${subset}.json`);
    files.set(subset, file);
    file.add(`${head.slice(0, -1)},\n"items":[\n`);
    return { file, first: true };
  };
  for await (const image of dataset.images) {
    const subset = image.split === null || image.split === 'none' ? 'default' : image.split;
    const { file, first } = fileOf(subset);
    file.add(`${first ? '' : ',\n'}${JSON.stringify(item(image, labels))}`);
    await target.picture(image, `images/${subset}/${image.path}`);
  }
  if (files.size === 0) fileOf('default');
  for (const file of files.values()) file.add('\n]}\n');
}
