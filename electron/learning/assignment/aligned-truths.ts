import type { NetworkBox } from '../samples/network-box.ts';
import { inside } from './assign.ts';
import type { Grid } from './grid.ts';

/** The part of a batch's arrays that tells of one image's true boxes; unused rows are padding. */
export interface TruthRows {
  /** [rows, 4] corners in input pixels; zeros where padding. */
  readonly truths: Float32Array;
  /** [rows, 4]: the box may take anchors whose centres lie strictly inside this; empty where padding. */
  readonly regions: Float32Array;
  /** [rows]: the class; -1 where padding. */
  readonly classIndex: Int32Array;
  /** [anchors]: 0 where an anchor is ignored unless a box takes it, else 1. */
  readonly weight: Float32Array;
}

/** Whether a centre of a level lies strictly between two sides, in 32-bit arithmetic, as the graph decides it. */
function holdsCentre(level: Grid['levels'][number], low: number, high: number): boolean {
  const first = Math.max(0, Math.floor(Math.fround(low) / level.stride - 0.5) + 1);
  return first < level.side && (first + 0.5) * level.stride < Math.fround(high);
}

/** The anchor of the finest level that is nearest to the centre of a box. */
function nearestAnchor({ levels }: Grid, { x1, y1, x2, y2 }: NetworkBox): number {
  const { stride, side, start } = levels[0]!;
  const [column, row] = [x1 + x2, y1 + y2].map((sum) =>
    Math.max(0, Math.min(side - 1, Math.floor(sum / 2 / stride))),
  );
  return start + row! * side + column!;
}

/** The anchor of a box that is too small or too thin to have the centre of one inside; null for others. */
function onlyAnchor(grid: Grid, box: NetworkBox): number | null {
  const reachable = grid.levels.some(
    (level) => holdsCentre(level, box.x1, box.x2) && holdsCentre(level, box.y1, box.y2),
  );
  return reachable ? null : nearestAnchor(grid, box);
}

/** The box, or, where it has no anchor's centre inside, a square of a pixel's side around that of the nearest one. */
function regionOf(grid: Grid, box: NetworkBox): [number, number, number, number] {
  const anchor = onlyAnchor(grid, box);
  if (anchor === null) return [box.x1, box.y1, box.x2, box.y2];
  const [x, y] = [grid.centersX[anchor]!, grid.centersY[anchor]!];
  return [x - 0.5, y - 0.5, x + 0.5, y + 0.5];
}

const areaOf = ({ x1, y1, x2, y2 }: NetworkBox): number => (x2 - x1) * (y2 - y1);

/**
 * Writes the true boxes of an image for an assignment that happens while the network runs (heads/task-aligned.ts).
 * Where there are more than rows, the largest get one, and anchors within the others are ignored, as within crowds.
 * @param boxes null: nobody has labelled them, so every anchor is ignored
 */
export function fillTruths(grid: Grid, boxes: readonly NetworkBox[] | null, rows: TruthRows): void {
  const { truths, regions, classIndex, weight } = rows;
  truths.fill(0);
  regions.fill(0);
  classIndex.fill(-1);
  weight.fill(boxes === null ? 0 : 1);
  if (boxes === null) return;
  const single = boxes.filter(({ crowd }) => !crowd);
  const kept =
    single.length <= classIndex.length
      ? single
      : single.toSorted((a, b) => areaOf(b) - areaOf(a)).slice(0, classIndex.length);
  for (const [row, box] of kept.entries()) {
    truths.set([box.x1, box.y1, box.x2, box.y2], row * 4);
    regions.set(regionOf(grid, box), row * 4);
    classIndex[row] = box.classIndex;
  }
  const withRow = new Set(kept);
  for (const box of boxes) {
    if (withRow.has(box)) continue;
    for (let anchor = 0; anchor < grid.count; anchor++) if (inside(grid, anchor, box)) weight[anchor] = 0;
  }
}

/** How many boxes have only one anchor and share it with another such box, of which one at most can have it. */
export function countOutbid(grid: Grid, boxes: readonly NetworkBox[]): number {
  const anchors = boxes.flatMap((box) => (box.crowd ? [] : (onlyAnchor(grid, box) ?? [])));
  return anchors.length - new Set(anchors).size;
}
