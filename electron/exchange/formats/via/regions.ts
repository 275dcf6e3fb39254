import type { DatasetBox } from '../../../common/dataset.ts';
import type { Rectangle } from '../../../common/geometry.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { Sentence } from '../../../common/sentences/sentence.ts';
import { isObject, otherFields } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { attributesOf, boundsOf, datasetBox, nameOf, numbersOf } from '../../values.ts';
import type { Point } from '../../values.ts';

/** Attributes that people give the class in, the likeliest first. */
const CLASS_KEYS = ['class', 'label', 'name', 'type', 'category', 'object', 'species'];

/** Text, a number, or the options of a checkbox that are on. */
export function namesOf(value: unknown): string[] {
  if (isObject(value)) return Object.keys(value).filter((key) => value[key] === true && key !== '__proto__');
  return nameOf(value) === null ? [] : [nameOf(value)!];
}

/**
 * The attribute that is the class: by its name, or the only one that there is.
 * @param only whether one of any name will do, if it is the only one
 */
export function classKeyOf(all: readonly JsonObject[], only: boolean): string | null {
  const keys = new Set(all.flatMap((one) => Object.keys(one)).filter((key) => key !== '__proto__'));
  const named = CLASS_KEYS.flatMap((wanted) => [...keys].filter((key) => key.toLowerCase() === wanted));
  return named[0] ?? (only && keys.size === 1 ? [...keys][0]! : null);
}

function rectangleOf(shape: JsonObject): Rectangle | null {
  const numbers = (...names: string[]): number[] => numbersOf(names.map((name) => shape[name])) ?? [];
  const [x, y, width, height] = numbers('x', 'y', 'width', 'height');
  if (x !== undefined) return { x, y: y!, width: width!, height: height! };
  const [radius] = numbers('r');
  const [centreX, centreY] = numbers('cx', 'cy');
  const [radiusX, radiusY] = radius === undefined ? numbers('rx', 'ry') : [radius, radius];
  if (centreX !== undefined && radiusX !== undefined)
    return { x: centreX - radiusX, y: centreY! - radiusY!, width: 2 * radiusX, height: 2 * radiusY! };
  const [xs, ys] = [shape.all_points_x, shape.all_points_y].map((list) =>
    Array.isArray(list) ? numbersOf(list) : null,
  );
  if (!xs || !ys || xs.length !== ys.length) return null;
  return boundsOf(xs.map((one, index): Point => [one, ys[index]!]));
}

/** @returns the box, or what is wrong in words */
export function readRegion(
  region: unknown,
  classKey: string | null,
): { readonly box: DatasetBox; readonly outline: boolean } | Sentence {
  if (!isObject(region) || !isObject(region.shape_attributes)) return say('formats.notObject');
  const shape = region.shape_attributes;
  const attributes = isObject(region.region_attributes) ? region.region_attributes : {};
  const [name, ...more] = classKey === null ? [] : namesOf(attributes[classKey]);
  if (name === undefined) return say('formats.noClass');
  if (shape.name === 'point') return say('formats.noShape', { name, shape: 'point' });
  const rectangle = rectangleOf(shape);
  if (rectangle === null) return say('formats.noNumbers', { name });
  const outline = shape.name !== 'rect';
  const others = otherFields(attributes, new Set([classKey!]));
  return {
    outline,
    box: datasetBox(rectangle, name, {
      attributes: attributesOf(others),
      unknown: {
        ...(outline ? { shape_attributes: shape } : {}),
        ...(more.length > 0 ? { labels: more } : {}),
      },
    }),
  };
}
