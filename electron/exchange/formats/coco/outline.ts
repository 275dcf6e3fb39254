import { isObject } from '../../json.ts';
import { boundsOf, numbersOf } from '../../values.ts';
import type { Point } from '../../values.ts';

type Quad = [x: number, y: number, width: number, height: number];

function quadAround(points: readonly Point[]): Quad | null {
  const bounds = boundsOf(points);
  return bounds && [bounds.x, bounds.y, bounds.width, bounds.height];
}

/** Polygons of x, y, x, y …; some tools write a single one without its list. */
function polygonBounds(segmentation: readonly unknown[]): Quad | null {
  const points: Point[] = [];
  for (const polygon of Array.isArray(segmentation[0]) ? segmentation : [segmentation]) {
    const numbers = Array.isArray(polygon) && polygon.length >= 6 ? numbersOf(polygon) : null;
    if (numbers === null || numbers.length % 2 !== 0) return null;
    for (let at = 0; at < numbers.length; at += 2) points.push([numbers[at]!, numbers[at + 1]!]);
  }
  return quadAround(points);
}

/**
 * Lengths of runs from pycocotools' text: five bits a character, the lowest first, the sixth says that more follow; from
 * the fourth run on as the difference to the last but one (maskApi.c, rleFrString).
 */
function runsOfText(text: string): number[] | null {
  const runs: number[] = [];
  for (let at = 0; at < text.length;) {
    let value = 0;
    for (let shift = 0, more = true; more; shift += 5) {
      const bits = text.charCodeAt(at++) - 48;
      // Also where the text has ended, which is no number.
      if (!(bits >= 0 && bits < 64) || shift > 30) return null;
      value |= (bits & 31) << shift;
      more = (bits & 32) !== 0;
      if (!more && (bits & 16) !== 0) value |= -1 << (shift + 5);
    }
    if (runs.length > 2) value += runs[runs.length - 2]!;
    runs.push(value);
  }
  return runs;
}

/** Run-length encoding, column by column, beginning with what is outside. */
function maskBounds({ counts, size }: Readonly<Record<string, unknown>>): Quad | null {
  const sides = Array.isArray(size) && size.length === 2 ? numbersOf(size) : null;
  const runs =
    typeof counts === 'string' ? runsOfText(counts) : Array.isArray(counts) ? numbersOf(counts) : null;
  if (sides === null || runs === null) return null;
  const [height = 0, width = 0] = sides;
  const points: Point[] = [];
  let at = 0;
  for (const [index, run] of runs.entries()) {
    if (run < 0 || at + run > width * height) return null;
    if (index % 2 === 1 && run > 0) {
      const [first, last] = [at, at + run - 1];
      const [left, right] = [Math.floor(first / height), Math.floor(last / height)];
      // A run that goes on in the next column has pixels at the bottom and at the top.
      const [top, bottom] = left === right ? [first % height, last % height] : [0, height - 1];
      points.push([left, top], [right + 1, bottom + 1]);
    }
    at += run;
  }
  return quadAround(points);
}

/** The upright box around polygons or a mask in pixels; null where it can't be told. */
export function outlineBounds(segmentation: unknown): Quad | null {
  if (Array.isArray(segmentation)) return polygonBounds(segmentation);
  return isObject(segmentation) ? maskBounds(segmentation) : null;
}
