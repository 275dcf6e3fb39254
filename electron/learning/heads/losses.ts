import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import type { Kernels, TensorFlow } from '../../engine/kernels.ts';

/** Losses are pure functions of tensors to a scalar. A mask of zeros gives 0, never NaN. */
const SMALL = 1e-7;

/** 1 where a mask of zeros and ones has a one, else 0: a scalar. */
export const anyOf = (tf: TensorFlow, mask: Tensor): Tensor => tf.minimum(tf.sum(mask), 1);

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
 * Binary cross-entropy of each class, summed over classes, mean over the samples that have a label. While every class
 * is given its share 1 / classes, its gradient is that of {@link classCrossEntropy}, so that the heads weigh alike.
 * @param logits [batch, classes] @param targets [batch, classes], 0 to 1 each @param mask [batch], 0 or 1
 */
export function classBinaryCrossEntropy(
  tf: TensorFlow,
  kernels: Kernels,
  logits: Tensor2D,
  targets: Tensor2D,
  mask: Tensor,
): Tensor {
  return maskedMean(tf, tf.sum(kernels.sigmoidCrossEntropy(logits, targets), 1), mask);
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

/** x1, y1, x2, y2, each of any shape. */
type Sides = [Tensor, Tensor, Tensor, Tensor];

/** Sides [n, m, 1] of boxes [n, m, 4]. */
function sidesOf(tf: TensorFlow, boxes: Tensor3D): Sides {
  return tf.split(boxes, 4, 2) as Sides;
}

function sharedArea(
  tf: TensorFlow,
  [ax1, ay1, ax2, ay2]: Sides,
  [bx1, by1, bx2, by2]: Sides,
): { union: Tensor; iou: Tensor } {
  const areaA = ax2.sub(ax1).mul(ay2.sub(ay1));
  const areaB = bx2.sub(bx1).mul(by2.sub(by1));
  const width = tf.relu(tf.minimum(ax2, bx2).sub(tf.maximum(ax1, bx1)));
  const height = tf.relu(tf.minimum(ay2, by2).sub(tf.maximum(ay1, by1)));
  const intersection = width.mul(height);
  const union = areaA.add(areaB).sub(intersection);
  return { union, iou: intersection.div(union.add(SMALL)) };
}

/** IoU of each box [n, m, 4] with each truth [n, k, 4] of the same image: [n, k, m]. Frees what it needs on the way. */
export function pairwiseIou(tf: TensorFlow, boxes: Tensor3D, truths: Tensor3D): Tensor3D {
  return tf.tidy(() => {
    const [batch, count] = boxes.shape;
    const across = sidesOf(tf, boxes).map((side) => tf.reshape(side, [batch, 1, count])) as Sides;
    return sharedArea(tf, across, sidesOf(tf, truths)).iou as Tensor3D;
  });
}

/** Sides of the smallest box around two. */
function hullSides(
  tf: TensorFlow,
  [ax1, ay1, ax2, ay2]: Sides,
  [bx1, by1, bx2, by2]: Sides,
): [Tensor, Tensor] {
  return [tf.maximum(ax2, bx2).sub(tf.minimum(ax1, bx1)), tf.maximum(ay2, by2).sub(tf.minimum(ay1, by1))];
}

/**
 * Overlap of pairs of boxes [n, m, 4] (x1, y1, x2, y2): IoU and generalised IoU, each [n, m].
 * GIoU = IoU - (hull - union) / hull (Rezatofighi et al. 2019, equation 2).
 */
export function boxOverlap(tf: TensorFlow, a: Tensor3D, b: Tensor3D): { iou: Tensor2D; giou: Tensor2D } {
  const [one, other] = [sidesOf(tf, a), sidesOf(tf, b)];
  const { union, iou } = sharedArea(tf, one, other);
  const [hullWidth, hullHeight] = hullSides(tf, one, other);
  const hull = hullWidth.mul(hullHeight);
  const giou = iou.sub(hull.sub(union).div(hull.add(SMALL)));
  return { iou: tf.squeeze(iou, [2]), giou: tf.squeeze(giou, [2]) };
}

/**
 * IoU and complete IoU of pairs of boxes [n, m, 4], each [n, m]: CIoU = IoU - ρ² / c² - α·v (Zheng et al. 2020,
 * equations 8 to 11), where ρ is the distance of the centres, c the diagonal of the hull,
 * v = 4/π² · (arctan(w/h) of the truth - that of the box)² and α = v / (1 - IoU + v), which is held fixed in gradients.
 */
export function completeOverlap(
  tf: TensorFlow,
  kernels: Kernels,
  boxes: Tensor3D,
  truths: Tensor3D,
): { iou: Tensor2D; ciou: Tensor2D } {
  const [one, other] = [sidesOf(tf, boxes), sidesOf(tf, truths)];
  const { iou } = sharedArea(tf, one, other);
  const [hullWidth, hullHeight] = hullSides(tf, one, other);
  const diagonal = tf.square(hullWidth).add(tf.square(hullHeight));
  const apart = (low: 0 | 1, high: 2 | 3) =>
    tf.square(one[low].add(one[high]).sub(other[low]).sub(other[high])).div(4);
  const distance = apart(0, 2).add(apart(1, 3));
  const angle = ([x1, y1, x2, y2]: Sides) => tf.atan(x2.sub(x1).div(y2.sub(y1).add(SMALL)));
  const v = tf.square(angle(other).sub(angle(one))).mul(4 / Math.PI ** 2);
  const alpha = kernels.stopGradient(v.div(tf.sub(1, iou).add(v).add(SMALL)));
  const ciou = iou.sub(distance.div(diagonal.add(SMALL))).sub(alpha.mul(v));
  return { iou: tf.squeeze(iou, [2]), ciou: tf.squeeze(ciou, [2]) };
}

/**
 * Quality focal loss (Li et al. 2020, equation 2 with β = 2): |y - σ(x)|² · BCE(x, y), summed, where y is the
 * overlap of the predicted box at the true class and 0 elsewhere.
 * @param logits [batch, anchors, classes] @param quality the same shape, 0 to 1 @param weight [batch, anchors, 1]
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
