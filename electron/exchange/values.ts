import type { Attributes, DatasetBox } from '../common/dataset.ts';
import type { Rectangle, Size } from '../common/geometry.ts';
import { isObject } from './json.ts';

/** A finite decimal number, or its text: `Number` would also take "", "0x10" and "1e400". */
export function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || !/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?\s*$/i.test(value))
    return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

/** As {@link numberOf}; null unless each is one. */
export function numbersOf(values: readonly unknown[]): number[] | null {
  const numbers = values.map(numberOf);
  return numbers.includes(null) ? null : (numbers as number[]);
}

/** A name as text; tools write numbers too. */
export function nameOf(value: unknown): string | null {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  return text === '' ? null : text;
}

/** Width and height in pixels as stated, or null where either can't be one. */
export function sizeOf(width: unknown, height: unknown): Size | null {
  const sides = [width, height].map((value) => {
    const side = numberOf(value);
    return side !== null && Number.isInteger(side) && side > 0 ? side : null;
  });
  return sides[0] === null || sides[1] === null ? null : { width: sides[0]!, height: sides[1]! };
}

/** A confidence from 0 to 1, or null. */
export function scoreOf(value: unknown): number | null {
  const score = numberOf(value);
  return score !== null && score >= 0 && score <= 1 ? score : null;
}

/** What of an object may be an attribute; the rest is left out. */
export function attributesOf(value: unknown): Attributes {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter(
      (entry): entry is [string, string | number | boolean] =>
        ['string', 'number', 'boolean'].includes(typeof entry[1]) && entry[0] !== '__proto__',
    ),
  );
}

/** A value of a format that has text only: as a number or a truth where it reads like one. */
export function valueOf(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return numberOf(text) ?? text;
}

export type Point = readonly [number, number];

/** How far decimals that are added end beside their sum, as a share of it: each is rounded on its own. */
const NOISE = 4 * Number.EPSILON;

/** A coordinate and a length added, as the short decimal that they are but for the noise of floating point. */
export function coordinate(start: number, length: number): number {
  const sum = start + length;
  const short = Number(sum.toPrecision(12));
  return Math.abs(short - sum) <= NOISE * Math.abs(sum) ? short : sum;
}

/** The upright box around points; null where there are none. */
export function boundsOf(points: readonly Point[]): Rectangle | null {
  if (points.length === 0) return null;
  let [left, top] = points[0]!;
  let [right, bottom] = points[0]!;
  for (const [x, y] of points) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** The corners of a box that is turned clockwise about a point, degrees. */
export function turnedCorners(box: Rectangle, about: Point, degrees: number): Point[] {
  const { x, y, width, height } = box;
  const [sine, cosine] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
  const corners: Point[] = [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
  ];
  return corners.map(([cornerX, cornerY]): Point => {
    const [fromX, fromY] = [cornerX - about[0], cornerY - about[1]];
    return [about[0] + fromX * cosine - fromY * sine, about[1] + fromX * sine + fromY * cosine];
  });
}

type More = Partial<Pick<DatasetBox, 'score' | 'attributes' | 'unknown'>>;

export function datasetBox(
  { x, y, width, height }: Rectangle,
  className: string,
  more: More = {},
): DatasetBox {
  return { x, y, width, height, className, score: null, attributes: {}, unknown: {}, ...more };
}

/** A box whose coordinates are shares of the picture, in its pixels. */
export function scaled(box: DatasetBox, { width, height }: Size): DatasetBox {
  return {
    ...box,
    x: box.x * width,
    y: box.y * height,
    width: box.width * width,
    height: box.height * height,
  };
}
