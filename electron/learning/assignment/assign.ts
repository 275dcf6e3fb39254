import type { NetworkBox } from '../samples/network-box.ts';
import type { Grid } from './grid.ts';

export interface AssignmentOptions {
  /** Side of the reference box of an anchor, in strides. */
  readonly anchorScale: number;
  /** Anchors a level that are considered for each box. */
  readonly candidates: number;
}

interface Candidate {
  readonly anchor: number;
  readonly iou: number;
}

function referenceOverlap(grid: Grid, anchor: number, box: NetworkBox, anchorScale: number): number {
  const half = (grid.strides[anchor]! * anchorScale) / 2;
  const cx = grid.centersX[anchor]!;
  const cy = grid.centersY[anchor]!;
  const width = Math.min(cx + half, box.x2) - Math.max(cx - half, box.x1);
  const height = Math.min(cy + half, box.y2) - Math.max(cy - half, box.y1);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (4 * half * half + (box.x2 - box.x1) * (box.y2 - box.y1) - shared);
}

/** The anchors of a level nearest to the centre of a box, nearest first; only a window around it is searched. */
function nearestAnchors(level: Grid['levels'][number], box: NetworkBox, count: number): number[] {
  const { side, stride, start } = level;
  const column = (box.x1 + box.x2) / 2 / stride - 0.5;
  const row = (box.y1 + box.y2) / 2 / stride - 0.5;
  const reach = Math.ceil(Math.sqrt(count));
  const clamp = (value: number) => Math.max(0, Math.min(side - 1, value));
  const found: { anchor: number; distance: number }[] = [];
  const lastRow = clamp(Math.round(row) + reach);
  const lastColumn = clamp(Math.round(column) + reach);
  for (let r = clamp(Math.round(row) - reach); r <= lastRow; r++) {
    for (let c = clamp(Math.round(column) - reach); c <= lastColumn; c++) {
      found.push({ anchor: start + r * side + c, distance: (r - row) ** 2 + (c - column) ** 2 });
    }
  }
  found.sort((a, b) => a.distance - b.distance || a.anchor - b.anchor);
  return found.slice(0, count).map(({ anchor }) => anchor);
}

/** Whether the centre of an anchor lies strictly inside a box. */
export function inside(grid: Grid, anchor: number, box: NetworkBox): boolean {
  const x = grid.centersX[anchor]!;
  const y = grid.centersY[anchor]!;
  return x > box.x1 && x < box.x2 && y > box.y1 && y < box.y2;
}

function chosenAnchors(grid: Grid, box: NetworkBox, options: AssignmentOptions): Candidate[] {
  const candidates: Candidate[] = [];
  for (const level of grid.levels) {
    for (const anchor of nearestAnchors(level, box, options.candidates)) {
      candidates.push({ anchor, iou: referenceOverlap(grid, anchor, box, options.anchorScale) });
    }
  }
  const mean = candidates.reduce((sum, { iou }) => sum + iou, 0) / candidates.length;
  const variance = candidates.reduce((sum, { iou }) => sum + (iou - mean) ** 2, 0) / candidates.length;
  const threshold = mean + Math.sqrt(variance);
  const chosen = candidates.filter(({ anchor, iou }) => iou >= threshold && inside(grid, anchor, box));
  if (chosen.length > 0) return chosen;
  return [candidates.reduce((best, candidate) => (candidate.iou > best.iou ? candidate : best))];
}

/**
 * Says which anchors of the grid are responsible for which true box: adaptive training sample selection (Zhang et al.
 * 2020, algorithm 1) on square reference boxes. It depends on the geometry alone, so targets can be made before the
 * network runs. Every box asks for at least one anchor; an anchor wanted by two goes to the one it overlaps more.
 * @param classIndex, corners, weight: this image's part of the targets (see DenseTargets), filled here.
 * @returns for each box, whether an anchor stands for it; one without cannot be learned or found.
 */
export function assignAnchors(
  grid: Grid,
  boxes: readonly NetworkBox[],
  options: AssignmentOptions,
  classIndex: Int32Array,
  corners: Float32Array,
  weight: Float32Array,
): boolean[] {
  classIndex.fill(-1);
  weight.fill(1);
  corners.set(grid.squares);
  const best = new Float32Array(grid.count).fill(-1);
  const owner = new Int32Array(grid.count).fill(-1);
  for (const [index, box] of boxes.entries()) {
    if (box.crowd) continue;
    for (const { anchor, iou } of chosenAnchors(grid, box, options)) {
      if (iou <= best[anchor]!) continue;
      best[anchor] = iou;
      owner[anchor] = index;
      classIndex[anchor] = box.classIndex;
      corners.set([box.x1, box.y1, box.x2, box.y2], anchor * 4);
    }
  }
  for (const box of boxes) {
    if (!box.crowd) continue;
    for (let anchor = 0; anchor < grid.count; anchor++) {
      if (classIndex[anchor] === -1 && inside(grid, anchor, box)) weight[anchor] = 0;
    }
  }
  const owners = new Set(owner);
  return boxes.map((_, index) => owners.has(index));
}

/** How many of the boxes of an image are left without an anchor (see {@link assignAnchors}), crowds not counted. */
export function countUnreachable(
  grid: Grid,
  boxes: readonly NetworkBox[],
  options: AssignmentOptions,
): number {
  const reached = assignAnchors(
    grid,
    boxes,
    options,
    new Int32Array(grid.count),
    new Float32Array(grid.count * 4),
    new Float32Array(grid.count),
  );
  return boxes.filter(({ crowd }, index) => !crowd && !reached[index]).length;
}
