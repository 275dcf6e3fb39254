import type { Dataset, DatasetBox, DatasetImage } from '../../../common/dataset.ts';
import type { WriteTarget } from '../../format.ts';
import { coordinate } from '../../values.ts';
import { escapeXml } from '../../xml.ts';

/** Attributes of an element; line ends and tabs stay as they are, which XML would make blanks. */
function attributes(fields: Readonly<Record<string, unknown>>): string {
  return Object.entries(fields)
    .filter(([name, value]) => /^[A-Za-z_][\w.-]*$/.test(name) && typeof value !== 'object')
    .map(
      ([name, value]) =>
        ` ${name}="${escapeXml(String(value)).replace(/[\t\n\r]/g, (one) => `&#${one.charCodeAt(0)};`)}"`,
    )
    .join('');
}

/** Fields of outlines and of tracks: they do not belong to a box. */
const NOT_OF_A_BOX = new Set([
  'shape',
  'points',
  'rotation',
  'track',
  'keyframe',
  'rle',
  'rx',
  'ry',
  'cx',
  'cy',
]);

function box({ x, y, width, height, className, attributes: own, unknown }: DatasetBox): string {
  const kept = Object.fromEntries(Object.entries(unknown).filter(([name]) => !NOT_OF_A_BOX.has(name)));
  const { occluded, ...others } = own;
  const head = attributes({
    source: 'manual',
    z_order: 0,
    ...kept,
    label: className,
    occluded: occluded === true || occluded === 1 ? 1 : 0,
    xtl: x,
    ytl: y,
    xbr: coordinate(x, width),
    ybr: coordinate(y, height),
  });
  const inner = Object.entries(others).map(
    ([name, value]) => `      <attribute${attributes({ name })}>${escapeXml(String(value))}</attribute>\n`,
  );
  return inner.length === 0 ? `    <box${head}/>\n` : `    <box${head}>\n${inner.join('')}    </box>\n`;
}

function element(image: DatasetImage, id: number): string {
  const split = image.split === null || image.split === 'none' ? {} : { subset: image.split };
  const { path: name, width, height } = image;
  const head = attributes({ ...image.unknown, id, name, ...split, width, height });
  const tags = image.imageClasses.map((label) => `    <tag${attributes({ label, source: 'manual' })}/>\n`);
  return `  <image${head}>\n${tags.join('')}${image.boxes.map(box).join('')}  </image>\n`;
}

/** annotations.xml as “CVAT for images 1.1” has it, with the pictures in images/; splits are CVAT's subsets. */
export async function writeCvat(dataset: Dataset, target: WriteTarget): Promise<void> {
  const file = target.pieces('annotations.xml');
  const labels = dataset.classes.map(
    ({ name, kind }) =>
      `<label><name>${escapeXml(name)}</name><type>${kind === 'image' ? 'tag' : 'rectangle'}</type></label>\n`,
  );
  file.add(
    '<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n  <meta><task>\n',
  );
  file.add(`  <mode>annotation</mode>\n  <labels>\n${labels.join('')}  </labels>\n  </task></meta>\n`);
  let id = 0;
  for await (const image of dataset.images) {
    file.add(element(image, id++));
    await target.picture(image, `images/${image.path}`);
  }
  file.add('</annotations>\n');
}
