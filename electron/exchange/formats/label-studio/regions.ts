import type { DatasetBox } from '../../../common/dataset.ts';
import type { Rectangle, Size } from '../../../common/geometry.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { Sentence } from '../../../common/sentences/sentence.ts';
import { isObject, otherFields } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import {
  attributesOf,
  boundsOf,
  datasetBox,
  nameOf,
  numberOf,
  numbersOf,
  scoreOf,
  sizeOf,
  turnedCorners,
} from '../../values.ts';
import type { Point } from '../../values.ts';

export type Region =
  | {
      readonly kind: 'box';
      /** In shares of the image. */
      readonly box: DatasetBox;
      readonly size: Size | null;
      readonly outline: boolean;
    }
  | { readonly kind: 'classes'; readonly names: readonly string[] };

const KNOWN = new Set([
  ...['id', 'type', 'value', 'from_name', 'to_name', 'original_width', 'original_height', 'image_rotation'],
  ...['score', 'meta'],
]);

const namesIn = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).flatMap((one) => nameOf(one) ?? []);

/** Bounds in percent of the image. A turned box turns in pixels, which its size tells. */
function rectangleOf(value: JsonObject, size: Size | null): Rectangle | null {
  const numbers = (...names: string[]): number[] | null => numbersOf(names.map((name) => value[name]));
  const [x, y, width, height] = numbers('x', 'y', 'width', 'height') ?? [];
  if (x !== undefined) {
    const box = { x, y: y!, width: width!, height: height! };
    const turn = numberOf(value.rotation) ?? 0;
    if (turn === 0) return box;
    const across = size === null ? 1 : size.width / size.height;
    const pixels = { ...box, x: x * across, width: box.width * across };
    const bounds = boundsOf(turnedCorners(pixels, [pixels.x, pixels.y], turn))!;
    return { ...bounds, x: bounds.x / across, width: bounds.width / across };
  }
  const [centreX, centreY, radiusX, radiusY] = numbers('x', 'y', 'radiusX', 'radiusY') ?? [];
  if (centreX !== undefined)
    return {
      x: centreX - radiusX!,
      y: centreY! - radiusY!,
      width: 2 * radiusX!,
      height: 2 * radiusY!,
    };
  const points = Array.isArray(value.points)
    ? value.points.map((pair: unknown) => (Array.isArray(pair) ? numbersOf(pair) : null))
    : [];
  return points.every((pair) => pair?.length === 2) ? boundsOf(points as unknown as Point[]) : null;
}

/**
 * One result of an annotation.
 * @param results all of them: the label of a region may be in another one of the same id
 * @returns null where it says nothing that is a label of its own; what is wrong in words
 */
export function readRegion(result: unknown, results: readonly unknown[]): Region | Sentence | null {
  if (!isObject(result) || !isObject(result.value)) return say('formats.notObject');
  const { value } = result;
  const type = nameOf(result.type) ?? '';
  const placed = ['x', 'points', 'rle'].some((name) => Object.hasOwn(value, name));
  if (!placed) return type === 'choices' ? { kind: 'classes', names: namesIn(value.choices) } : null;
  const siblings = results.filter(
    (one): one is JsonObject => isObject(one) && one.id === result.id && one.id !== undefined,
  );
  const labels = (one: JsonObject): string[] =>
    isObject(one.value)
      ? Object.entries(one.value).flatMap(([key, list]) => (/labels$/.test(key) ? namesIn(list) : []))
      : [];
  const own = labels(result);
  // The shape is told once with its label, and once without where the interface keeps them apart.
  if (own.length === 0 && type === 'choices') return null;
  if (type === 'labels') return null;
  const [name, ...more] = own.length > 0 ? own : siblings.flatMap(labels);
  if (name === undefined) return say('formats.noClass');
  const size = sizeOf(result.original_width, result.original_height);
  if (/^(brush|keypoint)/.test(type)) return say('formats.noShape', { name, shape: type });
  const percent = rectangleOf(value, size);
  if (percent === null) return say('formats.noNumbers', { name });
  const outline = !type.startsWith('rectangle') || (numberOf(value.rotation) ?? 0) !== 0;
  const shares = {
    x: percent.x / 100,
    y: percent.y / 100,
    width: percent.width / 100,
    height: percent.height / 100,
  };
  const meta = isObject(result.meta) ? result.meta : {};
  const otherMeta = otherFields(meta, new Set(['attributes']));
  return {
    kind: 'box',
    size,
    outline,
    box: datasetBox(shares, name, {
      score: scoreOf(result.score),
      attributes: attributesOf(meta.attributes),
      unknown: {
        ...otherFields(result, KNOWN),
        ...(Object.keys(otherMeta).length === 0 ? {} : { meta: otherMeta }),
        ...(more.length === 0 ? {} : { labels: more }),
        ...(outline ? { shape: type, value } : {}),
      },
    }),
  };
}
