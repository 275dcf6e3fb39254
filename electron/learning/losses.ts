import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import type { Kernels, TensorFlow } from '../engine/kernels.ts';

/** Losses are pure functions of tensors to a scalar. A mask of zeros gives 0, never NaN. */
const SMALL = 1e-7;

/** Σ mask·values / max(Σ mask, 1). */
export function maskedMean(tf: TensorFlow, values: Tensor, mask: Tensor): Tensor {
  return tf.sum(values.mul(mask)).div(tf.maximum(tf.sum(mask), 1));
}

/**
 * Mean cross-entropy over the samples that have a label.
 * @param logits [batch, classes] @param targets [batch, classes], distributions @param mask [batch], 0 or 1
 */
export function classCrossEntropy(
  tf: TensorFlow,
  kernels: Kernels,
  logits: Tensor2D,
  targets: Tensor2D,
  mask: Tensor,
): Tensor {
  return maskedMean(tf, kernels.softmaxCrossEntropy(logits, targets), mask);
}

/**
 * Ones at the index, zeros for the rest and for an index of -1: int32 [batch, n] → float32 [batch, n, classes]. Unlike
 * tf.oneHot it takes one class only as well.
 */
export function oneHot(tf: TensorFlow, indices: Tensor2D, classes: number): Tensor3D {
  const matches = tf.equal<Tensor3D>(
    tf.expandDims(tf.cast(indices, 'int32'), 2),
    tf.range(0, classes, 1, 'int32'),
  );
  return tf.cast(matches, 'float32');
}

/** Corners [n, m, 1] each of boxes [n, m, 4] as x1, y1, x2, y2. */
function corners(tf: TensorFlow, boxes: Tensor3D): [Tensor, Tensor, Tensor, Tensor] {
  return tf.split(boxes, 4, 2) as [Tensor, Tensor, Tensor, Tensor];
}

/**
 * Overlap of pairs of boxes [n, m, 4] (x1, y1, x2, y2): IoU and generalised IoU, each [n, m].
 * GIoU = IoU - (hull - union) / hull (Rezatofighi et al. 2019, equation 2).
 */
export function boxOverlap(tf: TensorFlow, a: Tensor3D, b: Tensor3D): { iou: Tensor2D; giou: Tensor2D } {
  const [ax1, ay1, ax2, ay2] = corners(tf, a);
  const [bx1, by1, bx2, by2] = corners(tf, b);
  const areaA = ax2.sub(ax1).mul(ay2.sub(ay1));
  const areaB = bx2.sub(bx1).mul(by2.sub(by1));
  const width = tf.relu(tf.minimum(ax2, bx2).sub(tf.maximum(ax1, bx1)));
  const height = tf.relu(tf.minimum(ay2, by2).sub(tf.maximum(ay1, by1)));
  const intersection = width.mul(height);
  const union = areaA.add(areaB).sub(intersection);
  const hullWidth = tf.maximum(ax2, bx2).sub(tf.minimum(ax1, bx1));
  const hullHeight = tf.maximum(ay2, by2).sub(tf.minimum(ay1, by1));
  const hull = hullWidth.mul(hullHeight);
  const iou = intersection.div(union.add(SMALL));
  const giou = iou.sub(hull.sub(union).div(hull.add(SMALL)));
  return { iou: tf.squeeze(iou, [2]), giou: tf.squeeze(giou, [2]) };
}

/**
 * Quality focal loss (Li et al. 2020, equation 2 with β = 2): |y - σ(x)|² · BCE(x, y), summed, where y is the
 * overlap of the predicted box at the true class and 0 elsewhere.
 * @param logits [batch, places, classes] @param quality the same shape, 0 to 1 @param weight [batch, places, 1]
 */
export function qualityFocalSum(
  tf: TensorFlow,
  kernels: Kernels,
  logits: Tensor3D,
  quality: Tensor3D,
  weight: Tensor,
): Tensor {
  const distance = tf.sigmoid(logits).sub(quality);
  return tf.sum(tf.square(distance).mul(kernels.sigmoidCrossEntropy(logits, quality)).mul(weight));
}
