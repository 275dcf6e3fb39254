import type { Tensor } from '@tensorflow/tfjs';
import type { Said } from '../../common/sentences/sentence.ts';
import type { Layers } from '../base/layers.ts';
import type { NamedTensors, TaskLoss } from '../model/step.ts';

/** A column of a data set: one row a sample. */
export interface Column {
  /** Shape of one sample; [] for a number. */
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** Samples as columns of the same length. */
export interface Table {
  readonly rows: number;
  readonly columns: Readonly<Record<string, Column>>;
}

export interface ExampleData {
  readonly train: Table;
  /** Drawn the same way, never trained on. */
  readonly test: Table;
}

/** A figure on held-out samples beside what is reached without learning anything. */
export interface ExampleMetric {
  readonly task: string;
  /** "accuracy", "R²", "AUC". */
  readonly metric: string;
  readonly value: number;
  readonly baseline: number;
  /** How the baseline comes about: "the most frequent class". */
  readonly baselineIs: Said;
}

/** A small network with several heads on data without a picture in it, trained by the same step as images are. */
export interface Example {
  readonly name: string;
  readonly description: Said;
  readonly steps: number;
  readonly batch: number;
  readonly learningRate: number;
  /** By task; 1 where not given. */
  readonly taskWeights: Readonly<Record<string, number>>;
  /** Factor of the squared distance of towers' weights (see towerStore in sharing.ts); not given: they are not tied. */
  readonly tie?: number;
  /** The norm of all gradients together is cut to this: deep unrolled networks need it. */
  readonly clipNorm: number;
  /** The same seed, the same data. */
  makeData(seed: number): ExampleData;
  /** By task: logits [batch, classes], or values [batch]. */
  predict(layers: Layers, batch: NamedTensors): Readonly<Record<string, Tensor>>;
  /** @param predictions of `predict`, in training mode */
  losses(
    layers: Layers,
    predictions: Readonly<Record<string, Tensor>>,
    batch: NamedTensors,
  ): Readonly<Record<string, TaskLoss>>;
  /** @param predictions of `predict` on the whole test table, flat */
  evaluate(predictions: Readonly<Record<string, Float32Array>>, data: ExampleData): ExampleMetric[];
}

export interface ExampleResult {
  readonly name: string;
  readonly seed: number;
  readonly trainSamples: number;
  readonly testSamples: number;
  readonly parameters: number;
  readonly steps: number;
  readonly seconds: number;
  /** Whether the step ran as one TensorFlow graph. */
  readonly compiled: boolean;
  readonly device: string;
  readonly metrics: readonly ExampleMetric[];
}
