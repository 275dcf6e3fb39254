import { extname } from 'node:path';
import type { Dataset, DatasetImage } from '../../../common/dataset.ts';
import { readWhole } from '../../../files/index.ts';
import type { WriteTarget } from '../../format.ts';
import { encodeExample } from './example.ts';
import type { Feature } from './example.ts';
import { framed } from './records.ts';

const utf8 = new TextEncoder();
const text = (...values: string[]): Feature => ({ bytes: values.map((value) => utf8.encode(value)) });

async function exampleOf(
  image: DatasetImage,
  ids: { readonly object: ReadonlyMap<string, number>; readonly image: ReadonlyMap<string, number> },
  embed: boolean,
): Promise<Record<string, Feature>> {
  const { path, boxes, imageClasses } = image;
  const [width, height] = [image.width ?? 0, image.height ?? 0];
  const flag = (name: string): Feature => ({
    integers: boxes.map(({ attributes }) => Number(attributes[name] === true || attributes[name] === 1)),
  });
  const format = extname(path).slice(1).toLowerCase();
  return {
    'image/filename': text(path),
    'image/source_id': text(path),
    'image/format': text(format === 'jpg' ? 'jpeg' : format),
    'image/width': { integers: [width] },
    'image/height': { integers: [height] },
    'image/object/bbox/xmin': { floats: boxes.map(({ x }) => x / width) },
    'image/object/bbox/ymin': { floats: boxes.map(({ y }) => y / height) },
    'image/object/bbox/xmax': { floats: boxes.map((box) => (box.x + box.width) / width) },
    'image/object/bbox/ymax': { floats: boxes.map((box) => (box.y + box.height) / height) },
    'image/object/class/text': text(...boxes.map(({ className }) => className)),
    'image/object/class/label': { integers: boxes.map(({ className }) => ids.object.get(className) ?? 0) },
    'image/object/difficult': flag('difficult'),
    'image/object/truncated': flag('truncated'),
    'image/object/is_crowd': flag('crowd'),
    ...(imageClasses.length === 0
      ? {}
      : {
          'image/class/text': text(...imageClasses),
          'image/class/label': { integers: imageClasses.map((name) => ids.image.get(name) ?? 0) },
        }),
    ...(embed && image.file !== null ? { 'image/encoded': { bytes: [await readWhole(image.file)] } } : {}),
  };
}

/** As TensorFlow's object detection reads names; strings are escaped as JSON's are. */
const labelMap = (names: readonly string[]): string =>
  names.map((name, index) => `item {\n  id: ${index + 1}\n  name: ${JSON.stringify(name)}\n}\n`).join('');

/**
 * <split>.tfrecord with tf.train.Example, the pictures inside and beside it in <split>/, and label_map.pbtxt. Boxes are
 * 32-bit shares of the image, which is a ten-thousandth of a pixel.
 */
export async function writeTfRecord(
  dataset: Dataset,
  target: WriteTarget,
  { embed }: { readonly embed: boolean },
): Promise<void> {
  const names = (kind: string): string[] =>
    dataset.classes.flatMap((one) => (one.kind === kind ? [one.name] : []));
  const numbered = (list: readonly string[]): Map<string, number> =>
    new Map(list.map((name, index) => [name, index + 1]));
  const ids = { object: numbered(names('object')), image: numbered(names('image')) };
  let images = 0;
  for await (const image of dataset.images) {
    const split = image.split === null || image.split === 'none' ? null : image.split;
    const example = await exampleOf(image, ids, embed && target.pictures !== 'none');
    target.pieces(`${split ?? 'images'}.tfrecord`).add(framed(encodeExample(example)));
    await target.picture(image, `${split ?? 'images'}/${image.path}`);
    images += 1;
  }
  if (images === 0) target.pieces('images.tfrecord');
  await target.text('label_map.pbtxt', labelMap(names('object')));
}
