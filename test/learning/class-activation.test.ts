import type { Tensor4D } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../electron/common/random.ts';
import { createKernels } from '../../electron/engine/kernels.ts';
import type { Engine } from '../../electron/engine/index.ts';
import { parseTrainingConfig } from '../../electron/learning/index.ts';
import { Layers } from '../../electron/learning/base/layers.ts';
import { storeOf } from '../../electron/learning/base/parameters.ts';
import { classActivation } from '../../electron/learning/model/class-activation.ts';
import { Model } from '../../electron/learning/model/model.ts';
import { foldBatchNorm } from '../../electron/learning/networks/fold.ts';
import type { FeatureLevel } from '../../electron/learning/networks/types.ts';
import { nativeEngine } from './support.ts';

const SIZE = 64;

interface Network {
  readonly engine: Engine;
  readonly model: Model;
  readonly images: Tensor4D;
  readonly weights: Map<string, { shape: readonly number[]; data: Float32Array }>;
}

/** A network as it starts, with a picture of noise. @param change of its weights */
async function network(settings: Record<string, unknown>): Promise<Network> {
  const engine = await nativeEngine();
  const config = parseTrainingConfig({ network: 'nano', inputSize: SIZE, neckChannels: 16, ...settings });
  const model = new Model(config, { imageClasses: 3, objectClasses: 2 });
  const { shape, initial } = model.declare(engine.tf, createKernels(engine));
  const values = (specs: typeof shape.parameters) =>
    new Map(specs.map(({ name, shape: of }) => [name, { shape: of, data: initial.get(name)! }]));
  const random = createRandom(3);
  const images = engine.tf.tensor4d(
    Float32Array.from({ length: SIZE * SIZE * 3 }, () => random.integer(256)),
    [1, SIZE, SIZE, 3],
  );
  const weights = foldBatchNorm(values(shape.parameters), values(shape.statistics));
  return { engine, model, images, weights };
}

function tensorsOf({ engine, weights }: Network) {
  return Object.fromEntries(
    [...weights].map(([name, { shape, data }]) => [name, engine.tf.tensor(data, [...shape])]),
  );
}

/** The trunk's maps of the picture. */
function mapsOf(given: Network) {
  const { engine, model, images } = given;
  const layers = new Layers(engine.tf, createKernels(engine), 'folded', storeOf(tensorsOf(given)));
  const found: { stride: number; shape: readonly number[]; data: Float32Array }[] = [];
  model.through(layers, images, (compute) => {
    const levels = compute();
    for (const { stride, map } of levels)
      found.push({ stride, shape: map.shape, data: Float32Array.from(map.dataSync()) });
    return [...levels];
  });
  return found;
}

const explain = (given: Network, score: Parameters<typeof classActivation>[5]) =>
  classActivation(
    given.engine,
    createKernels(given.engine),
    given.model,
    tensorsOf(given),
    given.images,
    score,
  );

describe('what speaks for a class', () => {
  it('is the one channel that its classifier reads, from 0 on, whatever other classes read', async () => {
    const given = await network({ imageHead: { pooling: 'average' } });
    const { shape, data } = [...given.weights].find(([name]) => name.endsWith('classifier/kernel'))![1];
    const classes = shape[1]!;
    data.fill(0);
    const channel = 7;
    data[channel * classes + 1] = 2;
    data[(channel + 1) * classes + 2] = 5;
    const coarse = mapsOf(given).at(-1)!;
    const expected = Array.from({ length: 4 }, (_, at) =>
      Math.max(0, coarse.data[at * coarse.shape[3]! + channel]!),
    );
    const most = Math.max(...expected);
    expect(most).toBeGreaterThan(0);
    const { side, values } = explain(given, { task: 'imageClass', classIndex: 1, box: null });
    // The finest map has 8 positions a side; in the corners a larger one of two positions is as it was.
    expect(side).toBe(8);
    const corners = [values[0]!, values[7]!, values[56]!, values[63]!];
    for (const [at, value] of expected.entries()) expect(corners[at]).toBeCloseTo(value / most, 4);
    // Nothing speaks for a class that reads nothing.
    expect([...explain(given, { task: 'imageClass', classIndex: 0, box: null }).values]).toEqual(
      Array.from({ length: 64 }, () => 0),
    );
    // What speaks against one is left out.
    data[channel * classes + 1] = -2;
    expect(Math.max(...explain(given, { task: 'imageClass', classIndex: 1, box: null }).values)).toBe(0);
  });

  it.each([
    ['shared', {}],
    ['a trunk for each head', { sharing: 'soft' }],
    ['slots', { boxHead: 'slots' }],
  ])(
    'has the gradients of finite differences: %s',
    async (_title, settings) => {
      const given = await network(settings);
      const { engine, model, images } = given;
      const weights = tensorsOf(given);
      const layers = new Layers(engine.tf, createKernels(engine), 'folded', storeOf(weights));
      const trunkMaps: FeatureLevel[][] = [];
      /** The maps of a trunk, computed once. */
      const kept = (trunk: number, compute: () => readonly FeatureLevel[]): readonly FeatureLevel[] =>
        (trunkMaps[trunk] ??= compute().map(({ stride, map }) => ({ stride, map: engine.tf.keep(map) })));
      for (const [head, { task }] of model.heads.entries()) {
        const trunks = mapsOf(given);
        const own = trunks.length > 3 ? 3 * head : 0;
        const levels = trunks.slice(own, own + 3);
        // The first box, or class of the image, that something speaks for.
        const boxes =
          task.name === 'boxes' ? [20, 4, 40].map((x) => ({ x, y: x, width: 16, height: 16 })) : [null];
        const classes = task.name === 'boxes' ? 2 : 3;
        const [box, classIndex] = boxes
          .flatMap((one) => Array.from({ length: classes }, (_, index) => [one, index] as const))
          .find(([one, index]) =>
            explain(given, { task: task.name, classIndex: index, box: one }).values.some(
              (value) => value > 0,
            ),
          )!;
        /** The evidence of each class, by anchor, with something added to a channel of a level. */
        const evidence = (level: number, channel: number, added: number): Float32Array =>
          engine.tf.tidy(() => {
            const predicted = model.through(layers, images, (compute, trunk) =>
              kept(trunk, compute).map(({ stride, map }, at) => {
                const isMeant = at === level && (trunks.length === 3 || trunk === head);
                if (!isMeant) return { stride, map };
                const more = Float32Array.from({ length: map.shape[3] }, (_, c) =>
                  c === channel ? added : 0,
                );
                return { stride, map: engine.tf.add(map, engine.tf.tensor1d(more)) };
              }),
            );
            return Float32Array.from(predicted[head]!.prediction.evidence().dataSync());
          });
        const { values, side } = explain(given, { task: task.name, classIndex, box });
        const anchor = box === null ? 0 : anchorNear(given, box);
        const heat = new Float64Array(side * side);
        for (const [level, { shape, data }] of levels.entries()) {
          const [, rows, , channels] = shape as [number, number, number, number];
          for (let channel = 0; channel < channels; channel++) {
            // Small, so that few of the head’s ReLUs turn on or off between the two.
            const step = 0.005;
            const at = anchor * classes + classIndex;
            const weight =
              (evidence(level, channel, step)[at]! - evidence(level, channel, -step)[at]!) / (2 * step);
            const map = engine.tf.tidy(() => {
              const one = Float32Array.from({ length: rows * rows }, (_, p) => data[p * channels + channel]!);
              const small: Tensor4D = engine.tf.tensor4d(one, [1, rows, rows, 1]);
              return engine.tf.image.resizeBilinear(small, [side, side], false, true).dataSync();
            });
            for (let p = 0; p < heat.length; p++) heat[p]! += weight * map[p]!;
          }
        }
        const most = Math.max(...heat);
        const wanted = [...heat].map((value) => (most > 0 ? Math.max(0, value) / most : 0));
        const largest = Math.max(...wanted.map((value, p) => Math.abs(value - values[p]!)));
        expect(most, task.name).toBeGreaterThan(0);
        expect(largest, task.name).toBeLessThan(0.02);
      }
    },
    120_000,
  );
});

/** The anchor whose box overlaps one most, by the network's own outputs. */
function anchorNear(given: Network, box: { x: number; y: number; width: number; height: number }): number {
  const { engine, model, images } = given;
  const corners = engine.tf.tidy(() => {
    const layers = new Layers(engine.tf, createKernels(engine), 'folded', storeOf(tensorsOf(given)));
    const predicted = model.through(layers, images, (compute) => [...compute()]);
    const boxes = predicted.find(({ head }) => head.task.name === 'boxes')!;
    return Float32Array.from(boxes.prediction.outputs()['boxes']!.dataSync());
  });
  let [nearest, most] = [0, -1];
  for (let at = 0; at * 4 < corners.length; at++) {
    const [x1, y1, x2, y2] = [...corners.subarray(at * 4, at * 4 + 4)] as [number, number, number, number];
    const width = Math.max(0, Math.min(x2, box.x + box.width) - Math.max(x1, box.x));
    const height = Math.max(0, Math.min(y2, box.y + box.height) - Math.max(y1, box.y));
    const overlap = (width * height) / ((x2 - x1) * (y2 - y1) + box.width * box.height - width * height);
    if (overlap > most) [nearest, most] = [at, overlap];
  }
  return nearest;
}
