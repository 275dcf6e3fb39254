import { basename, dirname, extname, join, relative } from 'node:path';
import type { Dataset, DatasetBox } from '../../../common/dataset.ts';
import type { Rectangle } from '../../../common/geometry.ts';
import { TwinheadError } from '../../../common/errors.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { Sentence } from '../../../common/sentences/sentence.ts';
import type { ProblemCollector } from '../../collector.ts';
import { fileLike, filesLike, readDrafts, reportOutlines } from '../../drafts.ts';
import type { Draft, DraftBox } from '../../drafts.ts';
import type { ReadOptions } from '../../format.ts';
import { isObject, otherFields, readJsonObject } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { splitOfName } from '../../split-names.ts';
import { attributesOf, boundsOf, datasetBox, nameOf, numbersOf, scoreOf, sizeOf } from '../../values.ts';
import type { Point } from '../../values.ts';

const isJson = (name: string): boolean => name.toLowerCase().endsWith('.json');
const looksLikeDatumaro = (head: string): boolean =>
  /^\ufeff?\s*\{/.test(head) &&
  (head.includes('"dm_format_version"') ||
    /"categories"\s*:\s*\{\s*("label"\s*:|"mask"\s*:|\})/.test(head) ||
    (head.includes('"items"') && head.includes('"label_id"')));
const ITEM_FIELDS = new Set(['id', 'annotations', 'image', 'attr', 'media']);
const SHAPE_FIELDS = new Set(['id', 'type', 'attributes', 'label_id', 'bbox']);

export async function detectDatumaro(path: string): Promise<Sentence | null> {
  const file = await fileLike(path, isJson, looksLikeDatumaro);
  return file === null
    ? null
    : say('exchange.evidence.datumaro', { file: relative(path, file) || basename(file) });
}

function labelNames(top: JsonObject): (string | null)[] {
  const label = isObject(top.categories) && isObject(top.categories.label) ? top.categories.label : {};
  return (Array.isArray(label.labels) ? label.labels : []).map((one: unknown) =>
    isObject(one) ? nameOf(one.name) : nameOf(one),
  );
}

function rectangleOf(shape: JsonObject): Rectangle | null {
  const quad = Array.isArray(shape.bbox) ? numbersOf(shape.bbox) : null;
  if (quad?.length === 4) return { x: quad[0]!, y: quad[1]!, width: quad[2]!, height: quad[3]! };
  const flat = Array.isArray(shape.points) ? numbersOf(shape.points) : null;
  if (flat === null || flat.length < 4 || flat.length % 2 === 1) return null;
  const pairs = Array.from({ length: flat.length / 2 }, (_, at): Point => [flat[2 * at]!, flat[2 * at + 1]!]);
  return boundsOf(pairs);
}

/** @returns the box, the name of a class of the whole image, or what is wrong in words */
function readShape(shape: unknown, names: readonly (string | null)[]): DatasetBox | string | Sentence {
  if (!isObject(shape)) return say('formats.notObject');
  const id = shape.label_id;
  const name = typeof id === 'number' ? (names[id] ?? null) : null;
  if (name === null) return say('formats.unknownLabel', { label: JSON.stringify(id ?? null).slice(0, 40) });
  if (shape.type === 'label') return name;
  const rectangle = rectangleOf(shape);
  if (rectangle === null)
    return shape.type === 'bbox' || Array.isArray(shape.points)
      ? say('formats.noNumbers', { name })
      : say('formats.noShape', { name, shape: nameOf(shape.type) ?? '?' });
  const { score, occluded, ...others } = attributesOf(shape.attributes);
  // Written for every box: false says nothing.
  const attributes = occluded === undefined || occluded === false ? others : { ...others, occluded };
  const confidence = scoreOf(score);
  return datasetBox(rectangle, name, {
    score: confidence,
    attributes: confidence === null && score !== undefined ? { ...attributes, score } : attributes,
    unknown: {
      ...otherFields(shape, SHAPE_FIELDS),
      ...(shape.type === 'bbox' ? {} : { shape: shape.type }),
    },
  });
}

/** @throws TwinheadError as DatasetFormat.read says */
export async function readDatumaro(
  path: string,
  options: ReadOptions,
  problems: ProblemCollector,
): Promise<Dataset> {
  const files = await filesLike(path, isJson, looksLikeDatumaro);
  const subsetOf = (file: string): string => basename(file, extname(file));
  const rootOf = (file: string): string =>
    basename(dirname(file)) === 'annotations' ? dirname(dirname(file)) : dirname(file);

  function imageOf(
    item: unknown,
    place: string,
    file: string,
    names: readonly (string | null)[],
  ): Draft | null {
    const media = isObject(item) ? (item.image ?? item.media) : null;
    const image = isObject(media) ? media : {};
    const id = isObject(item) ? nameOf(item.id) : null;
    const named = nameOf(image.path) ?? id;
    if (!isObject(item) || named === null) {
      problems.add(file, place, say('formats.noImage'), say('formats.correct'));
      return null;
    }
    const boxes: DraftBox[] = [];
    const imageClasses: string[] = [];
    let outlines = 0;
    for (const [index, shape] of (Array.isArray(item.annotations) ? item.annotations : []).entries()) {
      const where = `${place}.annotations[${index}]`;
      const read = readShape(shape, names);
      if (typeof read === 'string') imageClasses.push(read);
      else if ('key' in read) problems.add(file, where, read, say('formats.correct'));
      else {
        if (Object.hasOwn(read.unknown, 'shape')) outlines += 1;
        boxes.push({ box: read, place: where });
      }
    }
    reportOutlines(file, place, outlines, problems);
    const [height, width] = Array.isArray(image.size) ? (image.size as unknown[]) : [];
    const attributes = isObject(item.attr) ? otherFields(item.attr, new Set(['id'])) : {};
    return {
      path: named,
      anyExtension: nameOf(image.path) === null,
      place,
      size: sizeOf(width, height),
      split: splitOfName(subsetOf(file)),
      boxes,
      imageClasses,
      reviewed: false,
      unknown: {
        ...otherFields(item, ITEM_FIELDS),
        ...(Object.keys(attributes).length === 0 ? {} : { attr: attributes }),
      },
    };
  }

  async function* read(file: string): AsyncGenerator<Draft> {
    const top = await readJsonObject(file, { encoding: options.encoding, problems });
    if (!Array.isArray(top.items))
      throw new TwinheadError('unusable-input', say('formats.notList', { format: 'Datumaro' }), {
        file,
        place: 'items',
        remedy: say('formats.none.remedy'),
      });
    const names = labelNames(top);
    for (const [index, item] of top.items.entries()) {
      const draft = imageOf(item, `items[${index}]`, file, names);
      if (draft !== null) yield draft;
    }
  }

  return readDrafts(
    {
      format: 'datumaro',
      files,
      read,
      folders: (file) => [join(rootOf(file), 'images', subsetOf(file)), join(rootOf(file), 'images')],
      none: { said: say('formats.none', { format: 'Datumaro' }), remedy: say('formats.none.remedy') },
    },
    path,
    options,
    problems,
  );
}
