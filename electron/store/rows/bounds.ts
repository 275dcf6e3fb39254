import type { Rectangle } from '../../common/geometry.ts';
import { EDGE_TOLERANCE } from '../../common/labels/kits.ts';

/** What the store knows of where a label lies: its bounds, for a shape of any kind, in pixels of the oriented image. */
export const BOUNDS = ['x', 'y', 'width', 'height'] as const satisfies readonly (keyof Rectangle)[];

export const BOUNDS_COLUMNS = BOUNDS.join(', ');

/** SQL: by what images are filtered for the size of their labels; `boxes_by_image` has it. */
export const AREA = 'width * height';

/** SQL: whether a label reaches out of its image. @param size of the image: two columns or parameters */
export function reachesOut(label: string, [width, height]: readonly [width: string, height: string]): string {
  const [x, y, across, down] = BOUNDS.map((name) => `${label}.${name}`);
  return `(${x} < -${EDGE_TOLERANCE} OR ${y} < -${EDGE_TOLERANCE}
    OR ${x} + ${across} > ${width} + ${EDGE_TOLERANCE} OR ${y} + ${down} > ${height} + ${EDGE_TOLERANCE})`;
}

export type BoundsOrNone = { readonly [Name in keyof Rectangle]: number | null };

/** Bounds of what lies nowhere: it is of the whole image. */
export const NO_BOUNDS: BoundsOrNone = { x: null, y: null, width: null, height: null };

/** Whether it lies somewhere; else it is of the whole image. */
export function hasBounds(label: BoundsOrNone): label is Rectangle {
  return label.x !== null && label.y !== null && label.width !== null && label.height !== null;
}

/** Where a suggestion lies; null where it is of the whole image. */
export function boundsOf(label: BoundsOrNone): Rectangle | null {
  if (!hasBounds(label)) return null;
  const { x, y, width, height } = label;
  return { x, y, width, height };
}
