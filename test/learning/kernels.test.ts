import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createKernels } from '../../electron/engine/kernels.ts';
import type { Kernels } from '../../electron/engine/kernels.ts';
import type { Engine } from '../../electron/engine/index.ts';
import { nativeEngine } from './support.ts';

let engine: Engine;
let native: Kernels;
let composed: Kernels;

beforeAll(async () => {
  engine = await nativeEngine();
  native = createKernels(engine);
  composed = createKernels({ tf: engine.tf, native: false });
});

function expectClose(actual: readonly Tensor[], expected: readonly Tensor[], tolerance = 1e-5): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((tensor, i) => {
    const wanted = expected[i]!.dataSync();
    const found = tensor.dataSync();
    expect(found.length).toBe(wanted.length);
    const scale = Math.max(1, ...wanted.map(Math.abs));
    found.forEach((value, j) => expect(Math.abs(value - wanted[j]!) / scale).toBeLessThan(tolerance));
  });
}

/** Values and gradients of a sum weighted so that every element counts differently. */
function derivatives(
  run: (x: Tensor, ...others: Tensor[]) => Tensor,
  inputs: [Tensor, ...Tensor[]],
): Tensor[] {
  const { tf } = engine;
  const weighted = (x: Tensor, ...others: Tensor[]) => {
    const y = run(x, ...others);
    return tf.sum(y.mul(tf.reshape(tf.linspace(-1, 2, y.size), y.shape)));
  };
  const { value, grads } = tf.valueAndGrads(weighted as (...args: Tensor[]) => Scalar)(inputs);
  return [run(...inputs), value, ...grads];
}

describe('native kernels have the values and gradients of composed ones', () => {
  const image = (): Tensor4D => engine.tf.randomNormal([3, 4, 5, 2], 0, 2, 'float32', 3);

  it.each(['relu', 'relu6'] as const)('%s', (name) => {
    const x = image().mul(3);
    const run = (kernels: Kernels) => derivatives((a) => kernels[name](a), [x]);
    expectClose(run(native), run(composed));
  });

  it('biasAdd', () => {
    const bias = engine.tf.tensor1d([0.5, -2]);
    const run = (kernels: Kernels) =>
      derivatives((x, b) => kernels.biasAdd(x, b as Tensor1D), [image(), bias]);
    expectClose(run(native), run(composed));
  });

  it('batchNormTraining, running statistics included', () => {
    const { tf } = engine;
    const scale = tf.tensor1d([1.5, 0.5]);
    const offset = tf.tensor1d([0.1, -0.2]);
    const mean = tf.tensor1d([0.3, -0.3]);
    const variance = tf.tensor1d([2, 3]);
    const options = { epsilon: 1e-3, momentum: 0.9 };
    const run = (kernels: Kernels) => {
      const norm = (x: Tensor, s: Tensor, o: Tensor) =>
        kernels.batchNormTraining(x as Tensor4D, s as Tensor1D, o as Tensor1D, mean, variance, options);
      const moved = norm(image(), scale, offset);
      const gradients = derivatives((x, s, o) => norm(x, s, o).y, [image(), scale, offset]);
      return [...gradients, moved.mean, moved.variance];
    };
    expectClose(run(native), run(composed));
  });

  it('batchNormTraining has the gradient of 64-bit arithmetic, but for rounding that few places magnify', () => {
    const { tf } = engine;
    const epsilon = 1e-3;
    /** dx = (dy - mean(dy) - x̂ · mean(dy · x̂)) / √(variance + ε) (Ioffe & Szegedy 2015, after equation 3). */
    const exact = (x: number[], dy: number[]): { dx: number[]; variance: number } => {
      const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
      const centre = mean(x);
      const variance = mean(x.map((value) => (value - centre) ** 2));
      const normal = x.map((value) => (value - centre) / Math.sqrt(variance + epsilon));
      const along = mean(dy.map((value, i) => value * normal[i]!));
      const dx = dy.map(
        (value, i) => (value - mean(dy) - normal[i]! * along) / Math.sqrt(variance + epsilon),
      );
      return { dx, variance };
    };
    const error = (x: number[], dy: number[]): { relative: number; variance: number } => {
      const [one, none] = [tf.tensor1d([1]), tf.tensor1d([0])];
      const [rounded, pulls] = [x, dy].map((values) => [...Float32Array.from(values)]);
      const found = tf
        .grad((image) =>
          tf.sum(
            native
              .batchNormTraining(image as Tensor4D, one, none, none, one, { epsilon, momentum: 0 })
              .y.mul(tf.tensor4d(pulls!, [x.length, 1, 1, 1])),
          ),
        )(tf.tensor4d(rounded!, [x.length, 1, 1, 1]))
        .dataSync();
      const { dx, variance } = exact(rounded!, pulls!);
      const length = Math.hypot(...dx);
      return { relative: Math.hypot(...dx.map((value, i) => value - found[i]!)) / length, variance };
    };
    // Over two places x̂ is ±1 whatever x: all but a share of ε / (variance + ε) of dy - mean(dy) cancels.
    const two = error([0.3, 2.1], [0.7, -0.4]);
    expect(two.relative).toBeLessThan((2 ** -22 * (two.variance + epsilon)) / epsilon);
    expect(two.relative).toBeGreaterThan(1e-6);
    expect(error([0.3, 2.1, -0.8, 1.7], [0.7, -0.4, 0.9, 0.2]).relative).toBeLessThan(1e-6);
  });

  it('batchNormInference', () => {
    const { tf } = engine;
    const [a, b, c, d] = [
      tf.tensor1d([1, 2]),
      tf.tensor1d([3, 4]),
      tf.tensor1d([-1, 1]),
      tf.tensor1d([2, 5]),
    ];
    const run = (kernels: Kernels) => [kernels.batchNormInference(image(), a, b, c, d, 1e-3)];
    expectClose(run(native), run(composed));
  });

  it('softmaxCrossEntropy, for targets that do not sum to one too', () => {
    const { tf } = engine;
    const logits: Tensor2D = tf.randomNormal([4, 3], 0, 3, 'float32', 5);
    const targets = tf.tensor2d([0, 1, 0, 0.1, 0.1, 0.8, 1, 0, 0, 0, 0, 0], [4, 3]);
    const run = (kernels: Kernels) =>
      derivatives((x) => kernels.softmaxCrossEntropy(x as Tensor2D, targets), [logits]);
    const [fused, reference] = [run(native), run(composed)];
    // TensorFlow's kernel takes the targets for distributions: rows of zeros are only ever masked out.
    const rows = (tensor: Tensor) => tf.slice(tensor, [0], [3]);
    expectClose([rows(fused[0]!)], [rows(reference[0]!)]);
    expectClose([rows(fused[2]!)], [rows(reference[2]!)]);
  });

  it('squaredNorm', () => {
    expectClose([native.squaredNorm(image())], [composed.squaredNorm(image())]);
  });
});

describe('kernels that are the same everywhere', () => {
  it('sigmoidCrossEntropy follows its formula and has the gradient σ(x) - z', () => {
    const { tf } = engine;
    const x = tf.tensor1d([-30, -1, 0, 2, 40]);
    const z = tf.tensor1d([0, 1, 0.5, 0.25, 1]);
    const loss = native.sigmoidCrossEntropy(x, z).dataSync();
    const expected = [0, Math.log(1 + Math.E), Math.log(2), Math.log(1 + Math.exp(2)) - 0.5, 0];
    expected.forEach((value, i) => expect(loss[i]).toBeCloseTo(value, 5));
    const gradient = tf.grad((a) => tf.sum(native.sigmoidCrossEntropy(a, z)))(x);
    expectClose([gradient], [tf.sigmoid(x).sub(z)]);
  });

  it('stopGradient hands the value on and no gradient back', () => {
    const { tf } = engine;
    const x = tf.tensor1d([2, 3]);
    const gradient = tf.grad((a) => tf.sum(native.stopGradient(a).mul(a)))(x);
    expect([...gradient.dataSync()]).toEqual([2, 3]);
  });

  it('adamUpdate makes the first steps of a worked example', () => {
    const { tf } = engine;
    const constants = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    let state = {
      parameter: tf.tensor1d([1]) as Tensor,
      m: tf.tensor1d([0]) as Tensor,
      v: tf.tensor1d([0]) as Tensor,
    };
    const step = (gradient: number, t: number) => {
      const rates = {
        learningRate: tf.scalar(0.1),
        beta1Power: tf.scalar(0.9 ** t),
        beta2Power: tf.scalar(0.999 ** t),
      };
      state = native.adamUpdate(state, tf.tensor1d([gradient]), rates, constants);
      return state.parameter.dataSync()[0];
    };
    // The first step is the rate times the sign of the gradient, whatever its size.
    expect(step(0.5, 1)).toBeCloseTo(0.9, 5);
    // m = 0.9·0.05 - 0.1 = -0.055, v = 0.999·0.00025 + 0.001 = 0.00124975.
    const m = -0.055 / (1 - 0.81);
    const v = 0.00124975 / (1 - 0.998001);
    expect(step(-1, 2)).toBeCloseTo(0.9 - (0.1 * m) / Math.sqrt(v), 4);
  });
});
