import { fillTruths } from './aligned-truths.ts';
import { assignPlaces } from './assign.ts';
import type { NetworkBox } from './assign.ts';
import { floats } from '../data/batch-arrays.ts';
import type { BatchArrays } from '../data/batch-arrays.ts';
import type { Model } from '../model.ts';

const places = ({ config, grid }: Model): number =>
  config.boxHead === 'dense' ? grid.count : config.slots.count;

/** Whether boxes get their places while the network runs. */
export const assignsInGraph = ({ config }: Model): boolean =>
  config.boxHead === 'dense' && config.dense.assignment === 'taskAligned';

/** Boxes of an image at most, crowds not counted. */
export const mostBoxes = (
  byImage: readonly (readonly { readonly crowd?: boolean | undefined }[] | null)[],
): number =>
  byImage.reduce(
    (most, boxes) => Math.max(most, (boxes ?? []).filter(({ crowd }) => crowd !== true).length),
    0,
  );

/**
 * Arrays for what the box head of a batch should say: `classIndex`, `boxes` and `boxWeight`, by place or slot; where
 * boxes get their places while the network runs, the first two by true box, and `regions` (see aligned-truths.ts).
 * @param rows true boxes of an image at most, where that is so
 */
export function boxTargetArrays(model: Model, batch: number, rows: number): BatchArrays {
  const aligned = assignsInGraph(model);
  const count = aligned ? Math.max(1, rows) : places(model);
  return {
    classIndex: { shape: [batch, count], data: new Int32Array(batch * count) },
    boxes: floats(batch, count, 4),
    boxWeight: floats(batch, places(model)),
    ...(aligned ? { regions: floats(batch, count, 4) } : {}),
  };
}

/**
 * Fills the targets of one image of a batch. Slots get theirs later (slot-matcher.ts).
 * @param boxes null: nobody has labelled them, so nothing is judged
 */
export function fillBoxTargets(
  model: Model,
  arrays: BatchArrays,
  slot: number,
  boxes: readonly NetworkBox[] | null,
): void {
  const { config, grid } = model;
  if (config.boxHead === 'slots') return;
  const part = (name: string): Float32Array | Int32Array => {
    const { data, shape } = arrays[name]!;
    const size = data.length / shape[0]!;
    return data.subarray(slot * size, (slot + 1) * size);
  };
  const classIndex = part('classIndex') as Int32Array;
  const corners = part('boxes') as Float32Array;
  const weight = part('boxWeight') as Float32Array;
  if (assignsInGraph(model)) {
    const regions = part('regions') as Float32Array;
    fillTruths(grid, boxes, { truths: corners, regions, classIndex, weight });
    return;
  }
  assignPlaces(grid, boxes ?? [], config.dense, classIndex, corners, weight);
  if (boxes === null) weight.fill(0);
}
