import type { Tensor4D } from '@tensorflow/tfjs';
import type { Engine } from '../../../electron/engine/types.ts';
import type { Kernels } from '../../../electron/engine/kernels.ts';
import type { BatchArrays } from '../../../electron/learning/samples/batch-arrays.ts';
import type { ModelShape } from '../../../electron/learning/base/parameters.ts';
import type { StoredTensor } from '../../../electron/learning/base/safetensors.ts';
import { createRandom } from '../../../electron/common/random.ts';
import { BOX_OUTPUTS, CLASSES, referenceNetworks } from '../networks.ts';
import type { ReferenceNetwork } from '../networks.ts';
import { median, timed } from '../timing.ts';
import type { Report, Subject } from '../types.ts';

type NetworkName = keyof typeof referenceNetworks;
const NETWORKS = Object.keys(referenceNetworks) as NetworkName[];
/** Share of the faster peer's time for a step of training, of Keras's for a forward pass. */
const RATIOS: Readonly<Record<NetworkName, { train: number; infer: number }>> = {
  small: { train: 0.65, infer: 0.7 },
  plain: { train: 1, infer: 1 },
  lite0: { train: 0.7, infer: 0.6 },
};

/** As the peers' scripts: the median of 15 after two; a graph is optimised in its first run. */
const TIMED = { warmUps: 3, runs: 15 };

/**
 * One step of training and one forward pass of the reference networks, as the product runs them: as one graph.
 * `train` computes in float32, as the peers do; `trainAuto` with the precision that a run takes by itself here.
 */
export const steps: Subject = {
  figures: NETWORKS.flatMap((network) => [
    ...['train', 'trainAuto'].map((step) => ({
      name: `learning.${step}.${network}`,
      unit: 'ms' as const,
      budget: null,
      budgetRatio: RATIOS[network].train,
    })),
    {
      name: `learning.infer.${network}`,
      unit: 'ms' as const,
      budget: null,
      budgetRatio: RATIOS[network].infer,
    },
  ]),
  async measure(names, report) {
    const { findEngine, loadEngine } = await import('../../../electron/engine/index.ts');
    const { createKernels } = await import('../../../electron/engine/kernels.ts');
    const engine = await loadEngine(findEngine());
    report.engine(`${engine.choice.kind}, TensorFlow ${engine.tensorflowVersion} on ${engine.device}`);
    const kernels = createKernels(engine);
    const { bfloat16On, choosePrecision } = await import('../../../electron/learning/training/precision.ts');
    const { convolutions } = choosePrecision('auto', {
      compiled: engine.native,
      ...bfloat16On(engine.device),
    });
    const measure = async (name: NetworkName, figure: string, precision: typeof convolutions) => {
      if (!names.has(figure)) return;
      report.value(figure, await measureTraining(engine, kernels, name, precision, report));
    };
    for (const name of NETWORKS) {
      await measure(name, `learning.train.${name}`, 'float32');
      await measure(name, `learning.trainAuto.${name}`, convolutions);
      if (names.has(`learning.infer.${name}`)) await measureInference(engine, kernels, name, report);
    }
  },
};

/** Random images and targets; the time of a step does not depend on them. */
function randomBatch({ batch, size }: ReferenceNetwork): BatchArrays {
  const random = createRandom(1);
  const images = Float32Array.from({ length: batch * size * size * 3 }, () => random.normal());
  const classTargets = new Float32Array(batch * CLASSES);
  for (let i = 0; i < batch; i++) classTargets[i * CLASSES + random.integer(CLASSES)] = 1;
  return {
    images: { shape: [batch, size, size, 3], data: images },
    classTargets: { shape: [batch, CLASSES], data: classTargets },
    boxTargets: { shape: [batch, BOX_OUTPUTS], data: new Float32Array(batch * BOX_OUTPUTS) },
  };
}

interface Declared {
  readonly shape: ModelShape;
  readonly parameters: Map<string, StoredTensor>;
  readonly statistics: Map<string, StoredTensor>;
}

async function declare(engine: Engine, kernels: Kernels, network: ReferenceNetwork): Promise<Declared> {
  const { declareModel } = await import('../../../electron/learning/base/parameters.ts');
  const { Layers } = await import('../../../electron/learning/base/layers.ts');
  const { tf } = engine;
  const { shape, initial } = declareModel(tf, 1, (store) => {
    const example: Tensor4D = tf.zeros([1, network.size, network.size, 3]);
    network.outputs(new Layers(tf, kernels, 'inference', store), example);
  });
  const stored = (specs: ModelShape['parameters']): Map<string, StoredTensor> =>
    new Map(specs.map(({ name, shape: sides }) => [name, { shape: sides, data: initial.get(name)! }]));
  return { shape, parameters: stored(shape.parameters), statistics: stored(shape.statistics) };
}

async function measureTraining(
  engine: Engine,
  kernels: Kernels,
  name: NetworkName,
  convolutions: 'float32' | 'bfloat16',
  report: Report,
): Promise<number> {
  const { createTrainStep, stateName } = await import('../../../electron/learning/model/step.ts');
  const { createCompiledRunner, createEagerRunner } =
    await import('../../../electron/learning/model/runner.ts');
  const network = referenceNetworks[name];
  const { shape, parameters, statistics } = await declare(engine, kernels, network);
  const initial = new Map<string, StoredTensor>();
  for (const [parameter, value] of parameters) {
    const zeros = { shape: value.shape, data: new Float32Array(value.data.length) };
    initial.set(stateName.parameter(parameter), value);
    initial.set(stateName.m(parameter), zeros);
    initial.set(stateName.v(parameter), zeros);
  }
  for (const [statistic, value] of statistics) initial.set(stateName.statistic(statistic), value);

  const step = createTrainStep(engine.tf, kernels, {
    shape,
    losses: network.losses,
    taskWeights: { imageClass: 1, boxes: 1 },
    weightDecay: 0,
    trunkMultiplier: 1,
    clipNorm: 0,
    ema: false,
  });
  const { boxTargets, ...withoutBoxes } = randomBatch(network);
  const batch: BatchArrays = name === 'plain' ? { ...withoutBoxes, boxTargets: boxTargets! } : withoutBoxes;
  const scalars = { learningRate: 1e-3, beta1Power: 0.9, beta2Power: 0.999 };
  const runner = engine.native
    ? createCompiledRunner(engine, step, initial, batch, scalars, { convolutions })
    : createEagerRunner(engine, step, initial);
  try {
    let count = 0;
    let loss = NaN;
    const times = await timed(() => {
      count++;
      [loss = NaN] = runner.run(batch, { ...scalars, beta1Power: 0.9 ** count, beta2Power: 0.999 ** count });
    }, TIMED);
    if (!Number.isFinite(loss)) throw new Error(`the loss of ${name} became ${loss}`);
    report.progress(`${name} in ${convolutions}: loss ${loss.toFixed(3)} after ${count} steps`);
    return median(times);
  } finally {
    runner.dispose();
  }
}

async function measureInference(
  engine: Engine,
  kernels: Kernels,
  name: NetworkName,
  report: Report,
): Promise<void> {
  const { compileFunction } = await import('../../../electron/engine/graph/index.ts');
  const { foldBatchNorm } = await import('../../../electron/learning/networks/fold.ts');
  const { Layers } = await import('../../../electron/learning/base/layers.ts');
  const { storeOf } = await import('../../../electron/learning/base/parameters.ts');
  const { tf } = engine;
  const network = referenceNetworks[name];
  const { parameters, statistics } = await declare(engine, kernels, network);
  const tensors = Object.fromEntries(
    Array.from(foldBatchNorm(parameters, statistics), ([key, { data, shape }]) => [
      key,
      tf.tensor(data, [...shape]),
    ]),
  );
  const { data, shape } = randomBatch(network)['images']!;
  const images: Tensor4D = tf.tensor(data, [...shape] as [number, number, number, number]);
  const forward = (given: typeof tensors, x: Tensor4D) =>
    network.outputs(new Layers(tf, kernels, 'folded', storeOf(given)), x);
  const compiled = engine.native
    ? compileFunction(engine, (given, inputs) => forward(given, inputs['images'] as Tensor4D), tensors, {
        images,
      })
    : null;
  try {
    const times = await timed(() => {
      tf.tidy(() => {
        const outputs = compiled?.run({ images: data }) ?? forward(tensors, images);
        for (const output of Object.values(outputs)) output.dataSync();
      });
    }, TIMED);
    report.value(`learning.infer.${name}`, median(times));
  } finally {
    compiled?.dispose();
  }
}
