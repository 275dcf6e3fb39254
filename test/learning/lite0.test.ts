import fs from 'node:fs';
import path from 'node:path';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileFunction } from '../../electron/engine/graph/index.ts';
import { createKernels } from '../../electron/engine/kernels.ts';
import type { Kernels } from '../../electron/engine/kernels.ts';
import type { Engine } from '../../electron/engine/index.ts';
import { Layers, globalAverage } from '../../electron/learning/base/layers.ts';
import { INPUT_MEAN, INPUT_SCALE } from '../../electron/learning/model/prepare-images.ts';
import { lite0 } from '../../electron/learning/networks/lite0.ts';
import { pretrainedWeights } from '../../electron/learning/networks/weights.ts';
import { declareModel, parameterCount, storeOf } from '../../electron/learning/base/parameters.ts';
import type { ModelShape } from '../../electron/learning/base/parameters.ts';
import { decodeSafetensors } from '../../electron/learning/base/safetensors.ts';
import { nativeEngine } from './support.ts';

const golden = (name: string) => path.join(import.meta.dirname, 'golden', name);

let engine: Engine;
let kernels: Kernels;

beforeAll(async () => {
  engine = await nativeEngine();
  kernels = createKernels(engine);
});

/** The whole classifier as published: the trunk, a last convolution, average, 1000 classes. */
function classifier(layers: Layers, images: Tensor4D): Tensor {
  const trunk = layers.within('trunk');
  const last = lite0.features(trunk, images).at(-1)!.map;
  const head = kernels.relu6(trunk.convolutionNorm('head', last, { channels: 1280, kernel: 1 }));
  return layers.dense('classifier', globalAverage(engine.tf, head), 1000);
}

function declared(run: (layers: Layers, images: Tensor4D) => unknown): ModelShape {
  return declareModel(engine.tf, 1, (store) => {
    run(new Layers(engine.tf, kernels, 'inference', store), engine.tf.zeros([1, 224, 224, 3]));
  }).shape;
}

/** Logits of the photographs in golden/, of the classes of ImageNet in their usual order. */
async function logitsOf(name: string): Promise<Float32Array> {
  const { tf } = engine;
  const pixels = await sharp(golden(`${name}.png`))
    .raw()
    .toBuffer();
  const images = tf.tensor4d(
    Float32Array.from(pixels, (byte) => (byte - INPUT_MEAN) / INPUT_SCALE),
    [1, 224, 224, 3],
  );
  const file = golden('lite0-classifier.safetensors');
  const stored = new Map([
    ...pretrainedWeights(lite0.weights!),
    ...decodeSafetensors(fs.readFileSync(file), file).tensors,
  ]);
  const parameters = Object.fromEntries(
    [...stored].map(([key, { shape, data }]) => [key, tf.tensor(data, [...shape])]),
  );
  const compiled = compileFunction(
    engine,
    (given, inputs) => {
      const layers = new Layers(tf, kernels, 'inference', storeOf(given));
      return { logits: classifier(layers, inputs['images'] as Tensor4D) };
    },
    parameters,
    { images },
  );
  const { logits } = compiled.run({ images });
  const values = Float32Array.from(logits!.dataSync());
  compiled.dispose();
  tf.dispose([images, parameters, logits!]);
  return values;
}

const best = (logits: Float32Array, count: number): number[] =>
  [...logits.keys()].sort((a, b) => logits[b]! - logits[a]!).slice(0, count);

describe('a depthwise layer', () => {
  const declareLayer = (mode: 'training' | 'inference' | 'folded', keeps: boolean) => {
    const { tf } = engine;
    const values = new Map<string, Float32Array>();
    const layer = (layers: Layers, x: Tensor4D) =>
      layers.keepingStatistics(() => keeps).depthwiseNorm('trunk/depthwise', x, { kernel: 5, stride: 2 });
    const { shape, initial } = declareModel(tf, 3, (store) => {
      layer(new Layers(tf, kernels, mode, store), tf.zeros([1, 9, 9, 4]));
    });
    for (const [name, value] of initial)
      values.set(
        name,
        value.map((v, i) => v + 0.3 * Math.sin(i + 1)),
      );
    values.get('trunk/depthwise/variance')?.forEach((v, i, all) => (all[i] = Math.abs(v) + 0.1));
    return { shape, values, layer };
  };

  it('gives, with statistics kept while training, what it gives in inference', () => {
    const { tf } = engine;
    const x: Tensor4D = tf.randomNormal([2, 9, 9, 4], 0, 1, 'float32', 5);
    const outputs = (['training', 'inference'] as const).map((mode) => {
      const { values, layer, shape } = declareLayer(mode, true);
      const tensors = Object.fromEntries(
        [...shape.parameters, ...shape.statistics].map(({ name, shape: sides }) => [
          name,
          tf.tensor(values.get(name)!, [...sides]),
        ]),
      );
      let updates = 0;
      const y = layer(
        new Layers(
          tf,
          kernels,
          mode,
          storeOf(tensors, () => updates++),
        ),
        x,
      ).dataSync();
      expect(updates).toBe(0);
      return y;
    });
    expect(outputs[0]!.length).toBe(2 * 5 * 5 * 4);
    outputs[0]!.forEach((value, i) => expect(Math.abs(value - outputs[1]![i]!)).toBeLessThan(1e-4));
  });
});

describe('EfficientNet-Lite0', () => {
  it('has the size and the cost that were published', () => {
    const trunk = declared((layers, images) => lite0.features(layers.within('trunk'), images));
    const whole = declared(classifier);
    const values = ({ parameters, statistics }: ModelShape) =>
      parameterCount({ parameters: [...parameters, ...statistics], statistics: [], multiplyAdds: 0 });
    // Running statistics included, as in the published files.
    expect(values(trunk)).toBe(2_998_304);
    expect(values(whole)).toBe(4_694_024);
    // Published: 4.7 million parameters, and 407 million "FLOPs", which count more than convolutions and the classifier.
    expect(parameterCount(whole) / 1e6).toBeCloseTo(4.65, 2);
    expect(trunk.multiplyAdds).toBe(363_837_152);
    expect(whole.multiplyAdds).toBe(trunk.multiplyAdds + 49 * 320 * 1280 + 1280 * 1000);
  });

  it('sees the cat in a photograph of a cat and the espresso in one of a cup', async () => {
    // What an implementation on tf.nn in Python gives from the package's own 32-bit weights: 282 tiger cat, 285 Egyptian
    // cat, 281 tabby, 287 lynx, 904 window screen; 967 espresso, 968 cup, 925 consommé, 960 chocolate sauce, 504 mug.
    const expected: Record<string, [number, number][]> = {
      cat: [
        [282, 9.472],
        [285, 9.3821],
        [281, 8.5459],
        [287, 6.2637],
        [904, 3.5627],
      ],
      coffee: [
        [967, 11.424],
        [968, 7.3088],
        [925, 6.6131],
        [960, 6.0112],
        [504, 5.812],
      ],
    };
    for (const [name, classes] of Object.entries(expected)) {
      const logits = await logitsOf(name);
      expect(best(logits, 5), name).toEqual(classes.map(([index]) => index));
      for (const [index, value] of classes) expect(Math.abs(logits[index]! - value)).toBeLessThan(0.02);
    }
  });
});
