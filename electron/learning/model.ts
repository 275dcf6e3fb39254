import type { Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs';
import type { Kernels, TensorFlow } from '../engine/kernels.ts';
import { anyOf, boxLoss } from './heads/box-loss.ts';
import type { BoxPrediction } from './heads/box-loss.ts';
import type { TrainingConfig } from './config/config.ts';
import { keepsStatistics, startsPretrained } from './config/freezing.ts';
import { denseHead, makeGrid } from './heads/dense.ts';
import type { Grid } from './heads/dense.ts';
import { imageClassHead } from './heads/image-class.ts';
import { slotsHead } from './heads/slots.ts';
import type { SlotsPrediction } from './heads/slots.ts';
import { Layers, STANDARD_STYLE } from './base/layers.ts';
import type { LayerMode } from './base/layers.ts';
import { classBinaryCrossEntropy, classCrossEntropy } from './heads/losses.ts';
import { networks } from './networks/index.ts';
import { pretrainedWeights } from './networks/weights.ts';
import { conditioned, sharedTrunk, subnetwork, summaryOfBoxes, towers } from './multitask/sharing.ts';
import type { Features, Trunk } from './multitask/sharing.ts';
import { pyramid } from './networks/neck.ts';
import type { FeatureLevel } from './networks/types.ts';
import { declareModel, storeOf } from './base/parameters.ts';
import type { ModelShape, TensorSpec } from './base/parameters.ts';
import { prepareImages } from './data/prepare-images.ts';
import type { StoredTensor } from './base/safetensors.ts';
import type { NamedTensors, TaskLoss } from './training/step.ts';

/** How many classes each head tells apart; 0: the project has none, so the head is not built. */
export interface ClassCounts {
  readonly imageClasses: number;
  readonly objectClasses: number;
}

/** What a trained network says of a batch of images. */
export interface ModelOutputs {
  /** [batch, image classes] logits, or null without that head. */
  readonly classLogits: Tensor2D | null;
  /** [batch, n, 4]: x1, y1, x2, y2 in input pixels, or null without a box head. */
  readonly boxes: Tensor3D | null;
  /** [batch, n, object classes], 0 to 1. */
  readonly scores: Tensor3D | null;
}

export interface DeclaredModel {
  readonly shape: ModelShape;
  /** Pretrained, or by the seed. */
  readonly initial: Map<string, Float32Array>;
  /** Features before the image classifier; 0 without that head. */
  readonly pooledFeatures: number;
  /** Of the trunk's maps of one image. */
  readonly featureBytes: number;
}

interface ImagePrediction {
  readonly logits: Tensor2D;
  readonly pooled: Tensor2D;
}

interface Predictions {
  readonly image: ImagePrediction | null;
  readonly boxes: BoxPrediction | null;
}

/** One trunk and up to two heads, as a configuration and the project's classes say. Holds no tensors. */
export class Model {
  readonly config: TrainingConfig;
  readonly classes: ClassCounts;
  readonly grid: Grid;
  readonly hasImageHead: boolean;
  readonly hasBoxHead: boolean;
  /** Names of the losses in training, in their order. */
  readonly tasks: readonly ('imageClass' | 'boxes')[];
  /** What the heads share: as configured, `parallel` where there is only one head. */
  readonly sharing: TrainingConfig['sharing'];
  /** Boxes that the box head gives for an image. */
  readonly places: number;

  constructor(config: TrainingConfig, classes: ClassCounts) {
    this.config = config;
    this.classes = classes;
    this.grid = makeGrid(config.inputSize, networks[config.network].strides);
    this.hasImageHead = classes.imageClasses > 0 && config.weights.imageClass > 0;
    this.hasBoxHead = classes.objectClasses > 0 && config.weights.boxes > 0;
    this.tasks = [
      ...(this.hasImageHead ? (['imageClass'] as const) : []),
      ...(this.hasBoxHead ? (['boxes'] as const) : []),
    ];
    this.sharing = this.tasks.length > 1 ? config.sharing : 'parallel';
    this.places = config.boxHead === 'dense' ? this.grid.count : config.slots.count;
  }

  /** Runs the model once: its parameters and how they begin. */
  declare(tf: TensorFlow, kernels: Kernels): DeclaredModel {
    const { inputSize, seed, optimizer } = this.config;
    let pooledFeatures = 0;
    let featureBytes = 0;
    const declared = declareModel(tf, seed, (store) => {
      const layers = new Layers(tf, kernels, 'inference', store);
      const example: Tensor4D = tf.zeros([1, inputSize, inputSize, 3]);
      const measured = (trunk: Layers): FeatureLevel[] => {
        const levels = this.#features(trunk, example);
        featureBytes = 4 * levels.reduce((sum, { map }) => sum + map.size, 0);
        return levels;
      };
      const { image } = this.#predict(layers, measured, null);
      pooledFeatures = image?.pooled.shape[1] ?? 0;
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
   * @param batch images, optionally how to change them (prepare-images.ts) and dropout, and the targets (batches.ts);
   * features of a frozen trunk may stand in for the images.
   * @param stages of the trunk that are frozen
   */
  losses(layers: Layers, batch: NamedTensors, stages = 0): Record<string, TaskLoss> {
    const dropout = (batch['dropout'] as Tensor2D | undefined) ?? null;
    return this.#losses(
      layers,
      this.#predict(layers, this.#levels(layers.tf, batch, stages), dropout),
      batch,
    );
  }

  /** Features of the trunk without its pyramid, of a training batch's images, by the names that batches give them. */
  features(layers: Layers, batch: NamedTensors): Record<string, Tensor4D> {
    const levels = this.#levels(layers.tf, batch, 0)(this.#styled(layers).within('trunk'));
    return Object.fromEntries(levels.map(({ stride, map }) => [featureName(stride), map]));
  }

  /** Outputs and, of the heads whose targets the batch brings, losses, in one pass in mode `inference`. */
  evaluate(layers: Layers, batch: NamedTensors): { outputs: ModelOutputs; losses: Record<string, TaskLoss> } {
    const { tf } = layers;
    const prediction = this.#predict(layers, this.#levels(tf, batch, 0), null);
    const outputs = { classLogits: prediction.image?.logits ?? null, ...boxScores(tf, prediction.boxes) };
    return { outputs, losses: this.#losses(layers, prediction, batch) };
  }

  get #severalClasses(): boolean {
    return this.config.imageHead.classes === 'several';
  }

  /** Logits [batch, image classes] to probabilities: of the one class that an image has, or of each by itself. */
  classProbabilities(tf: TensorFlow, logits: Tensor2D): Tensor2D {
    return this.#severalClasses ? tf.sigmoid(logits) : tf.softmax(logits);
  }

  #losses(
    { tf, kernels }: Layers,
    { image, boxes }: Predictions,
    batch: NamedTensors,
  ): Record<string, TaskLoss> {
    const result: Record<string, TaskLoss> = {};
    if (image !== null && batch['imageTargets'] !== undefined) {
      const targets = batch['imageTargets'] as Tensor2D;
      const lossOf = this.#severalClasses ? classBinaryCrossEntropy : classCrossEntropy;
      const loss = lossOf(tf, kernels, image.logits, targets, batch['imageMask']!);
      result['imageClass'] = { loss, terms: {}, labelled: anyOf(tf, batch['imageMask']!) };
    }
    if (boxes !== null && batch['boxWeight'] !== undefined) {
      result['boxes'] = boxLoss(tf, kernels, boxes, batch, this);
    }
    return result;
  }

  /** The prediction of the slots head on a training batch, to match true boxes to slots before the step. */
  slotPredictions(layers: Layers, batch: NamedTensors, stages: number): SlotsPrediction {
    const { boxes } = this.#predict(layers, this.#levels(layers.tf, batch, stages), null);
    if (boxes?.kind !== 'slots') throw new Error('the model has no slots head');
    return boxes.value;
  }

  /**
   * The trained network as a function of images [batch, size, size, 3], values 0 to 255.
   * @param tensors parameters by name; in mode `inference` with the running statistics, in mode `folded` without.
   */
  infer(
    tf: TensorFlow,
    kernels: Kernels,
    tensors: NamedTensors,
    images: Tensor4D,
    mode: Exclude<LayerMode, 'training'>,
  ): ModelOutputs {
    const layers = new Layers(tf, kernels, mode, storeOf(tensors));
    const { image, boxes } = this.#predict(layers, this.#levels(tf, { images }, 0), null);
    return { classLogits: image?.logits ?? null, ...boxScores(tf, boxes) };
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

  /** @param levels computes the maps of a trunk with given layers */
  #predict(plain: Layers, levels: (trunk: Layers) => FeatureLevel[], dropout: Tensor2D | null): Predictions {
    const { config } = this;
    const layers = this.#styled(plain);
    const trunk: Trunk = {
      levels,
      neck: (within, maps, tasks) =>
        pyramid(within.within('neck'), maps, config.neckChannels, this.#stridesRead(maps, tasks)),
    };
    if (this.sharing === 'soft') {
      const { crossStitch } = config.soft;
      const [what, where] = towers(layers, trunk, ['imageClass', 'boxes'], crossStitch);
      return {
        image: this.#imageHead(layers, what, dropout, null),
        boxes: this.#boxHead(layers, where, null),
      };
    }
    const shared = sharedTrunk(layers, trunk, this.tasks);
    if (this.sharing === 'sequential' && config.sequential.first === 'imageClass') {
      const image = this.#imageHead(layers, shared, dropout, null)!;
      return {
        image,
        boxes: this.#boxHead(layers, shared, this.classProbabilities(layers.tf, image.logits)),
      };
    }
    const boxes = this.#boxHead(layers, shared, null);
    const found =
      this.sharing === 'sequential' ? summaryOfBoxes(layers.tf, boxScores(layers.tf, boxes).scores!) : null;
    return { image: this.#imageHead(layers, shared, dropout, found), boxes };
  }

  /** @param found by the box head, where that comes first: [batch, features] */
  #imageHead(
    root: Layers,
    { levels, neck }: Features,
    dropout: Tensor2D | null,
    found: Tensor2D | null,
  ): ImagePrediction | null {
    if (!this.hasImageHead) return null;
    const { config, classes } = this;
    const layers = root.within('imageClass');
    const { pooling } = config.imageHead;
    const fine = neck[0] ?? levels[0]!;
    return imageClassHead(
      layers,
      {
        fine: pooling === 'attention' ? this.#own(layers, 'fine', fine) : fine,
        coarse: this.#own(layers, 'coarse', levels.at(-1)!),
        found,
      },
      { classes: classes.imageClasses, pooling, independent: this.#severalClasses },
      dropout,
    );
  }

  /** @param imageClass probabilities, where the image-class head comes first: [batch, classes] */
  #boxHead(root: Layers, { levels, neck }: Features, imageClass: Tensor2D | null): BoxPrediction | null {
    if (!this.hasBoxHead) return null;
    const { config, classes } = this;
    const layers = root.within('boxes');
    const read = (level: FeatureLevel): FeatureLevel => {
      const own = this.#own(layers, 'level', level);
      return imageClass === null ? own : conditioned(layers, imageClass, own);
    };
    if (config.boxHead === 'slots') {
      const options = { ...config.slots, classes: classes.objectClasses, inputSize: config.inputSize };
      const level = isDeep(levels) ? neck.find(({ stride }) => stride === levels[1]!.stride)! : levels[0]!;
      return { kind: 'slots', value: slotsHead(layers, read(level).map, options) };
    }
    const options = { ...config.dense, classes: classes.objectClasses };
    return { kind: 'dense', value: denseHead(layers, neck.map(read), this.grid, options) };
  }

  /** Which maps of the neck the heads of tasks read; one that none reads would have parameters without a gradient. */
  #stridesRead(levels: readonly FeatureLevel[], tasks: readonly string[]): ReadonlySet<number> {
    const { boxHead, imageHead } = this.config;
    const read: FeatureLevel[] = [];
    if (tasks.includes('imageClass') && imageHead.pooling === 'attention') read.push(levels[0]!);
    if (tasks.includes('boxes')) {
      read.push(...(boxHead === 'dense' ? levels : levels.slice(1, isDeep(levels) ? 2 : 1)));
    }
    return new Set(read.map(({ stride }) => stride));
  }

  /** A level as a head reads it: with the head's own convolutions on top where there are subnetworks. */
  #own(layers: Layers, name: string, level: FeatureLevel): FeatureLevel {
    if (this.sharing !== 'subnetworks') return level;
    return subnetwork(layers.within('subnetwork'), name, level, this.config.subnetworks.depth);
  }
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

/** Of a deep trunk the slots read the neck's second level (stride 16), of a shallow one its map as it is. */
const isDeep = (levels: readonly FeatureLevel[]): boolean => levels.length > 2;

/** The name under which a batch brings the trunk's map of a stride. */
const featureName = (stride: number): string => `features${stride}`;

function boxScores(
  tf: TensorFlow,
  prediction: BoxPrediction | null,
): { boxes: Tensor3D | null; scores: Tensor3D | null } {
  if (prediction === null) return { boxes: null, scores: null };
  if (prediction.kind === 'dense') {
    return { boxes: prediction.value.boxes, scores: tf.sigmoid(prediction.value.logits) };
  }
  const { objectness, logits, boxes } = prediction.value;
  const scores = tf.mul<Tensor3D>(tf.softmax(logits), tf.expandDims(tf.sigmoid(objectness), 2));
  return { boxes, scores };
}
