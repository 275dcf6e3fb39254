import type { Dataset, DatasetBox, DatasetImage } from '../../../common/dataset.ts';
import type { WriteTarget } from '../../format.ts';
import { withoutPictureExtension } from '../../locate.ts';
import { coordinate } from '../../values.ts';
import { escapeXml } from '../../xml.ts';
import { CONVENTIONS } from './convention.ts';
import type { Convention } from './convention.ts';

const FLAGS = new Set(['truncated', 'occluded', 'difficult', 'pose']);

/** Fields that came with an import, as elements again. */
function elements(fields: Readonly<Record<string, unknown>>, indent: string): string {
  return Object.entries(fields)
    .filter(([name]) => /^[A-Za-z_][\w.-]*$/.test(name))
    .flatMap(([name, value]) =>
      Array.isArray(value)
        ? value.map((one): [string, unknown] => [name, one])
        : [[name, value] as [string, unknown]],
    )
    .map(([name, value]) =>
      typeof value === 'object' && value !== null
        ? `${indent}<${name}>\n${elements(value as Record<string, unknown>, `${indent}\t`)}${indent}</${name}>\n`
        : `${indent}<${name}>${escapeXml(String(value))}</${name}>\n`,
    )
    .join('');
}

function object({ className, attributes, unknown, ...box }: DatasetBox, convention: Convention): string {
  const flag = (name: string): number => Number(attributes[name] === true || attributes[name] === 1);
  const others = Object.entries(attributes).filter(([name]) => !FLAGS.has(name));
  const first = convention === 'pixels' ? 1 : 0;
  const corners = {
    xmin: coordinate(box.x, first),
    ymin: coordinate(box.y, first),
    xmax: coordinate(box.x, box.width),
    ymax: coordinate(box.y, box.height),
  };
  return (
    '\t<object>\n' +
    `\t\t<name>${escapeXml(className)}</name>\n` +
    `\t\t<pose>${escapeXml(String(attributes.pose ?? 'Unspecified'))}</pose>\n` +
    `\t\t<truncated>${flag('truncated')}</truncated>\n` +
    `\t\t<difficult>${flag('difficult')}</difficult>\n` +
    `\t\t<occluded>${flag('occluded')}</occluded>\n` +
    elements(unknown, '\t\t') +
    (others.length === 0
      ? ''
      : `\t\t<attributes>\n${others
          .map(
            ([name, value]) =>
              `\t\t\t<attribute><name>${escapeXml(name)}</name><value>${escapeXml(String(value))}</value></attribute>\n`,
          )
          .join('')}\t\t</attributes>\n`) +
    `\t\t<bndbox>${Object.entries(corners)
      .map(([name, value]) => `<${name}>${value}</${name}>`)
      .join('')}</bndbox>\n` +
    '\t</object>\n'
  );
}

function document(image: DatasetImage, convention: Convention): string {
  const { width, height, unknown: kept } = image;
  const slash = image.path.lastIndexOf('/');
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n<annotation>\n' +
    (kept.folder === undefined
      ? `\t<folder>JPEGImages${slash < 0 ? '' : `/${escapeXml(image.path.slice(0, slash))}`}</folder>\n`
      : '') +
    `\t<filename>${escapeXml(image.path.slice(slash + 1))}</filename>\n` +
    elements(kept, '\t') +
    `\t<size><width>${width ?? 0}</width><height>${height ?? 0}</height><depth>3</depth></size>\n` +
    `\t<convention>${CONVENTIONS[convention]}</convention>\n` +
    image.boxes.map((box) => object(box, convention)).join('') +
    '</annotation>\n'
  );
}

/**
 * Annotations/, JPEGImages/ and ImageSets/Main/ as VOC has them, folders of images kept. An image that nobody has
 * looked at has no annotation file, and is in no list.
 */
export async function writeVoc(
  dataset: Dataset,
  target: WriteTarget,
  { convention }: { readonly convention: Convention },
): Promise<void> {
  const lists = new Map<string, string[]>();
  for await (const image of dataset.images) {
    const stem = withoutPictureExtension(image.path);
    await target.picture(image, `JPEGImages/${image.path}`);
    if (image.boxes.length === 0 && !image.reviewed) continue;
    await target.text(`Annotations/${stem}.xml`, document(image, convention));
    const name = image.split === null || image.split === 'none' ? 'unsplit' : image.split;
    const list = lists.get(name) ?? [];
    lists.set(name, list);
    list.push(stem);
  }
  for (const [name, stems] of lists) await target.text(`ImageSets/Main/${name}.txt`, `${stems.join('\n')}\n`);
}
