import type { Dataset, DatasetBox, DatasetImage } from '../../../common/dataset.ts';
import type { WriteTarget } from '../../format.ts';
import { otherFields } from '../../json.ts';

/** One file a split, as COCO itself is shared out: its lists as lines of JSON, since they are written one after the other. */
interface CocoFile {
  readonly images: string[];
  readonly annotations: string[];
}

const NEAR = 1e-3;
const OF_THE_BOX = new Set(['id', 'bbox', 'segmentation', 'area']);

/**
 * Fields that came with the annotation. Its outline and area belong to the box as it came: they are kept only where
 * the box has not been changed since.
 */
function keptFields({ x, y, width, height, unknown }: DatasetBox): Record<string, unknown> {
  const { bbox, segmentation, area } = unknown;
  const others = otherFields(unknown, OF_THE_BOX);
  const same =
    Array.isArray(bbox) &&
    [x, y, width, height].every((value, index) => Math.abs(value - Number(bbox[index])) < NEAR);
  return { ...others, ...(same ? { segmentation, area } : {}) };
}

/**
 * annotations/instances_<split>.json with the pictures in <split>/; images without a split in instances.json and
 * images/. Ids count from 1; `iscrowd` and `area` are always there.
 */
export async function writeCoco(dataset: Dataset, target: WriteTarget): Promise<void> {
  const classes = dataset.classes.filter(({ kind }) => kind === 'object');
  const ids = new Map(classes.map(({ name }, index) => [name, index + 1]));
  const files = new Map<string, CocoFile>();
  let imageId = 0;
  let annotationId = 0;
  for await (const image of dataset.images) {
    const { folder, name } = homeOf(image);
    const file: CocoFile = files.get(name) ?? { images: [], annotations: [] };
    files.set(name, file);
    imageId += 1;
    const { width, height, path } = image;
    file.images.push(JSON.stringify({ ...image.unknown, id: imageId, file_name: path, width, height }));
    for (const box of image.boxes) {
      annotationId += 1;
      const { x, y, attributes, score } = box;
      const { crowd, ...others } = attributes;
      const kept = keptFields(box);
      const annotation = {
        ...kept,
        id: annotationId,
        image_id: imageId,
        category_id: ids.get(box.className),
        bbox: [x, y, box.width, box.height],
        area: kept.area ?? box.width * box.height,
        iscrowd: crowd === true || crowd === 1 ? 1 : 0,
        ...(score === null ? {} : { score }),
        ...(Object.keys(others).length === 0 ? {} : { attributes: others }),
      };
      file.annotations.push(JSON.stringify(annotation));
    }
    await target.picture(image, `${folder}/${path}`);
  }
  const categories = classes.map(({ name, unknown }) => {
    return { supercategory: '', ...unknown, id: ids.get(name), name };
  });
  if (files.size === 0) files.set('instances', { images: [], annotations: [] });
  for (const [name, { images, annotations }] of files) {
    const pieces = target.pieces(`annotations/${name}.json`);
    const head = JSON.stringify({ ...dataset.unknown, categories });
    pieces.add(`${head.slice(0, -1)},\n"images":[\n`);
    pieces.add(images.join(',\n'));
    pieces.add('\n],\n"annotations":[\n');
    pieces.add(annotations.join(',\n'));
    pieces.add('\n]}\n');
  }
}

function homeOf({ split }: DatasetImage): { folder: string; name: string } {
  return split === null || split === 'none'
    ? { folder: 'images', name: 'instances' }
    : { folder: split, name: `instances_${split}` };
}
