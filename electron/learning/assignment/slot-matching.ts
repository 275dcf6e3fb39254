import type { BatchArrays } from '../samples/batch-arrays.ts';
import type { NetworkBox } from '../samples/network-box.ts';
import { leastCostAssignment } from './matching.ts';

/** Predictions of the slots of one image. */
export interface SlotGuess {
  /** [slots, classes], probabilities of a class times objectness. */
  readonly scores: Float32Array;
  /** [slots, 4], corners in input pixels. */
  readonly boxes: Float32Array;
}

export interface MatchWeights {
  readonly l1Weight: number;
  readonly iouWeight: number;
}

function generalizedOverlap(boxes: Float32Array, at: number, truth: NetworkBox): number {
  const [x1, y1, x2, y2] = [boxes[at]!, boxes[at + 1]!, boxes[at + 2]!, boxes[at + 3]!];
  const width = Math.max(0, Math.min(x2, truth.x2) - Math.max(x1, truth.x1));
  const height = Math.max(0, Math.min(y2, truth.y2) - Math.max(y1, truth.y1));
  const shared = width * height;
  const union = (x2 - x1) * (y2 - y1) + (truth.x2 - truth.x1) * (truth.y2 - truth.y1) - shared;
  const hull =
    (Math.max(x2, truth.x2) - Math.min(x1, truth.x1)) * (Math.max(y2, truth.y2) - Math.min(y1, truth.y1));
  return shared / Math.max(union, 1e-9) - (hull - union) / Math.max(hull, 1e-9);
}

/**
 * The slot of each true box, at least total cost (Carion et al. 2020): -score + L1 · weight - GIoU · weight. Boxes
 * beyond the number of slots (the smallest) get none: -1.
 */
export function matchSlots(
  truths: readonly NetworkBox[],
  guess: SlotGuess,
  slots: number,
  inputSize: number,
  { l1Weight, iouWeight }: MatchWeights,
): number[] {
  const classes = guess.scores.length / slots;
  const size = (box: NetworkBox) => (box.x2 - box.x1) * (box.y2 - box.y1);
  const kept = truths
    .map((box, index) => ({ box, index }))
    .sort((a, b) => size(b.box) - size(a.box))
    .slice(0, slots);
  const cost = kept.map(({ box }) =>
    Array.from({ length: slots }, (_, slot) => {
      const at = slot * 4;
      const sides = [box.x1, box.y1, box.x2, box.y2];
      const distance =
        sides.reduce((sum, side, i) => sum + Math.abs(side - guess.boxes[at + i]!), 0) / 4 / inputSize;
      const score = guess.scores[slot * classes + box.classIndex]!;
      return -score + l1Weight * distance - iouWeight * generalizedOverlap(guess.boxes, at, box);
    }),
  );
  const result = new Array<number>(truths.length).fill(-1);
  if (kept.length > 0) leastCostAssignment(cost).forEach((slot, i) => (result[kept[i]!.index] = slot));
  return result;
}

/**
 * Fills the slot targets of a batch: matches the true boxes to what the network says now.
 * @param guess of all images of the batch
 * @param boxes of each image; null: not labelled, so nothing is learned from it
 */
export function fillSlots(
  arrays: BatchArrays,
  guess: SlotGuess,
  boxes: readonly (readonly NetworkBox[] | null)[],
  inputSize: number,
  { count, ...weights }: MatchWeights & { readonly count: number },
): void {
  const classIndex = arrays['classIndex']!.data;
  const targets = arrays['boxes']!.data;
  const weight = arrays['boxWeight']!.data;
  const classes = guess.scores.length / (boxes.length * count);
  classIndex.fill(-1);
  weight.fill(1);
  for (let i = 0; i < targets.length; i += 4) targets.set([0, 0, 1, 1], i);
  boxes.forEach((truths, image) => {
    if (truths === null) {
      weight.fill(0, image * count, (image + 1) * count);
      return;
    }
    const own = {
      scores: guess.scores.subarray(image * count * classes, (image + 1) * count * classes),
      boxes: guess.boxes.subarray(image * count * 4, (image + 1) * count * 4),
    };
    const real = truths.filter(({ crowd }) => !crowd);
    matchSlots(real, own, count, inputSize, weights).forEach((slot, i) => {
      if (slot < 0) return;
      const box = real[i]!;
      classIndex[image * count + slot] = box.classIndex;
      targets.set([box.x1, box.y1, box.x2, box.y2], (image * count + slot) * 4);
    });
  });
}
