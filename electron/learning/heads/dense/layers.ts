import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import type { Kernels, TensorFlow } from '../../../engine/kernels.ts';
import type { Layers } from '../../base/layers.ts';
import type { BoxTargets } from '../boxes.ts';
import { boxOverlap, completeOverlap, oneHot, qualityFocalSum } from '../losses.ts';
import type { FeatureLevel } from '../../networks/types.ts';
import type { Grid } from '../../assignment/grid.ts';

export interface DenseOptions {
  readonly classes: number;
  /** 3×3 convolutions in each branch. */
  readonly depth: number;
}

/** What the dense head says of every anchor. */
export interface DensePrediction {
  /** [batch, anchors, classes]. */
  readonly logits: Tensor3D;
  /** [batch, anchors, 4]: x1, y1, x2, y2 in input pixels. */
  readonly boxes: Tensor3D;
}

/** At the start an anchor says "object" with this probability, so that the many empty ones do not swamp the loss. */
const PRIOR = 0.01;
/** exp of this many strides is the longest distance from an anchor to a side of its box. */
const LARGEST_LOG_DISTANCE = 5;

/**
 * Anchor-free head: every anchor of every level gives class logits and its distances to the four sides of a box.
 * @param levels of the neck
 */
export function denseLayers(
  layers: Layers,
  levels: readonly FeatureLevel[],
  grid: Grid,
  { classes, depth }: DenseOptions,
): DensePrediction {
  const { tf } = layers;
  const logits: Tensor3D[] = [];
  const distances: Tensor3D[] = [];
  for (const { stride, map } of levels) {
    const [batch, height, width] = map.shape;
    const level = layers.within(`level${stride}`);
    let what = map;
    let where = map;
    const channels = map.shape[3];
    for (let i = 0; i < depth; i++) {
      what = level.convolutionNormRelu(`class${i}`, what, { channels });
      where = level.convolutionNormRelu(`box${i}`, where, { channels });
    }
    const score = level.convolutionBias('class', what, {
      channels: classes,
      kernel: 1,
      gain: 0.1,
      initial: -Math.log((1 - PRIOR) / PRIOR),
    });
    const side = level.convolutionBias('box', where, { channels: 4, kernel: 1, gain: 0.1, initial: 1 });
    logits.push(tf.reshape(score, [batch, height * width, classes]));
    distances.push(tf.reshape(side, [batch, height * width, 4]));
  }
  return {
    logits: tf.concat(logits, 1),
    boxes: boxesFromDistances(tf, tf.concat(distances, 1), grid),
  };
}

/** Logarithms of the distances (in strides) left, top, right, bottom [batch, anchors, 4] → corners in input pixels. */
function boxesFromDistances(tf: TensorFlow, raw: Tensor3D, grid: Grid): Tensor3D {
  const centers = new Float32Array(grid.count * 4);
  const scales = new Float32Array(grid.count * 4);
  for (let i = 0; i < grid.count; i++) {
    const stride = grid.strides[i]!;
    centers.set([grid.centersX[i]!, grid.centersY[i]!, grid.centersX[i]!, grid.centersY[i]!], i * 4);
    scales.set([-stride, -stride, stride, stride], i * 4);
  }
  const distances = tf.exp(tf.minimum(raw, LARGEST_LOG_DISTANCE));
  const offsets = tf.mul(distances, tf.tensor(scales, [1, grid.count, 4]));
  return tf.add(offsets, tf.tensor(centers, [1, grid.count, 4]));
}

/** What the anchors should say, made from the true boxes by assign.ts or task-aligned.ts. */
export interface DenseTargets extends BoxTargets {
  /**
   * [batch, anchors], 0 to 1: what the score of the true class should be, where it is given with the assignment; 0
   * where there is no object. Not given: the overlap of the predicted box.
   */
  readonly alignment?: Tensor2D | undefined;
}

/**
 * Class and overlap terms, each a scalar: sums over anchors, in the overlap term by their share. An anchor with an object
 * has the share 1 or its alignment; both sums are divided by that of the shares, by 1 at least.
 */
export function denseLoss(
  tf: TensorFlow,
  kernels: Kernels,
  { logits, boxes }: DensePrediction,
  targets: DenseTargets,
  overlap: 'giou' | 'ciou' = 'giou',
): { class: Tensor; iou: Tensor } {
  const classes = logits.shape[2];
  const positive = tf.cast(tf.greaterEqual(targets.classIndex, 0), 'float32').mul(targets.weight);
  const share = targets.alignment?.mul(positive) ?? positive;
  const shares = tf.maximum(tf.sum(share), 1);
  const { iou, likeness } = likenessOf(tf, kernels, boxes, targets.boxes, overlap);
  const distance = tf.sum(tf.sub(1, likeness).mul(share)).div(shares);
  const truth = oneHot(tf, targets.classIndex, classes);
  const score = targets.alignment ?? iou;
  const quality = kernels.stopGradient(tf.mul<Tensor3D>(truth, tf.expandDims(score, 2)));
  const classTerm = qualityFocalSum(tf, kernels, logits, quality, tf.expandDims(targets.weight, 2));
  return { class: classTerm.div(shares), iou: distance };
}

/** IoU, and what the overlap term brings to 1, each [batch, anchors]. */
function likenessOf(
  tf: TensorFlow,
  kernels: Kernels,
  boxes: Tensor3D,
  truths: Tensor3D,
  overlap: 'giou' | 'ciou',
): { iou: Tensor2D; likeness: Tensor2D } {
  if (overlap === 'ciou') {
    const { iou, ciou } = completeOverlap(tf, kernels, boxes, truths);
    return { iou, likeness: ciou };
  }
  const { iou, giou } = boxOverlap(tf, boxes, truths);
  return { iou, likeness: giou };
}
