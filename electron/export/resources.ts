import type { Tensor4D } from '@tensorflow/tfjs';
import { TIMED_BATCHES, timesOf } from '../common/resources.ts';
import type { Times } from '../common/resources.ts';
import { record } from '../engine/graph/index.ts';
import { createKernels } from '../engine/kernels.ts';
import { loadEngine } from '../engine/load.ts';
import type { Engine, EngineChoice } from '../engine/types.ts';
import { isOutOfMemory } from '../learning/base/memory.ts';
import { createEvaluator } from '../learning/model/runner.ts';
import { openExported } from './formats/onnx/index.ts';
import { multiplyAdds } from './multiply-adds.ts';
import { INPUT, openNetwork } from './network.ts';
import type { ExportedNetwork } from './network.ts';

/** The first runs prepare what later ones find ready. */
const WARM_UPS = 2;
const LEAST_RUNS = 5;
const MOST_RUNS = 30;
/** After which no further run begins, once there are enough. */
const MOST_MILLISECONDS = 2000;

/** Milliseconds of a run from which on larger batches are not tried: a laptop would be busy for minutes. */
const SLOW_RUN = 4000;

/** What is measured. Plain data: it crosses to a worker thread. */
export interface ResourcesRequest {
  readonly engine: EngineChoice;
  readonly checkpointFile: string;
  /** Some pictures, [any number, inputSize, inputSize, 3], letterboxed. */
  readonly pixels: Uint8Array;
  /** Exported ONNX models that are there. */
  readonly models: readonly { readonly file: string; readonly folder: string }[];
}

/** A batch that is measured next; what is told later belongs to it. */
export interface ResourcesEvent {
  readonly runtime: number;
  readonly batch: number;
}

export interface MeasuredRuntime {
  readonly name: string;
  readonly file: string | null;
  readonly batches: readonly (Times & { readonly batch: number; readonly runs: number })[];
}

export interface MeasuredResources {
  readonly parameters: number;
  readonly multiplyAdds: number | null;
  readonly runtimes: readonly MeasuredRuntime[];
  /** Files of models that could not be run, and why. */
  readonly refused: readonly { readonly file: string; readonly reason: string }[];
}

/** A network in some runtime, ready for batches of one size. */
interface Prepared {
  /** @param images [batch, size, size, 3], values 0 to 255: what may be done before the clock starts is done at once */
  prepare(images: Float32Array): () => unknown;
  close(): void;
}

/**
 * Times a trained network in the engine, then its exported models, batch by batch.
 * @throws TwinheadError as loadModel does
 */
export async function measureResources(
  { engine: choice, checkpointFile, pixels, models }: ResourcesRequest,
  emit: (event: ResourcesEvent) => void,
  shouldStop: () => boolean,
): Promise<MeasuredResources> {
  const engine = await loadEngine(choice);
  const network = await openNetwork(engine, checkpointFile);
  const { inputSize, parameters } = network.loaded;
  const pictures = new Pictures(pixels, inputSize);
  const name = `TensorFlow${engine.native ? '' : '.js'} ${engine.tensorflowVersion}, ${engine.device}`;
  const own = await timeBatches(TIMED_BATCHES, pictures, (batch) => inEngine(engine, network, batch), {
    onBatch: (batch) => emit({ runtime: 0, batch }),
    shouldStop,
  });
  const runtimes: MeasuredRuntime[] = [{ name, file: null, batches: own }];
  const refused: { file: string; reason: string }[] = [];
  for (const { file, folder } of models) {
    if (shouldStop()) break;
    try {
      const model = await openExported(folder);
      try {
        const batches = TIMED_BATCHES.filter((batch) => batch <= (model.batch ?? Infinity));
        const prepared = (batch: number): Prepared => ({
          prepare: (images) => model.prepare(images, batch, inputSize),
          close: () => undefined,
        });
        const found = await timeBatches(batches, pictures, prepared, {
          onBatch: (batch) => emit({ runtime: runtimes.length, batch }),
          shouldStop,
        });
        runtimes.push({ name: `${model.version}, CPU`, file, batches: found });
      } finally {
        await model.close();
      }
    } catch (error) {
      refused.push({ file, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return {
    parameters: [...parameters.values()].reduce((sum, { data }) => sum + data.length, 0),
    multiplyAdds: multiplyAddsOf(engine, network),
    runtimes,
    refused,
  };
}

/** One picture after another, from the first again after the last; grey where there is none. */
class Pictures {
  readonly #pixels: Uint8Array;
  readonly #rowSize: number;
  #next = 0;

  constructor(pixels: Uint8Array, size: number) {
    this.#rowSize = size * size * 3;
    this.#pixels = pixels.length > 0 ? pixels : new Uint8Array(this.#rowSize).fill(114);
  }

  take(batch: number): Float32Array {
    const images = new Float32Array(batch * this.#rowSize);
    const count = this.#pixels.length / this.#rowSize;
    for (let slot = 0; slot < batch; slot++, this.#next++) {
      const start = (this.#next % count) * this.#rowSize;
      images.set(this.#pixels.subarray(start, start + this.#rowSize), slot * this.#rowSize);
    }
    return images;
  }
}

/** The network as predictions run it, its boxes not yet chosen. */
function inEngine(engine: Engine, { loaded }: ExportedNetwork, batch: number): Prepared {
  const { inputSize, model, parameters, statistics } = loaded;
  const shape = [batch, inputSize, inputSize, 3];
  const example = { images: { shape, data: new Float32Array(batch * inputSize * inputSize * 3) } };
  const weights = new Map([...parameters, ...statistics]);
  const evaluator = createEvaluator(engine, createKernels(engine), model, weights, example);
  return {
    prepare: (data) => () => evaluator.run({ images: { shape, data } }),
    close: () => evaluator.dispose(),
  };
}

/** Larger batches are left out from the one on for which memory runs out, or after one that takes long. */
async function timeBatches(
  batches: readonly number[],
  pictures: Pictures,
  prepare: (batch: number) => Prepared,
  { onBatch, shouldStop }: { onBatch: (batch: number) => void; shouldStop: () => boolean },
): Promise<MeasuredRuntime['batches']> {
  const found: (Times & { batch: number; runs: number })[] = [];
  for (const batch of batches) {
    if (shouldStop()) break;
    onBatch(batch);
    try {
      const network = prepare(batch);
      try {
        const milliseconds = await timeRuns(() => network.prepare(pictures.take(batch)));
        const times = timesOf(milliseconds.map((one) => one / batch));
        found.push({ batch, runs: milliseconds.length, ...times });
        if (times.median * batch > SLOW_RUN) break;
      } finally {
        network.close();
      }
    } catch (error) {
      if (!isOutOfMemory(error) || found.length === 0) throw error;
      break;
    }
  }
  return found;
}

async function timeRuns(next: () => () => unknown): Promise<number[]> {
  const milliseconds: number[] = [];
  for (let warm = 0; warm < WARM_UPS; warm++) await next()();
  const start = performance.now();
  while (milliseconds.length < MOST_RUNS) {
    if (milliseconds.length >= LEAST_RUNS && performance.now() - start > MOST_MILLISECONDS) break;
    const run = next();
    const begin = performance.now();
    await run();
    milliseconds.push(performance.now() - begin);
  }
  return milliseconds;
}

function multiplyAddsOf(engine: Engine, network: ExportedNetwork): number | null {
  if (!engine.native) return null;
  const { inputSize } = network.loaded;
  const parameters = network.parameters('folded');
  const images: Tensor4D = engine.tf.zeros([1, inputSize, inputSize, 3]);
  try {
    const recording = record(
      engine,
      (inputs) => network.run('folded', parameters, inputs[INPUT] as Tensor4D),
      { [INPUT]: images },
      { foldConstants: true },
    );
    return multiplyAdds(recording);
  } finally {
    engine.tf.dispose([parameters, images]);
  }
}
