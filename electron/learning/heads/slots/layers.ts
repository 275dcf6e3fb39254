import type { Tensor, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs';
import type { Kernels, TensorFlow } from '../../../engine/kernels.ts';
import type { Layers } from '../../base/layers.ts';
import type { BoxTargets } from '../boxes.ts';
import { boxOverlap, maskedMean, oneHot } from '../losses.ts';

export interface SlotsOptions {
  readonly classes: number;
  /** Boxes that one image can get. */
  readonly count: number;
  readonly hidden: number;
  readonly inputSize: number;
}

export interface SlotsPrediction {
  /** [batch, slots]: logit of "this slot holds a box". */
  readonly objectness: Tensor2D;
  /** [batch, slots, classes]. */
  readonly logits: Tensor3D;
  /** [batch, slots, 4]: x1, y1, x2, y2 in input pixels. */
  readonly boxes: Tensor3D;
}

/** Side of the map that the slots are read from. */
const POOLED_SIDE = 6;

/** Row i averages the inputs floor(i·n/out) … ceil((i+1)·n/out), as adaptive average pooling does: [out, n]. */
export function adaptivePoolingMatrix(inputs: number, outputs: number): Float32Array {
  const matrix = new Float32Array(outputs * inputs);
  for (let i = 0; i < outputs; i++) {
    const start = Math.floor((i * inputs) / outputs);
    const end = Math.ceil(((i + 1) * inputs) / outputs);
    for (let j = start; j < end; j++) matrix[i * inputs + j] = 1 / (end - start);
  }
  return matrix;
}

/** Average pooling to side × side, whatever the size of the map: [batch, h, w, c] → [batch, side, side, c]. */
function adaptiveAveragePool(tf: TensorFlow, x: Tensor4D, side: number): Tensor4D {
  const [batch, height, width, channels] = x.shape;
  if (height === side && width === side) return x;
  const rows = tf.tensor3d(adaptivePoolingMatrix(height, side), [1, side, height]);
  const columns = tf.tensor4d(adaptivePoolingMatrix(width, side), [1, 1, side, width]);
  const lines: Tensor3D = tf.reshape(x, [batch, height, width * channels]);
  const byRow = tf.matMul(rows, lines);
  return tf.matMul<Tensor4D>(columns, tf.reshape(byRow, [batch, side, width, channels]));
}

/** The textbook's box head, made to work: average pool to 6×6, a hidden layer, and for each slot a box, a class and objectness. */
export function slotsLayers(
  layers: Layers,
  map: Tensor4D,
  { classes, count, hidden, inputSize }: SlotsOptions,
): SlotsPrediction {
  const { tf } = layers;
  const pooled = adaptiveAveragePool(tf, map, POOLED_SIDE);
  const batch = map.shape[0];
  const flat: Tensor2D = tf.reshape(pooled, [batch, POOLED_SIDE * POOLED_SIDE * map.shape[3]]);
  const features = layers.activate(layers.dense('hidden', flat, hidden));
  const raw = layers.dense('slots', features, count * (5 + classes), 0.5);
  const [coordinates, objectness, logits] = tf.split(
    tf.reshape(raw, [batch, count, 5 + classes]),
    [4, 1, classes],
    2,
  ) as [Tensor3D, Tensor3D, Tensor3D];
  const [center, size] = tf.split(tf.sigmoid(coordinates).mul(inputSize), 2, 2) as [Tensor3D, Tensor3D];
  const half = size.div(2);
  return {
    objectness: tf.reshape(objectness, [batch, count]),
    logits,
    boxes: tf.concat([center.sub(half), center.add(half)], 2),
  };
}

/** Objectness, class, overlap and L1 terms, each a scalar; the last three are means over filled slots. */
export function slotsLoss(
  tf: TensorFlow,
  kernels: Kernels,
  prediction: SlotsPrediction,
  targets: BoxTargets,
  inputSize: number,
): { objectness: Tensor; class: Tensor; iou: Tensor; l1: Tensor } {
  const [batch, count, classes] = prediction.logits.shape;
  const filled = tf.cast(tf.greaterEqual(targets.classIndex, 0), 'float32').mul<Tensor2D>(targets.weight);
  const rows = batch * count;
  const classLoss = kernels.softmaxCrossEntropy(
    tf.reshape(prediction.logits, [rows, classes]),
    tf.reshape(oneHot(tf, targets.classIndex, classes), [rows, classes]),
  );
  const { giou } = boxOverlap(tf, prediction.boxes, targets.boxes);
  const distance = tf.mean(tf.abs(prediction.boxes.sub(targets.boxes)), 2).div(inputSize);
  return {
    objectness: maskedMean(tf, kernels.sigmoidCrossEntropy(prediction.objectness, filled), targets.weight),
    class: maskedMean(tf, tf.reshape(classLoss, [batch, count]), filled),
    iou: maskedMean(tf, tf.sub(1, giou), filled),
    l1: maskedMean(tf, distance, filled),
  };
}
