import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import type { Kernels, TensorFlow } from '../../engine/kernels.ts';
import type { TrainingConfig } from '../config/schema.ts';
import { keepsStatistics, startsPretrained } from '../config/freezing.ts';
import { chosenHeads, contextOf } from '../config/chosen-heads.ts';
import { makeGrid } from '../assignment/grid.ts';
import type { Grid } from '../assignment/grid.ts';
import type { TaskName } from '../../common/heads.ts';
import type { Head, HeadPrediction } from '../heads/types.ts';
import { headName, namedByHead, ofHead } from '../samples/batch-arrays.ts';
import { Layers, STANDARD_STYLE } from '../base/layers.ts';
import type { LayerMode } from '../base/layers.ts';
import { networks } from '../networks/index.ts';
import { pretrainedWeights } from '../networks/weights.ts';
import { sharedTrunk, subnetwork, towers } from '../multitask/sharing.ts';
import type { Features, Trunk } from '../multitask/sharing.ts';
import { pyramid } from '../networks/neck.ts';
import type { FeatureLevel } from '../networks/types.ts';
import { declareModel, storeOf } from '../base/parameters.ts';
import type { ModelShape, TensorSpec } from '../base/parameters.ts';
import { prepareImages } from './prepare-images.ts';
import type { StoredTensor } from '../base/safetensors.ts';
import type { NamedTensors, TaskLoss } from './step.ts';

/** How many classes the heads tell apart; 0: the project has none, so the head is not built. */
export interface ClassCounts {
  readonly imageClasses: number;
  readonly objectClasses: number;
}

export interface DeclaredModel {
  readonly shape: ModelShape;
  /** Pretrained, or by the seed. */
  readonly initial: Map<string, Float32Array>;
  /** Features before dropout by task, of heads that can drop some. */
  readonly pooledFeatures: Readonly<Record<string, number>>;
  /** Bytes of the trunk's maps of one image. */
  readonly featureBytes: number;
}

interface PredictedHead {
  readonly head: Head;
  readonly prediction: HeadPrediction;
}

/** A network, its neck and its heads, as a configuration and the project's classes say. Holds no tensors. */
export class Model {
  readonly config: TrainingConfig;
  readonly classes: ClassCounts;
  readonly grid: Grid;
  /** In the order of their losses. */
  readonly heads: readonly Head[];
  /** What the heads share: as configured, `parallel` where there is only one head. */
  readonly sharing: TrainingConfig['sharing'];

  /** @param heads not given: those that the configuration chooses */
  constructor(config: TrainingConfig, classes: ClassCounts, heads?: readonly Head[]) {
    this.config = config;
    this.classes = classes;
    this.grid = makeGrid(config.inputSize, networks[config.network].strides);
    this.heads =
      heads ??
      chosenHeads(config)
        .filter(({ task }) => classes[task.classes] > 0 && config.weights[task.name] > 0)
        .map((head) => head.create(contextOf(head, config, this.grid, classes[head.task.classes])));
    this.sharing = this.heads.length > 1 ? config.sharing : 'parallel';
  }

  /** Names of the losses in training, in their order. */
  get tasks(): readonly TaskName[] {
    return this.heads.map(({ task }) => task.name);
  }

  /** Runs the model once: its parameters and how they begin. */
  declare(tf: TensorFlow, kernels: Kernels): DeclaredModel {
    const { inputSize, seed, optimizer } = this.config;
    const pooledFeatures: Record<string, number> = {};
    let featureBytes = 0;
    const declared = declareModel(tf, seed, (store) => {
      const layers = new Layers(tf, kernels, 'inference', store);
      const example: Tensor4D = tf.zeros([1, inputSize, inputSize, 3]);
      const measured = (trunk: Layers): FeatureLevel[] => {
        const levels = this.#features(trunk, example);
        featureBytes = 4 * levels.reduce((sum, { map }) => sum + map.size, 0);
        return levels;
      };
      for (const { head, prediction } of this.#predict(layers, measured, null)) {
        if (prediction.pooledFeatures !== undefined)
          pooledFeatures[head.task.name] = prediction.pooledFeatures;
      }
    });
    const sizes = { pooledFeatures, featureBytes };
    const { weights } = networks[this.config.network];
    if (!startsPretrained(this.config) || weights === null) return { ...declared, ...sizes };
    const loaded = pretrainedWeights(weights);
    loadPretrained(declared, loaded);
    const { shape, initial } = declared;
    const slower = (spec: TensorSpec) => ({ ...spec, rate: spec.rate * optimizer.pretrainedMultiplier });
    const parameters = shape.parameters.map((spec) => (loaded.has(spec.origin) ? slower(spec) : spec));
    return { initial, shape: { ...shape, parameters }, ...sizes };
  }

  /**
   * Losses by task of a training batch.
   * @param batch images, optionally how to change them (prepare-images.ts), and dropout and targets by head (batches.ts);
   * features of a frozen trunk may stand in for the images.
   * @param stages of the trunk that are frozen
   */
  losses(layers: Layers, batch: NamedTensors, stages = 0): Record<string, TaskLoss> {
    return lossesOf(this.#predict(layers, this.#levels(layers.tf, batch, stages), batch), batch);
  }

  /** Features of the trunk without its pyramid, of a training batch's images, by the names that batches give them. */
  features(layers: Layers, batch: NamedTensors): Record<string, Tensor4D> {
    const levels = this.#levels(layers.tf, batch, 0)(this.#styled(layers).within('trunk'));
    return Object.fromEntries(levels.map(({ stride, map }) => [featureName(stride), map]));
  }

  /** Outputs and, of the heads whose targets the batch brings, losses, in one pass in mode `inference`. */
  evaluate(
    layers: Layers,
    batch: NamedTensors,
  ): { outputs: Record<string, Tensor>; losses: Record<string, TaskLoss> } {
    const predicted = this.#predict(layers, this.#levels(layers.tf, batch, 0), null);
    return { outputs: outputsOf(predicted), losses: lossesOf(predicted, batch) };
  }

  /** Whether some head has to see its own answers to a training batch before its targets can be made. */
  get matchesTargets(): boolean {
    return this.heads.some((head) => head.match !== undefined);
  }

  /** What such heads say of a training batch, by task and name. */
  guesses(layers: Layers, batch: NamedTensors, stages: number): Record<string, Tensor> {
    const predicted = this.#predict(layers, this.#levels(layers.tf, batch, stages), null);
    const guesses: Record<string, Tensor> = {};
    for (const { head, prediction } of predicted)
      Object.assign(guesses, namedByHead(prediction.guesses?.() ?? {}, head.task.name));
    return guesses;
  }

  /**
   * The trained network as a function of images [batch, size, size, 3], values 0 to 255: outputs by task
   * and name, or as exports have them.
   * @param tensors parameters by name; in mode `inference` with the running statistics, in mode `folded` without.
   */
  infer(
    tf: TensorFlow,
    kernels: Kernels,
    tensors: NamedTensors,
    images: Tensor4D,
    mode: Exclude<LayerMode, 'training'>,
    as: 'outputs' | 'exported' = 'outputs',
  ): Record<string, Tensor> {
    const layers = new Layers(tf, kernels, mode, storeOf(tensors));
    return outputsOf(this.#predict(layers, this.#levels(tf, { images }, 0), null), as);
  }

  /**
   * What each head says of images, with the maps of each trunk taken through `pass`, which computes them or brings
   * others: of the one trunk, or, where each head has its own, of theirs in the order of the heads.
   */
  through(
    layers: Layers,
    images: Tensor4D,
    pass: (compute: () => readonly FeatureLevel[], trunk: number) => FeatureLevel[],
  ): readonly PredictedHead[] {
    const levels = this.#levels(layers.tf, { images }, 0);
    let trunk = 0;
    return this.#predict(layers, (within) => pass(() => levels(within), trunk++), null);
  }

  /**
   * The trunk's maps of a batch: computed of its images, or as it brings them. Returned as a function of the layers to
   * compute them with.
   * @param stages that are frozen
   */
  #levels(tf: TensorFlow, batch: NamedTensors, stages: number): (trunk: Layers) => FeatureLevel[] {
    const { strides } = networks[this.config.network];
    if (batch[featureName(strides[0]!)] !== undefined) {
      return () => strides.map((stride) => ({ stride, map: batch[featureName(stride)] as Tensor4D }));
    }
    const images = prepareImages(tf, batch);
    const keeps = keepsStatistics(this.config, stages);
    return (trunk) => this.#features(trunk.keepingStatistics(keeps), images);
  }

  /** A trunk that has pretrained weights keeps the form in which they were learned. */
  #features(trunk: Layers, images: Tensor4D): FeatureLevel[] {
    const network = networks[this.config.network];
    return network.features(network.weights === null ? trunk : trunk.styled(STANDARD_STYLE), images);
  }

  #styled(layers: Layers): Layers {
    const { activation, batchNorm } = this.config;
    return layers.styled({ activation, batchNorm });
  }

  /**
   * What each head says, in the order of the list.
   * @param levels computes the maps of a trunk with given layers
   * @param dropped the batch whose dropout is applied; null: none
   */
  #predict(
    plain: Layers,
    levels: (trunk: Layers) => FeatureLevel[],
    dropped: NamedTensors | null,
  ): PredictedHead[] {
    const { config, heads } = this;
    const layers = this.#styled(plain);
    const trunk: Trunk = {
      levels,
      neck: (within, maps, tasks) =>
        pyramid(within.within('neck'), maps, config.neckChannels, this.#stridesRead(maps, tasks)),
    };
    const found = new Map<Head, HeadPrediction>();
    const predict = (head: Head, features: Features, before: HeadPrediction | null): HeadPrediction => {
      const own = this.#own.bind(this);
      const { name } = head.task;
      const dropout = (dropped?.[headName(name, 'dropout')] as Tensor2D | undefined) ?? null;
      const prediction = head.predict(layers.within(name), { ...features, own, before, dropout });
      found.set(head, prediction);
      return prediction;
    };
    if (this.sharing === 'soft') {
      const own = towers(layers, trunk, this.tasks, config.soft.crossStitch);
      heads.forEach((head, i) => predict(head, own[i]!, null));
    } else {
      const shared = sharedTrunk(layers, trunk, this.tasks);
      // From the last of the list to the first: the order of parameters follows from it.
      const order = this.sharing === 'sequential' ? this.#sequence() : heads.toReversed();
      let before: HeadPrediction | null = null;
      for (const head of order) {
        const prediction: HeadPrediction = predict(head, shared, before);
        if (this.sharing === 'sequential') before = prediction;
      }
    }
    return heads.map((head) => ({ head, prediction: found.get(head)! }));
  }

  /** The heads in the order in which they speak: each reads what the one before it says. */
  #sequence(): readonly Head[] {
    const { first } = this.config.sequential;
    return [
      ...this.heads.filter(({ task }) => task.name === first),
      ...this.heads.filter(({ task }) => task.name !== first),
    ];
  }

  /** Which maps of the neck the heads of tasks read; one that none reads would have parameters without a gradient. */
  #stridesRead(levels: readonly FeatureLevel[], tasks: readonly string[]): ReadonlySet<number> {
    const reading = this.heads.filter(({ task }) => tasks.includes(task.name));
    return new Set(reading.flatMap((head) => head.reads(levels)).map(({ stride }) => stride));
  }

  /** A level as a head reads it: with the head's own convolutions on top where there are subnetworks. */
  #own(layers: Layers, name: string, level: FeatureLevel): FeatureLevel {
    if (this.sharing !== 'subnetworks') return level;
    return subnetwork(layers.within('subnetwork'), name, level, this.config.subnetworks.depth);
  }
}

function lossesOf(predicted: readonly PredictedHead[], batch: NamedTensors): Record<string, TaskLoss> {
  const losses: Record<string, TaskLoss> = {};
  for (const { head, prediction } of predicted) {
    const loss = prediction.loss(ofHead(batch, head.task.name));
    if (loss !== null) losses[head.task.name] = loss;
  }
  return losses;
}

function outputsOf(
  predicted: readonly PredictedHead[],
  as: 'outputs' | 'exported' = 'outputs',
): Record<string, Tensor> {
  const outputs: Record<string, Tensor> = {};
  for (const { head, prediction } of predicted) {
    const own = prediction[as]();
    Object.assign(outputs, as === 'exported' ? own : namedByHead(own, head.task.name));
  }
  return outputs;
}

/** Puts pretrained values in the place of initial ones; where each head has a trunk, in both. */
function loadPretrained(
  { shape, initial }: { readonly shape: ModelShape; readonly initial: Map<string, Float32Array> },
  weights: ReadonlyMap<string, StoredTensor>,
): void {
  const specs = [...shape.parameters, ...shape.statistics];
  for (const [origin, { data }] of weights) {
    const copies = specs.filter((spec) => spec.origin === origin);
    if (copies.length === 0 || copies.some(({ name }) => initial.get(name)!.length !== data.length)) {
      throw new Error(`the network has no ${origin}`);
    }
    for (const { name } of copies) initial.set(name, data.slice());
  }
}

/** The name under which a batch brings the trunk's map of a stride. */
const featureName = (stride: number): string => `features${stride}`;
