import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createKernels } from '../../electron/engine/kernels.ts';
import type { Kernels } from '../../electron/engine/kernels.ts';
import type { Engine } from '../../electron/engine/index.ts';
import { denseLoss } from '../../electron/learning/heads/dense/layers.ts';
import { adaptivePoolingMatrix, slotsLoss } from '../../electron/learning/heads/slots/layers.ts';
import {
  boxOverlap,
  classBinaryCrossEntropy,
  classCrossEntropy,
  completeOverlap,
  pairwiseIou,
  qualityFocalSum,
} from '../../electron/learning/heads/losses.ts';
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

describe('the complete overlap of boxes', () => {
  const ciouOf = (a: Tensor3D, b: Tensor3D) => completeOverlap(engine.tf, kernels, a, b);

  it('agrees with worked examples', () => {
    const a = boxes([0, 0, 2, 2], [0, 0, 2, 2], [0, 0, 2, 2], [0, 0, 1, 2]);
    const b = boxes([1, 1, 3, 3], [0, 0, 2, 2], [4, 0, 6, 2], [0, 0, 2, 1]);
    const { iou, ciou } = ciouOf(a, b);
    // Centres √2 apart in a hull of 3 × 3; the same box; 4 apart in a hull of 6 × 2; upright against lying: an overlap
    // of 1/3, centres √½ apart in a hull of 2 × 2, and v = 4/π² · (arctan 2 - arctan ½)².
    const v = (4 / Math.PI ** 2) * (Math.atan(2) - Math.atan(0.5)) ** 2;
    const last = 1 / 3 - 0.5 / 8 - (v / (2 / 3 + v)) * v;
    [1 / 7, 1, 0, 1 / 3].forEach((expected, i) => expect(iou.dataSync()[i]).toBeCloseTo(expected, 5));
    [1 / 7 - 2 / 18, 1, -16 / 40, last].forEach((expected, i) =>
      expect(ciou.dataSync()[i]).toBeCloseTo(expected, 5),
    );
  });

  it('has the gradient of finite differences where α is held fixed', () => {
    const truth = [1, 1, 3, 3.5];
    const at = [0, 0.2, 2.1, 2];
    const terms = ([x1, y1, x2, y2]: number[]) => {
      const [width, height] = [x2! - x1!, y2! - y1!];
      const shared = (Math.min(x2!, 3) - Math.max(x1!, 1)) * (Math.min(y2!, 3.5) - Math.max(y1!, 1));
      const iou = shared / (width * height + 5 - shared);
      const hull = (Math.max(x2!, 3) - Math.min(x1!, 1)) ** 2 + (Math.max(y2!, 3.5) - Math.min(y1!, 1)) ** 2;
      const distance = ((x1! + x2! - 4) / 2) ** 2 + ((y1! + y2! - 4.5) / 2) ** 2;
      const v = (4 / Math.PI ** 2) * (Math.atan(2 / 2.5) - Math.atan(width / height)) ** 2;
      return { iou, near: distance / hull, v };
    };
    const { iou, v } = terms(at);
    const alpha = v / (1 - iou + v);
    const held = (sides: number[]) => {
      const found = terms(sides);
      return found.iou - found.near - alpha * found.v;
    };
    const gradient = engine.tf
      .grad((x) => engine.tf.sum(ciouOf(x as Tensor3D, boxes(truth)).ciou))(boxes(at))
      .dataSync();
    at.forEach((_, i) => {
      const moved = (by: number) => held(at.map((side, j) => (j === i ? side + by : side)));
      expect(gradient[i]).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 4);
    });
  });

  it('is a number, and so is its gradient, for boxes of no area and boxes that are the same', () => {
    const of = (a: number[], b: number[]) => {
      const found = engine.tf.valueAndGrad((x) => engine.tf.sum(ciouOf(x as Tensor3D, boxes(b)).ciou))(
        boxes(a),
      );
      return [...found.value.dataSync(), ...found.grad.dataSync()];
    };
    for (const truth of [
      [3, 3, 3, 3],
      [3, 3, 9, 3],
      [0, 0, 8, 8],
    ]) {
      expect(of([0, 0, 8, 8], truth).every(Number.isFinite)).toBe(true);
    }
  });

  it('of each box with each truth is that of every pair', () => {
    const a = boxes([0, 0, 2, 2], [1, 0, 3, 2]);
    const found = pairwiseIou(engine.tf, a, boxes([1, 1, 3, 3], [0, 0, 2, 2], [4, 0, 6, 2]));
    expect(found.shape).toEqual([1, 3, 2]);
    [1 / 7, 1 / 3, 1, 1 / 3, 0, 0].forEach((expected, i) =>
      expect(found.dataSync()[i]).toBeCloseTo(expected, 5),
    );
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

  it('binary cross-entropy of classes is a sum over classes and a mean over labelled samples', () => {
    const { tf } = engine;
    const targets = tf.tensor2d([
      [1, 1, 0],
      [0, 1, 0],
      [1, 0, 0],
    ]);
    const mask = tf.tensor1d([1, 1, 0]);
    const loss = (x: Tensor) => classBinaryCrossEntropy(tf, kernels, x as Tensor2D, targets, mask);
    expect(value(loss(tf.zeros([3, 3])))).toBeCloseTo(3 * Math.log(2), 5);
    const logits = [Math.log(3), 0, -Math.log(3), 0, 0, 0, 5, 5, 5];
    const first = 2 * Math.log(4 / 3) + Math.log(2);
    expect(value(loss(tf.tensor2d(logits, [3, 3])))).toBeCloseTo((first + 3 * Math.log(2)) / 2, 5);
    expectGradient(loss, logits, [3, 3]);
    expect(value(classBinaryCrossEntropy(tf, kernels, tf.zeros([3, 3]), targets, tf.zeros([3])))).toBe(0);
  });

  it('binary cross-entropy has the gradient of cross-entropy while each class has its share', () => {
    const { tf } = engine;
    const targets = tf.tensor2d([[0, 1, 0, 0]]);
    const mask = tf.tensor1d([1]);
    const at = (share: number) => tf.fill([1, 4], Math.log(share / (1 - share)));
    const gradients = [classBinaryCrossEntropy, classCrossEntropy].map((lossOf) =>
      tf
        .grad((x) => lossOf(tf, kernels, x as Tensor2D, targets, mask))(at(1 / 4))
        .dataSync(),
    );
    gradients[0]!.forEach((element, i) => expect(element).toBeCloseTo(gradients[1]![i]!, 5));
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

  it('dense loss takes the alignment of a place as its share and as what its score should be', () => {
    const { tf } = engine;
    const logits = tf.tensor3d([0, -20, 0, -20, -20, -20], [1, 3, 2]);
    const prediction = { logits, boxes: boxes([0, 0, 4, 8], [0, 0, 8, 8], [0, 0, 1, 1]) };
    const terms = (overlap: 'giou' | 'ciou') =>
      denseLoss(
        tf,
        kernels,
        prediction,
        {
          classIndex: tf.tensor2d([[0, 0, -1]], [1, 3], 'int32'),
          boxes: boxes([0, 0, 8, 8], [0, 0, 8, 8], [0, 0, 1, 1]),
          weight: tf.tensor2d([[1, 1, 1]]),
          alignment: tf.tensor2d([[0.5, 0.75, 0]]),
        },
        overlap,
      );
    // GIoU of the first is a half, of the second 1; shares add up to 1.25. Scores are a half: right for the first.
    expect(value(terms('giou').iou)).toBeCloseTo((0.5 * 0.5) / 1.25, 5);
    const entropy = -0.75 * Math.log(0.5) - 0.25 * Math.log(0.5);
    expect(value(terms('giou').class)).toBeCloseTo((0.25 ** 2 * entropy) / 1.25, 5);
    expect(value(terms('ciou').iou)).toBeGreaterThan(value(terms('giou').iou));
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
