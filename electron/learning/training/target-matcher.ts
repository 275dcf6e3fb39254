import type { Tensor } from '@tensorflow/tfjs';
import { compileFunction } from '../../engine/graph/index.ts';
import type { CompiledFunction } from '../../engine/graph/index.ts';
import type { Kernels } from '../../engine/kernels.ts';
import type { Engine } from '../../engine/types.ts';
import type { NetworkBox } from '../samples/network-box.ts';
import type { BatchArrays } from '../samples/batch-arrays.ts';
import { ofHead } from '../samples/batch-arrays.ts';
import { Layers } from '../base/layers.ts';
import type { Model } from '../model/model.ts';
import type { ModelShape } from '../base/parameters.ts';
import { storeOf } from '../base/parameters.ts';
import { IMAGE_INPUTS } from '../model/prepare-images.ts';
import type { StateArrays, StepRunner } from '../model/runner.ts';
import { stateName } from '../model/step.ts';

/** Asks the network for its guesses before a step, for heads whose targets depend on them. */
export class TargetMatcher {
  readonly #engine: Engine;
  readonly #kernels: Kernels;
  readonly #model: Model;
  readonly #shape: ModelShape;
  readonly #stages: number;
  #compiled: CompiledFunction | null = null;

  /** @param stages of the trunk that are frozen */
  constructor(engine: Engine, kernels: Kernels, model: Model, shape: ModelShape, stages: number) {
    this.#stages = stages;
    this.#engine = engine;
    this.#kernels = kernels;
    this.#model = model;
    this.#shape = shape;
  }

  /** @param boxes of each image of the batch; null: not labelled, so nothing is learned from it */
  match(batch: BatchArrays, boxes: readonly (readonly NetworkBox[] | null)[], runner: StepRunner): void {
    const guesses = this.#guess(batch, runner);
    for (const head of this.#model.heads) {
      const { name } = head.task;
      head.match?.(ofHead(batch, name), ofHead(guesses, name), boxes);
    }
  }

  dispose(): void {
    this.#compiled?.dispose();
  }

  #guess(batch: BatchArrays, runner: StepRunner): Record<string, Float32Array> {
    const { tf } = this.#engine;
    const needed = Object.keys(batch).filter(
      (name) => IMAGE_INPUTS.includes(name) || /^features\d+$/.test(name),
    );
    const state = runner.readState([
      ...this.#shape.parameters.map(({ name }) => stateName.parameter(name)),
      ...this.#shape.statistics.map(({ name }) => stateName.statistic(name)),
    ]);
    const parameters = this.#parameters(state);
    const inputs: Record<string, Tensor> = {};
    for (const name of needed) inputs[name] = tf.tensor(batch[name]!.data, [...batch[name]!.shape]);
    const run = (given: Readonly<Record<string, Tensor>>, images: Readonly<Record<string, Tensor>>) =>
      this.#model.guesses(new Layers(tf, this.#kernels, 'training', storeOf(given)), images, this.#stages);
    let outputs: Record<string, Tensor>;
    if (runner.compiled) {
      this.#compiled ??= compileFunction(this.#engine, run, parameters, inputs, { parameters: 'variable' });
      this.#compiled.writeParameters(parameters);
      outputs = this.#compiled.run(inputs);
    } else {
      outputs = tf.tidy(() => run(parameters, inputs));
    }
    const result = Object.fromEntries(
      Object.entries(outputs).map(([name, tensor]) => [name, Float32Array.from(tensor.dataSync())]),
    );
    tf.dispose([parameters, inputs, outputs]);
    return result;
  }

  #parameters(state: StateArrays): Record<string, Tensor> {
    const tensors: Record<string, Tensor> = {};
    for (const [name, { shape, data }] of state) {
      tensors[name.slice(name.indexOf('/') + 1)] = this.#engine.tf.tensor(data, [...shape]);
    }
    return tensors;
  }
}
