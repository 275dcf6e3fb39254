import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { say } from '../../common/sentences/sentence.ts';
import type { Layers } from '../base/layers.ts';
import { towerStore } from '../multitask/sharing.ts';
import { randomFrom } from '../base/random.ts';
import type { NamedTensors, TaskLoss } from '../model/step.ts';
import { accuracyMetric, explainedVariance } from './metrics.ts';
import type { Example, ExampleData, ExampleMetric, Table } from './types.ts';

const FEATURES = 20;
const CAUSES = 4;
const CLASSES = 10;

/**
 * Twenty noisy measurements, each a bent mixture of four hidden causes. The class is the nearest of ten points among
 * the causes, the value a product and a wave of them: both heads have to find the causes, neither is linear.
 */
function makeData(seed: number): ExampleData {
  const world = randomFrom('tabular', seed, 'world');
  const numbers = (count: number): number[] => Array.from({ length: count }, () => world.normal());
  const mixing = Array.from({ length: FEATURES }, () => numbers(CAUSES));
  const centres = Array.from({ length: CLASSES }, () => numbers(CAUSES));
  const table = (part: string, rows: number): Table => {
    const random = randomFrom('tabular', seed, part);
    const features = new Float32Array(rows * FEATURES);
    const classes = new Float32Array(rows * CLASSES);
    const values = new Float32Array(rows);
    for (let row = 0; row < rows; row++) {
      const causes = Array.from({ length: CAUSES }, () => random.normal());
      mixing.forEach((weights, index) => {
        const mixed = weights.reduce((sum, weight, cause) => sum + weight * causes[cause]!, 0);
        features[row * FEATURES + index] = Math.tanh(mixed / 2) + 0.1 * random.normal();
      });
      const distances = centres.map((centre) =>
        centre.reduce((sum, value, cause) => sum + (value - causes[cause]!) ** 2, 0),
      );
      classes[row * CLASSES + distances.indexOf(Math.min(...distances))] = 1;
      values[row] = causes[0]! * causes[1]! + Math.sin(2 * causes[2]!) + 0.1 * random.normal();
    }
    return {
      rows,
      columns: {
        features: { shape: [FEATURES], data: features },
        class: { shape: [CLASSES], data: classes },
        value: { shape: [], data: values },
      },
    };
  };
  return { train: table('train', 6000), test: table('test', 2000) };
}

/** The article's tower: 64, then 32 units with ReLU. */
function tower(layers: Layers, group: string, features: Tensor2D): Tensor2D {
  return [64, 32].reduce(
    (x, units) => layers.kernels.relu(layers.dense(`${group}/hidden${units}`, x, units)),
    features,
  );
}

function heads(layers: Layers, forClass: Tensor2D, forValue: Tensor2D): Record<string, Tensor> {
  return {
    class: layers.dense('class/output', forClass, CLASSES, 0.5),
    value: layers.tf.squeeze(layers.dense('value/output', forValue, 1, 0.5), [1]),
  };
}

function taskLosses(
  { tf, kernels }: Layers,
  predictions: Readonly<Record<string, Tensor>>,
  batch: NamedTensors,
): Record<string, TaskLoss> {
  const logits = predictions['class'] as Tensor2D;
  const errors = tf.sub(predictions['value']!, batch['value']!);
  return {
    class: { loss: tf.mean(kernels.softmaxCrossEntropy(logits, batch['class'] as Tensor2D)), terms: {} },
    value: { loss: tf.mean(tf.square(errors)), terms: {} },
  };
}

function evaluate(
  predictions: Readonly<Record<string, Float32Array>>,
  { train, test }: ExampleData,
): ExampleMetric[] {
  return [
    accuracyMetric('class', predictions['class']!, {
      train: train.columns['class']!,
      test: test.columns['class']!,
    }),
    explainedVariance('value', predictions['value']!, test.columns['value']!),
  ];
}

const shared = { steps: 600, batch: 64, learningRate: 0.005, clipNorm: 5, makeData, evaluate } as const;

/** Hard sharing: one tower, two heads. */
export const tabular: Example = {
  ...shared,
  name: 'tabular',
  description: say('learning.example.tabular'),
  taskWeights: {},
  predict(layers, batch) {
    const x = tower(layers, 'trunk', batch['features'] as Tensor2D);
    return heads(layers, x, x);
  },
  losses: taskLosses,
};

/** Soft sharing (Duong et al. 2015): a tower a task, held together by the squared distance of their weights. */
export const tabularSoft: Example = {
  ...shared,
  name: 'tabular-soft',
  description: say('learning.example.tabularSoft'),
  taskWeights: {},
  tie: 0.002,
  predict(layers, batch) {
    const [forClass, forValue] = ['class', 'value'].map((task) =>
      tower(layers.from(towerStore(layers.store, task)), 'trunk', batch['features'] as Tensor2D),
    );
    return heads(layers, forClass!, forValue!);
  },
  losses: taskLosses,
};
