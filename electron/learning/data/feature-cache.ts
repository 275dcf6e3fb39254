import { compileFunction } from '../../engine/graph/index.ts';
import type { CompiledFunction } from '../../engine/graph/index.ts';
import type { Kernels } from '../../engine/kernels.ts';
import type { Engine } from '../../engine/types.ts';
import type { NetworkBox } from '../samples/network-box.ts';
import type { BatchArrays } from '../samples/batch-arrays.ts';
import type { BatchMaker } from './batches.ts';
import { FeatureCopies } from './feature-copies.ts';
import type { Copy } from './feature-copies.ts';
import { foldBatchNorm } from '../networks/fold.ts';
import { Layers } from '../base/layers.ts';
import type { Model } from '../model/model.ts';
import { storeOf } from '../base/parameters.ts';
import { IMAGE_INPUTS } from '../model/prepare-images.ts';
import { batchTensors } from '../model/runner.ts';
import type { StateArrays } from '../model/runner.ts';

/** Most that the features of one split may take; copies of images that would need more are left out. */
export const FEATURE_BYTES = 1_000_000_000;

/** Copies are augmented as epochs are that no training reaches. */
const copyEpoch = (copy: number): number => -1 - copy;

/**
 * The trunk alone, for batches of the size and with the changes of images that `maker` makes.
 * @param parameters, statistics of the trunk by name
 */
export function compileTrunk(
  engine: Engine,
  kernels: Kernels,
  model: Model,
  { parameters, statistics }: { readonly parameters: StateArrays; readonly statistics: StateArrays },
  maker: BatchMaker,
): CompiledFunction {
  const { tf } = engine;
  const folded = Object.fromEntries(
    [...foldBatchNorm(parameters, statistics)].map(([name, { shape, data }]) => [
      name,
      tf.tensor(data, [...shape]),
    ]),
  );
  const example = batchTensors(engine, imagesOf(maker.make(orderOf(maker), copyEpoch(0), 0)), {});
  try {
    return compileFunction(
      engine,
      (given, batch) => model.features(new Layers(tf, kernels, 'folded', storeOf(given)), batch),
      folded,
      example,
    );
  } finally {
    tf.dispose([folded, example]);
  }
}

const imagesOf = (batch: BatchArrays): BatchArrays =>
  Object.fromEntries(Object.entries(batch).filter(([name]) => IMAGE_INPUTS.includes(name)));

const orderOf = (maker: BatchMaker): number[] =>
  Array.from({ length: maker.sampleCount }, (_, index) => index);

/**
 * Runs the trunk once over `copies` augmented copies of every image that `maker` makes batches of; they follow from
 * the seed alone.
 * @param weights parameters and statistics of the trunk by name
 * @param shouldStop asked before each batch; then the result is null
 * @param onImages told after each batch how many images it had
 */
export function computeFeatures(
  engine: Engine,
  kernels: Kernels,
  model: Model,
  weights: { readonly parameters: StateArrays; readonly statistics: StateArrays },
  maker: BatchMaker,
  copies: number,
  shouldStop: () => boolean,
  onImages: (count: number) => void = () => undefined,
): FeatureCopies | null {
  const trunk = compileTrunk(engine, kernels, model, weights, maker);
  try {
    return featuresBy(engine, trunk, maker, copies, shouldStop, onImages);
  } finally {
    trunk.dispose();
  }
}

/** The same by a trunk that was compiled for batches as `maker` makes them. */
export function featuresBy(
  { tf }: Engine,
  trunk: CompiledFunction,
  maker: BatchMaker,
  copies: number,
  shouldStop: () => boolean,
  onImages: (count: number) => void = () => undefined,
): FeatureCopies | null {
  const order = orderOf(maker);
  const shapes = new Map<string, readonly number[]>();
  const result: Copy[] = [];
  for (let copy = 0; copy < copies; copy++) {
    const features = new Map<string, Float32Array>();
    const boxes: (readonly NetworkBox[])[] = [];
    for (let start = 0; start < order.length; start += maker.size) {
      if (shouldStop()) return null;
      const batch = maker.make(order, copyEpoch(copy), start / maker.size);
      const count = Math.min(maker.size, order.length - start);
      for (const list of maker.boxesOfBatch.slice(0, count)) boxes.push(list ?? []);
      const feeds = Object.entries(imagesOf(batch)).map(([name, { data }]) => [name, data] as const);
      const outputs = trunk.run(Object.fromEntries(feeds));
      for (const [name, tensor] of Object.entries(outputs)) {
        const size = tensor.size / maker.size;
        shapes.set(name, tensor.shape.slice(1));
        if (!features.has(name)) features.set(name, new Float32Array(size * order.length));
        const values = tensor.dataSync<'float32'>().subarray(0, count * size);
        features.get(name)!.set(values, start * size);
      }
      tf.dispose(outputs);
      onImages(count);
    }
    result.push({ features, boxes });
  }
  return new FeatureCopies(shapes, result);
}
