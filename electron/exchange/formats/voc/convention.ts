import type { Convention as Chosen } from '../../../common/columns.ts';
import type { ConventionFound, DatasetBox } from '../../../common/dataset.ts';
import type { Size } from '../../../common/geometry.ts';
import { say } from '../../../common/sentences/sentence.ts';
import { scaled } from '../../values.ts';

/** How corners are counted, as files of ours name it in <convention>. */
export const CONVENTIONS = {
  edges: 'corners are edges counted from 0: width = xmax - xmin',
  pixels: 'corners are pixels counted from 1, both inside the box: width = xmax - xmin + 1',
} as const;

export type Convention = keyof typeof CONVENTIONS;

export function conventionOf(text: string | undefined): Convention | null {
  return (Object.keys(CONVENTIONS) as Convention[]).find((name) => CONVENTIONS[name] === text) ?? null;
}

/** Boxes of a file, and by which convention it says that their corners are counted; null where it does not say. */
export interface CountedBoxes {
  readonly boxes: readonly DatasetBox[];
  readonly convention: Convention | null;
}

/**
 * VOC counts pixels from 1, but many tools write from 0. A corner at 0 proves that a file does: then every box of the
 * data set would be one pixel off, so all files are read from 0.
 */
function countsFromZero(annotations: readonly CountedBoxes[]): boolean {
  // Read as 1-based, a corner at 0 has become −1.
  const corners = annotations
    .flatMap(({ boxes, convention }) => (convention === null ? boxes : []))
    .filter((box) => box.width > 0 && box.height > 0);
  const isZero = (value: number): boolean => value >= -1 && value < 0;
  return corners.some((box) => isZero(box.x) || isZero(box.y));
}

/** How corners are counted: as is chosen, as the files say, else as their values say. */
export function conventionFound(
  annotations: readonly CountedBoxes[],
  chosen: Chosen | undefined,
): ConventionFound {
  if (chosen !== undefined) return { used: chosen, sure: true, why: say('exchange.found.chosen') };
  const silent = annotations.filter(({ convention }) => convention === null);
  const said = annotations.find(({ convention }) => convention !== null)?.convention;
  if (silent.length === 0 && said !== undefined && said !== null)
    return { used: said, sure: true, why: say('exchange.found.file') };
  const boxes = silent.flatMap((one) => one.boxes).filter((box) => box.width > 0 && box.height > 0);
  const edges = boxes.map(fromZero);
  if (
    edges.length > 0 &&
    edges.every((box) => box.x >= 0 && box.x + box.width <= 1 && box.y + box.height <= 1)
  )
    return { used: 'shares', sure: true, why: say('exchange.found.shares') };
  if (countsFromZero(silent)) return { used: 'edges', sure: true, why: say('exchange.found.zero') };
  const one = edges.some(({ x, y }) => x === 1 || y === 1);
  return { used: 'pixels', sure: one, why: say(one ? 'exchange.found.one' : 'exchange.found.neither') };
}

/** Boxes of an annotation in pixels; files that say how they count are believed. @param size where boxes are shares */
export function inPixels(
  annotation: CountedBoxes,
  zero: boolean,
  size: Size | null | undefined,
): readonly DatasetBox[] {
  const { boxes, convention } = annotation;
  if (!zero || convention !== null) return boxes;
  const edges = boxes.map(fromZero);
  if (size === undefined) return edges;
  return size === null ? [] : edges.map((box) => scaled(box, size));
}

/** From VOC's pixels counted from 1 to edges counted from 0: see readObject. */
function fromZero(box: DatasetBox): DatasetBox {
  const width = box.width > 0 ? box.width - 1 : box.width;
  const height = box.height > 0 ? box.height - 1 : box.height;
  return { ...box, x: box.x + 1, y: box.y + 1, width, height };
}
