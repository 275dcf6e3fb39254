import path from 'node:path';
import type { Tensor } from '@tensorflow/tfjs';
import { say } from '../../common/sentences/sentence.ts';
import { TemporaryFolder, writeAtomicallySync } from '../../files/index.ts';
import type { Engine } from '../types.ts';
import { DATA_TYPES, nodeBackend, sizeOf } from './backend.ts';
import type { NodeBackend } from './backend.ts';
import { GraphError } from './errors.ts';
import { SAVED_MODEL_FILE, SERVE_TAG, encodeSavedModel } from './messages.ts';
import type { NodeMessage } from './messages.ts';
import type { ElementArray, Feed, RecordedValue } from './types.ts';

export interface FeedSlot {
  /** For messages. */
  readonly name: string;
  /** Placeholder in the graph. */
  readonly feed: string;
  readonly expected: Pick<RecordedValue, 'dtype' | 'shape'>;
}

/**
 * A graph loaded into TensorFlow, with variables of its own; several can be alive at once. The process decides how many
 * threads it uses (TF_NUM_INTRAOP_THREADS, TF_NUM_INTEROP_THREADS): the binding has no session options.
 */
export class GraphSession {
  readonly #engine: Engine;
  readonly #backend: NodeBackend;
  #id: number | null;

  /**
   * @param graph its nodes, or the folder of a SavedModel
   * @throws GraphError where TensorFlow refuses the graph.
   */
  constructor(engine: Engine, graph: readonly NodeMessage[] | string) {
    this.#engine = engine;
    this.#backend = nodeBackend(engine);
    using folder = new TemporaryFolder('twinhead-graph-');
    try {
      if (typeof graph !== 'string')
        writeAtomicallySync(path.join(folder.path, SAVED_MODEL_FILE), encodeSavedModel(graph));
      const source = typeof graph === 'string' ? graph : folder.path;
      this.#id = this.#backend.binding.loadSavedModel(source, SERVE_TAG);
    } catch (error) {
      throw new GraphError(say('engine.graph.refused', { reason: messageOf(error) }), {
        cause: error,
      });
    }
  }

  /**
   * Feeds, runs, and returns the fetched outputs in their order; fetches of `finishers` only make things happen. The
   * tensors belong to the caller.
   */
  run(
    slots: readonly FeedSlot[],
    feeds: readonly Feed[],
    fetches: readonly string[],
    finishers: readonly string[],
  ): Tensor[] {
    if (this.#id === null) throw new Error('The compiled graph has been disposed of.');
    const { binding } = this.#backend;
    const temporary: number[] = [];
    try {
      const ids = slots.map((slot, i) => this.#feed(slot, feeds[i]!, temporary));
      const inputNames = slots.map(({ feed }) => `${feed}:0`).join();
      const outputNames = [...fetches, ...finishers].map((name) => `${name}:0`).join();
      const results = binding.runSavedModel(this.#id, ids, inputNames, outputNames);
      for (const { id } of results.slice(fetches.length)) binding.deleteTensor(id);
      return results.slice(0, fetches.length).map((metadata) => this.#backend.createOutputTensor(metadata));
    } finally {
      for (const id of temporary) binding.deleteTensor(id);
    }
  }

  dispose(): void {
    if (this.#id === null) return;
    this.#backend.binding.deleteSavedModel(this.#id);
    this.#id = null;
  }

  #feed({ name, expected }: FeedSlot, feed: Feed, temporary: number[]): number {
    if (feed instanceof this.#engine.tf.Tensor) {
      if (feed.dtype !== expected.dtype || feed.shape.join() !== expected.shape.join()) {
        throw new Error(
          `${name} is ${feed.dtype} [${feed.shape.join()}], compiled for ${expected.dtype} [${expected.shape.join()}].`,
        );
      }
      return this.#backend.getInputTensorIds([feed])[0]!;
    }
    const elements = typeof feed === 'number' ? arrayOf(expected.dtype, feed) : feed;
    if (elements.length !== sizeOf(expected.shape)) {
      throw new Error(`${name} has ${elements.length} elements, compiled for [${expected.shape.join()}].`);
    }
    const id = this.#backend.binding.createTensor(expected.shape, DATA_TYPES[expected.dtype], elements);
    temporary.push(id);
    return id;
  }
}

function arrayOf(dtype: RecordedValue['dtype'], value: number): ElementArray {
  if (dtype === 'float32') return Float32Array.of(value);
  return dtype === 'int32' ? Int32Array.of(value) : Uint8Array.of(value);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
