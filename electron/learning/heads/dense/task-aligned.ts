import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import type { Kernels, TensorFlow } from '../../../engine/kernels.ts';
import { pairwiseIou } from '../losses.ts';
import type { DensePrediction, DenseTargets } from './layers.ts';
import type { Grid } from '../../assignment/grid.ts';

/** The true boxes of a batch, padded to one number of rows (see aligned-truths.ts). */
interface AlignedTruths {
  /** [batch, rows, 4] corners in input pixels. */
  readonly boxes: Tensor3D;
  /** [batch, rows, 4]: a box may take the anchors whose centres lie strictly inside. */
  readonly regions: Tensor3D;
  /** int32 [batch, rows]; -1 where padding. */
  readonly classIndex: Tensor2D;
  /** [batch, anchors]: 0 where an anchor is ignored unless a box takes it, else 1. */
  readonly weight: Tensor2D;
}

interface AlignmentOptions {
  /** Power of the score. */
  readonly alpha: number;
  /** Power of the overlap. */
  readonly beta: number;
  /** Anchors a box takes at most. */
  readonly candidates: number;
}

/** Far under any logarithm of an alignment: what is not to be chosen. */
const NEVER = 1e9;
/** So that the logarithm of no overlap is a number. */
const LEAST_OVERLAP = 1e-9;
/** A box that its anchors overlap less than this teaches as if they did so much: else one that is missed would not. */
const LEAST_QUALITY = 0.1;

/**
 * Gives anchors to true boxes by how well they do already: task-aligned assignment (Feng et al. 2021, "TOOD", section
 * 3.2). An anchor's alignment with a box is t = s^α · u^β, of its score s for the box's class and the overlap (IoU) u of
 * the box that it predicts. Each box takes the `candidates` anchors of highest t among those inside; an anchor that two
 * boxes take goes to the one that it overlaps more. The target of the class is t, scaled so that a box's best anchor
 * has the highest u of its anchors (equation 4 and what follows it).
 *
 * Values are compared by operations only, so that it can be part of a compiled step; no gradient flows through it.
 */
export function alignedTargets(
  tf: TensorFlow,
  kernels: Kernels,
  prediction: DensePrediction,
  truths: AlignedTruths,
  grid: Grid,
  options: AlignmentOptions,
): DenseTargets {
  const [classIndex, boxes, weight, alignment] = kernels.constants(() => {
    const iou = pairwiseIou(tf, prediction.boxes, truths.boxes);
    const candidate = tf.tidy(() => centreInside(tf, grid, truths.regions));
    const aligned = tf.tidy(() => logAlignment(tf, prediction.logits, iou, candidate, truths, options));
    const chosen = tf.tidy(() => highest(tf, aligned, options.candidates).mul(candidate));
    // [batch, rows, anchors] with the overlap where a box takes an anchor, else -1 → the row of each anchor's box.
    const claims = tf.tidy(() => iou.mul(chosen).add(chosen.sub(1)));
    const owner: Tensor2D = tf.argMax(claims, 1);
    const positive = tf.cast(tf.greaterEqual(tf.max(claims, 1), 0), 'float32');
    const quality = tf.tidy(() => scaledAlignment(tf, aligned, iou, chosen, owner));
    const one = tf.scalar(1, 'int32');
    const ownerClass = tf.gather<Tensor2D>(truths.classIndex, owner, 1, 1);
    return [
      ownerClass.add(one).mul(tf.cast(positive, 'int32')).sub(one),
      tf.gather(truths.boxes, owner, 1, 1),
      tf.maximum(truths.weight, positive),
      quality.mul(positive),
    ];
  });
  return {
    classIndex: classIndex as Tensor2D,
    boxes: boxes as Tensor3D,
    weight: weight as Tensor2D,
    alignment: alignment as Tensor2D,
  };
}

/** 1 where the centre of an anchor lies in the region of a row: [batch, rows, anchors]. */
function centreInside(tf: TensorFlow, { centersX, centersY }: Grid, regions: Tensor3D): Tensor {
  const [x1, y1, x2, y2] = tf.split(regions, 4, 2) as [Tensor, Tensor, Tensor, Tensor];
  const [x, y] = [tf.tensor1d(centersX), tf.tensor1d(centersY)];
  const across = tf.minimum(tf.sub(x, x1), tf.sub(x2, x));
  const down = tf.minimum(tf.sub(y, y1), tf.sub(y2, y));
  return tf.cast(tf.greater(tf.minimum(across, down), 0), 'float32');
}

/** α·log s + β·log u, which orders anchors as t does and does not vanish: [batch, rows, anchors]. */
function logAlignment(
  tf: TensorFlow,
  logits: Tensor3D,
  iou: Tensor,
  candidate: Tensor,
  { classIndex }: AlignedTruths,
  { alpha, beta }: AlignmentOptions,
): Tensor {
  const logScores = tf.neg(tf.softplus(tf.neg(tf.transpose(logits, [0, 2, 1]))));
  const ofClass = tf.gather(logScores, tf.maximum(classIndex, tf.scalar(0, 'int32')), 1, 1);
  const logOverlap = tf.log(tf.maximum(iou, LEAST_OVERLAP));
  return ofClass.mul(alpha).add(logOverlap.mul(beta)).add(candidate.sub(1).mul(NEVER));
}

/** 1 at the `count` highest values of each row, of equal ones at the first: [batch, rows, anchors]. */
function highest(tf: TensorFlow, values: Tensor, count: number): Tensor {
  const [batch, rows, anchors] = values.shape as [number, number, number];
  const taken = Math.min(count, anchors);
  const { indices } = tf.topk(tf.reshape(values, [batch * rows, anchors]), taken);
  const row = tf.broadcastTo(tf.reshape(tf.range(0, batch * rows, 1, 'int32'), [-1, 1]), [
    batch * rows,
    taken,
  ]);
  const at: Tensor2D = tf.reshape(tf.stack([row, indices], 2), [-1, 2]);
  const marked = tf.scatterND(at, tf.ones([batch * rows * taken]), [batch * rows, anchors]);
  return tf.reshape(marked, [batch, rows, anchors]);
}

/** What an anchor with a box should say of its class: [batch, anchors]; of others, anything finite. */
function scaledAlignment(
  tf: TensorFlow,
  aligned: Tensor,
  iou: Tensor,
  chosen: Tensor,
  owner: Tensor2D,
): Tensor2D {
  const [, rows] = aligned.shape as [number, number, number];
  const rowNumbers = tf.reshape(tf.range(0, rows, 1, 'int32'), [rows, 1]);
  const owned = tf.cast(tf.equal(tf.expandDims(owner, 1), rowNumbers), 'float32').mul(chosen);
  const best = tf.max(aligned.add(owned.sub(1).mul(NEVER)), 2);
  const bestOverlap = tf.maximum(tf.max(iou.mul(owned), 2), LEAST_QUALITY);
  const ofOwner = (values: Tensor): Tensor => tf.gather(values, owner, 1, 1);
  const own = tf.sum(aligned.mul(owned), 1);
  return tf.mul(tf.exp(tf.minimum(tf.sub(own, ofOwner(best)), 0)), ofOwner(bestOverlap));
}
