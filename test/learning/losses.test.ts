import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createKernels } from '../../electron/engine/kernels.ts';
import type { Kernels } from '../../electron/engine/kernels.ts';
import type { Engine } from '../../electron/engine/index.ts';
import { denseLoss } from '../../electron/learning/heads/dense.ts';
import { adaptivePoolingMatrix, slotsLoss } from '../../electron/learning/heads/slots.ts';
import { boxOverlap, classCrossEntropy, qualityFocalSum } from '../../electron/learning/losses.ts';
import { weightedSum } from '../../electron/learning/multitask/objective.ts';
import { nativeEngine } from './support.ts';

let engine: Engine;
let kernels: Kernels;

beforeAll(async () => {
  engine = await nativeEngine();
  kernels = createKernels(engine);
});

const boxes = (...rows: number[][]): Tensor3D => engine.tf.tensor3d([rows]);
const value = (tensor: Tensor): number => tensor.dataSync()[0]!;

/** Compares the gradient of a scalar function with central differences in every element. */
function expectGradient(f: (x: Tensor) => Tensor, at: number[], shape: number[], step = 1e-2): void {
  const { tf } = engine;
  const gradient = tf.grad(f)(tf.tensor(at, shape)).dataSync();
  at.forEach((_, i) => {
    const moved = (by: number) =>
      value(
        f(
          tf.tensor(
            at.map((element, j) => (j === i ? element + by : element)),
            shape,
          ),
        ),
      );
    const numeric = (moved(step) - moved(-step)) / (2 * step);
    expect(Math.abs(gradient[i]! - numeric)).toBeLessThan(2e-3 * Math.max(1, Math.abs(numeric)));
  });
}

describe('the overlap of boxes', () => {
  it('agrees with worked examples', () => {
    const a = boxes([0, 0, 2, 2], [0, 0, 2, 2], [0, 0, 2, 2]);
    const b = boxes([1, 1, 3, 3], [0, 0, 2, 2], [4, 0, 6, 2]);
    const { iou, giou } = boxOverlap(engine.tf, a, b);
    // Union 7 in a hull of 9; the same box; apart by a box: union 8 in a hull of 12.
    [1 / 7, 1, 0].forEach((expected, i) => expect(iou.dataSync()[i]).toBeCloseTo(expected, 5));
    [1 / 7 - 2 / 9, 1, -1 / 3].forEach((expected, i) => expect(giou.dataSync()[i]).toBeCloseTo(expected, 5));
  });

  it('has the gradient of finite differences', () => {
    const b = boxes([1, 1, 3, 3], [4, 0, 6.5, 2]);
    const loss = (x: Tensor) => engine.tf.sum(boxOverlap(engine.tf, x as Tensor3D, b).giou);
    expectGradient(loss, [0, 0.2, 2.1, 2, 0.1, 0.3, 2, 2.2], [1, 2, 4]);
  });
});

describe('the losses', () => {
  it('cross-entropy is the mean over images that have a class', () => {
    const { tf } = engine;
    const logits = tf.tensor2d([0, 0, Math.log(3), 0, 100, -100], [3, 2]);
    const targets = tf.tensor2d([1, 0, 1, 0, 0, 1], [3, 2]);
    const loss = classCrossEntropy(tf, kernels, logits, targets, tf.tensor1d([1, 1, 0]));
    expect(value(loss)).toBeCloseTo((Math.log(2) + Math.log(4 / 3)) / 2, 5);
  });

  it('quality focal loss agrees with a worked example and finite differences', () => {
    const { tf } = engine;
    const quality = tf.tensor3d([0.8, 0], [1, 1, 2]);
    const weight = tf.tensor3d([1], [1, 1, 1]);
    const loss = (x: Tensor) => qualityFocalSum(tf, kernels, x as Tensor3D, quality, weight);
    const entropy = (p: number, y: number) => -y * Math.log(p) - (1 - y) * Math.log(1 - p);
    const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
    const [p, q] = [sigmoid(1), sigmoid(-1)];
    const expected = (0.8 - p) ** 2 * entropy(p, 0.8) + q ** 2 * entropy(q, 0);
    expect(value(loss(tf.tensor3d([1, -1], [1, 1, 2])))).toBeCloseTo(expected, 5);
    expectGradient(loss, [1, -1], [1, 1, 2]);
  });

  it('dense loss is least for the true boxes and counts unjudged places nowhere', () => {
    const { tf } = engine;
    const truth = boxes([0, 0, 8, 8], [0, 0, 1, 1], [0, 0, 1, 1]);
    const targets = {
      classIndex: tf.tensor2d([[1, -1, -1]], [1, 3], 'int32'),
      boxes: truth,
      weight: tf.tensor2d([[1, 1, 0]]),
    };
    const terms = (logits: number[], x2: number) =>
      denseLoss(
        tf,
        kernels,
        {
          logits: tf.tensor3d(logits, [1, 3, 2]),
          boxes: boxes([0, 0, x2, 8], [0, 0, 1, 1], [0, 0, 1, 1]),
        },
        targets,
      );
    const right = [-20, 20, -20, -20, 20, 20];
    expect(value(terms(right, 8).iou)).toBeCloseTo(0, 5);
    expect(value(terms(right, 8).class)).toBeCloseTo(0, 5);
    expect(value(terms(right, 4).iou)).toBeCloseTo(0.5, 5);
    expect(value(terms([-20, 20, 20, -20, -20, -20], 8).class)).toBeGreaterThan(10);
  });

  it('are 0 and have gradients of 0 where nothing is labelled', () => {
    const { tf } = engine;
    const none = {
      classIndex: tf.tensor2d([[-1, -1]], [1, 2], 'int32'),
      weight: tf.tensor2d([[0, 0]]),
    };
    const loss = (x: Tensor) => {
      const logits = x as Tensor2D;
      const image = classCrossEntropy(tf, kernels, logits, tf.zeros([2, 2]), tf.zeros([2]));
      const spread: Tensor3D = tf.reshape(logits, [1, 2, 2]);
      const corners: Tensor3D = tf.concat([spread, tf.add(spread, 1)], 2);
      const truth = boxes([0, 0, 1, 1], [0, 0, 1, 1]);
      const dense = denseLoss(tf, kernels, { logits: spread, boxes: corners }, { ...none, boxes: truth });
      const objectness: Tensor2D = tf.reshape(tf.sum(spread, 2), [1, 2]);
      const prediction = { logits: spread, boxes: corners, objectness };
      const slots = slotsLoss(tf, kernels, prediction, { ...none, boxes: truth }, 64);
      return tf.addN([image, dense.class, dense.iou, slots.objectness, slots.class, slots.iou, slots.l1]);
    };
    const at = tf.tensor2d([3, -1, 0.5, 2], [2, 2]);
    expect(value(loss(at))).toBe(0);
    expect([...tf.grad(loss)(at).dataSync()].map(Math.abs)).toEqual([0, 0, 0, 0]);
  });

  it('slots loss agrees with a worked example', () => {
    const { tf } = engine;
    const prediction = {
      objectness: tf.tensor2d([[0, 0]]),
      logits: tf.tensor3d([0, Math.log(3), 5, 5], [1, 2, 2]),
      boxes: boxes([0, 0, 4, 8], [0, 0, 2, 2]),
    };
    const targets = {
      classIndex: tf.tensor2d([[1, -1]], [1, 2], 'int32'),
      boxes: boxes([0, 0, 8, 8], [0, 0, 1, 1]),
      weight: tf.tensor2d([[1, 1]]),
    };
    const terms = slotsLoss(tf, kernels, prediction, targets, 16);
    expect(value(terms.objectness)).toBeCloseTo(Math.log(2), 5);
    expect(value(terms.class)).toBeCloseTo(Math.log(4 / 3), 5);
    expect(value(terms.iou)).toBeCloseTo(0.5, 5);
    expect(value(terms.l1)).toBeCloseTo(1 / 16, 5);
  });

  it('the total is Σ weight · loss', () => {
    const { tf } = engine;
    const losses = {
      what: { loss: tf.scalar(2), terms: {} },
      where: { loss: tf.scalar(0.5), terms: {} },
    };
    expect(value(weightedSum(tf, losses, [3, 4]))).toBe(8);
  });
});

describe('adaptive pooling', () => {
  it('averages the bins of the adaptive rule, overlapping where the sizes do not divide', () => {
    expect([...adaptivePoolingMatrix(4, 2)]).toEqual([0.5, 0.5, 0, 0, 0, 0, 0.5, 0.5]);
    expect([...adaptivePoolingMatrix(3, 2)]).toEqual([0.5, 0.5, 0, 0, 0.5, 0.5]);
  });
});
