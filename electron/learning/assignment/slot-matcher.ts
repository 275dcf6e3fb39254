import type { Tensor } from '@tensorflow/tfjs';
import { compileFunction } from '../../engine/graph/index.ts';
import type { CompiledFunction } from '../../engine/graph/index.ts';
import type { Kernels } from '../../engine/kernels.ts';
import type { Engine } from '../../engine/types.ts';
import type { NetworkBox } from './assign.ts';
import type { BatchArrays } from '../data/batch-arrays.ts';
import { Layers } from '../base/layers.ts';
import { leastCostAssignment } from './matching.ts';
import type { Model } from '../model.ts';
import type { ModelShape } from '../base/parameters.ts';
import { storeOf } from '../base/parameters.ts';
import { IMAGE_INPUTS } from '../data/prepare-images.ts';
import type { StateArrays, StepRunner } from '../training/runner.ts';
import { stateName } from '../training/step.ts';

/** Predictions of the slots of one image. */
export interface SlotGuess {
  /** [slots, classes], probabilities of a class times objectness. */
  readonly scores: Float32Array;
  /** [slots, 4], corners in input pixels. */
  readonly boxes: Float32Array;
}

export interface MatchWeights {
  readonly l1Weight: number;
  readonly iouWeight: number;
}

function generalizedOverlap(boxes: Float32Array, at: number, truth: NetworkBox): number {
  const [x1, y1, x2, y2] = [boxes[at]!, boxes[at + 1]!, boxes[at + 2]!, boxes[at + 3]!];
  const width = Math.max(0, Math.min(x2, truth.x2) - Math.max(x1, truth.x1));
  const height = Math.max(0, Math.min(y2, truth.y2) - Math.max(y1, truth.y1));
  const shared = width * height;
  const union = (x2 - x1) * (y2 - y1) + (truth.x2 - truth.x1) * (truth.y2 - truth.y1) - shared;
  const hull =
    (Math.max(x2, truth.x2) - Math.min(x1, truth.x1)) * (Math.max(y2, truth.y2) - Math.min(y1, truth.y1));
  return shared / Math.max(union, 1e-9) - (hull - union) / Math.max(hull, 1e-9);
}

/**
 * The slot of each true box, at least total cost (Carion et al. 2020): -score + L1 · weight - GIoU · weight. Boxes
 * beyond the number of slots (the smallest) get none: -1.
 */
export function matchSlots(
  truths: readonly NetworkBox[],
  guess: SlotGuess,
  slots: number,
  inputSize: number,
  { l1Weight, iouWeight }: MatchWeights,
): number[] {
  const classes = guess.scores.length / slots;
  const size = (box: NetworkBox) => (box.x2 - box.x1) * (box.y2 - box.y1);
  const kept = truths
    .map((box, index) => ({ box, index }))
    .sort((a, b) => size(b.box) - size(a.box))
    .slice(0, slots);
  const cost = kept.map(({ box }) =>
    Array.from({ length: slots }, (_, slot) => {
      const at = slot * 4;
      const sides = [box.x1, box.y1, box.x2, box.y2];
      const distance =
        sides.reduce((sum, side, i) => sum + Math.abs(side - guess.boxes[at + i]!), 0) / 4 / inputSize;
      const score = guess.scores[slot * classes + box.classIndex]!;
      return -score + l1Weight * distance - iouWeight * generalizedOverlap(guess.boxes, at, box);
    }),
  );
  const result = new Array<number>(truths.length).fill(-1);
  if (kept.length > 0) leastCostAssignment(cost).forEach((slot, i) => (result[kept[i]!.index] = slot));
  return result;
}

/** Fills the slot targets of a batch: asks the network for its slots first, then matches the true boxes to them. */
export class SlotMatcher {
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
    const { config } = this.#model;
    const slots = config.slots.count;
    const { scores, corners } = this.#guess(batch, runner);
    const classIndex = batch['classIndex']!.data;
    const targets = batch['boxes']!.data;
    const weight = batch['boxWeight']!.data;
    const classes = scores.length / (boxes.length * slots);
    classIndex.fill(-1);
    weight.fill(1);
    for (let i = 0; i < targets.length; i += 4) targets.set([0, 0, 1, 1], i);
    boxes.forEach((truths, image) => {
      if (truths === null) {
        weight.fill(0, image * slots, (image + 1) * slots);
        return;
      }
      const guess = {
        scores: scores.subarray(image * slots * classes, (image + 1) * slots * classes),
        boxes: corners.subarray(image * slots * 4, (image + 1) * slots * 4),
      };
      const real = truths.filter(({ crowd }) => !crowd);
      matchSlots(real, guess, slots, config.inputSize, config.slots).forEach((slot, i) => {
        if (slot < 0) return;
        const box = real[i]!;
        classIndex[image * slots + slot] = box.classIndex;
        targets.set([box.x1, box.y1, box.x2, box.y2], (image * slots + slot) * 4);
      });
    });
  }

  dispose(): void {
    this.#compiled?.dispose();
  }

  #guess(batch: BatchArrays, runner: StepRunner): { scores: Float32Array; corners: Float32Array } {
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
    const run = (given: Readonly<Record<string, Tensor>>, images: Readonly<Record<string, Tensor>>) => {
      const layers = new Layers(tf, this.#kernels, 'training', storeOf(given));
      const { objectness, logits, boxes } = this.#model.slotPredictions(layers, images, this.#stages);
      return { scores: tf.softmax(logits).mul(tf.expandDims(tf.sigmoid(objectness), 2)), corners: boxes };
    };
    let outputs: Record<string, Tensor>;
    if (runner.compiled) {
      this.#compiled ??= compileFunction(this.#engine, run, parameters, inputs, { parameters: 'variable' });
      this.#compiled.writeParameters(parameters);
      outputs = this.#compiled.run(inputs);
    } else {
      outputs = tf.tidy(() => run(parameters, inputs));
    }
    const result = {
      scores: Float32Array.from(outputs['scores']!.dataSync()),
      corners: Float32Array.from(outputs['corners']!.dataSync()),
    };
    for (const tensor of [
      ...Object.values(parameters),
      ...Object.values(inputs),
      ...Object.values(outputs),
    ]) {
      tensor.dispose();
    }
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
