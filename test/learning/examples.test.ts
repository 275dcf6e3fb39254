import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../electron/engine/index.ts';
import { createKernels } from '../../electron/engine/kernels.ts';
import { examples, findExample } from '../../electron/learning/examples/index.ts';
import {
  accuracyMetric,
  areaUnderCurve,
  explainedVariance,
} from '../../electron/learning/examples/metrics.ts';
import { embedding, lstm } from '../../electron/learning/examples/recurrent.ts';
import { runExample } from '../../electron/learning/examples/run.ts';
import { Layers } from '../../electron/learning/base/layers.ts';
import { declareModel, storeOf } from '../../electron/learning/base/parameters.ts';
import { nativeEngine } from './support.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await nativeEngine();
});

describe.each(examples.map(({ name }) => name))('the example %s', (name) => {
  it('is the same with the same seed, another with another, and the same operation by operation', async () => {
    const short = { ...findExample(name), steps: 12 };
    const values = async (seed: number, execution?: 'eager') => {
      const { metrics } = await runExample(engine, short, { seed, execution });
      return metrics.map(({ value }) => value);
    };
    const first = await values(3);
    expect(await values(3)).toEqual(first);
    expect(await values(4)).not.toEqual(first);
    (await values(3, 'eager')).forEach((value, place) => expect(value).toBeCloseTo(first[place]!, 2));
  });

  it('leaves no tensor behind', async () => {
    const short = { ...findExample(name), steps: 2 };
    await runExample(engine, short, { seed: 1 });
    const before = engine.tf.memory().numTensors;
    await runExample(engine, short, { seed: 1 });
    expect(engine.tf.memory().numTensors).toBe(before);
  });
});

describe('the tie of soft sharing', () => {
  it('draws the towers together: without it they end further apart', async () => {
    const soft = { ...findExample('tabular-soft'), steps: 200 };
    const distance = async (tie: number): Promise<number> => {
      let apart = NaN;
      const watched: typeof soft = {
        ...soft,
        tie,
        predict(layers, batch) {
          const seen = new Map<string, Tensor>();
          const noting = layers.from({
            ...layers.store,
            parameter: (request) => {
              const tensor = layers.store.parameter(request);
              seen.set(request.name, tensor);
              return tensor;
            },
          });
          const predictions = soft.predict(noting, batch);
          const distances = [...seen].flatMap(([name, tensor]) => {
            const other = seen.get(name.replace('/class/', '/value/'));
            return name.startsWith('trunk/class/') ? [engine.tf.sum(tensor.sub(other!).square())] : [];
          });
          expect(distances).toHaveLength(4);
          return { ...predictions, apart: engine.tf.addN(distances) };
        },
        evaluate: (predictions) => {
          apart = predictions['apart']![0]!;
          return [];
        },
      };
      await runExample(engine, watched, { seed: 1 });
      return apart;
    };
    expect(await distance(0.05)).toBeLessThan(0.5 * (await distance(0)));
  });
});

describe('a stop', () => {
  it('ends an example between two steps', async () => {
    let steps = 0;
    const running = runExample(engine, findExample('tabular'), { seed: 1, shouldStop: () => ++steps > 3 });
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('is the answer to a name that there is not, with the nearest', () => {
    expect(() => findExample('tekst')).toThrow(/“tekst”/);
  });
});

describe('recurrent layers', () => {
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

  it('compute the LSTM’s equations: one unit, two steps, by hand', () => {
    const { tf } = engine;
    // Rows: the input, the hidden value; columns: input gate, forget gate, candidate, output gate.
    const kernel = [0.5, -0.3, 0.8, 0.2, 0.1, 0.4, -0.6, 0.7];
    const bias = [0.1, 1, -0.2, 0.3];
    let [h, c] = [0, 0];
    const wanted = [1.5, -0.5].map((x) => {
      const [i, f, g, o] = bias.map((b, gate) => b + x * kernel[gate]! + h * kernel[4 + gate]!) as [
        number,
        number,
        number,
        number,
      ];
      c = sigmoid(f) * c + sigmoid(i) * Math.tanh(g);
      h = sigmoid(o) * Math.tanh(c);
      return h;
    });
    const got = tf.tidy(() => {
      const store = storeOf({ 'm/kernel': tf.tensor2d(kernel, [2, 4]), 'm/bias': tf.tensor1d(bias) });
      const layers = new Layers(tf, createKernels(engine), 'inference', store);
      const sequence = [1.5, -0.5].map((x): Tensor2D => tf.tensor2d([[x]]));
      return lstm(layers, 'm', sequence, 1).map((one) => one.dataSync()[0]!);
    });
    got.forEach((value, step) => expect(value).toBeCloseTo(wanted[step]!, 6));
  });

  it('remember at first: the forget gate’s bias is 1, the others’ 0', () => {
    const { initial } = declareModel(engine.tf, 1, (store) => {
      const layers = new Layers(engine.tf, createKernels(engine), 'inference', store);
      lstm(layers, 'm', [engine.tf.zeros([1, 3])], 2);
    });
    expect([...initial.get('m/bias')!]).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
  });

  it('look rows up, and pass a row the gradients of all its places', () => {
    const { tf } = engine;
    const [rows, gradient] = tf.tidy(() => {
      const table = tf.tensor2d([
        [1, 2],
        [3, 4],
        [5, 6],
      ]);
      const of = (values: Tensor2D) =>
        embedding(
          new Layers(tf, createKernels(engine), 'inference', storeOf({ 'e/table': values })),
          'e',
          tf.tensor2d([[2, 0, 2]], [1, 3], 'int32'),
          { entries: 3, width: 2 },
        );
      const gradients = tf.grad((values) => tf.sum(of(values as Tensor2D)))(table);
      return [of(table).arraySync(), gradients.arraySync()];
    });
    expect(rows).toEqual([
      [
        [5, 6],
        [1, 2],
        [5, 6],
      ],
    ]);
    expect(gradient).toEqual([
      [1, 1],
      [0, 0],
      [2, 2],
    ]);
  });
});

describe('the figures', () => {
  const column = (data: number[], shape: number[] = []) => ({ shape, data: Float32Array.from(data) });

  it('are the accuracy, beside the training data’s most frequent class', () => {
    const train = column([1, 0, 1, 0, 0, 1], [2]);
    const test = column([1, 0, 0, 1, 0, 1, 0, 1], [2]);
    const logits = Float32Array.from([2, 1, 0, 3, 5, 4, -1, 0]);
    expect(accuracyMetric('t', logits, { train, test })).toMatchObject({ value: 0.75, baseline: 0.25 });
  });

  it('are the explained variance: 1 − 2 / 16', () => {
    const metric = explainedVariance('t', Float32Array.from([1, 3, 6, 6]), column([2, 2, 6, 6]));
    expect(metric.value).toBeCloseTo(1 - 2 / 16, 12);
  });

  it('are the area under the curve, ties counted half', () => {
    // Pairs of a positive with a negative: 0.8 > 0.2, 0.8 > 0.5, 0.5 > 0.2, 0.5 = 0.5.
    const metric = areaUnderCurve('t', Float32Array.from([0.2, 0.5, 0.5, 0.8]), column([0, 0, 1, 1]));
    expect(metric.value).toBe(3.5 / 4);
  });
});
