import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { z } from 'zod';
import type { Calibration, Evaluation } from '../../common/entities.ts';
import type { AnswerKind, BoxErrorKind, TaskName } from '../../common/heads.ts';
import type { ScorePart } from '../../common/score-parts.ts';
import type { Random } from '../../common/random.ts';
import type { Said } from '../../common/sentences/sentence.ts';
import type { NetworkBox } from '../samples/network-box.ts';
import type { Layers } from '../base/layers.ts';
import type { BatchArrays } from '../samples/batch-arrays.ts';
import type { LabelledData, TrainingSample } from '../samples/dataset.ts';
import type { NamedTensors, TaskLoss } from '../multitask/types.ts';
import type { FeatureLevel } from '../networks/types.ts';
import type { ImageCounts } from '../metrics/bootstrap.ts';
import type { ScoreCurve } from '../metrics/thresholds.ts';
import type { Grid } from '../assignment/grid.ts';
import type { DetectionOptions } from './nms.ts';

/** A box that a network finds, in pixels of the oriented image. */
export interface RawBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Index in `objectClasses`. */
  readonly classIndex: number;
  readonly score: number;
}

interface Answers {
  /** Probabilities of all image classes in their order; null without such a head. */
  readonly classes: Float32Array | null;
  /** By falling score; empty without such a head. */
  readonly boxes: readonly RawBox[];
}

/** What a network says of one image, by task. */
export type RawPrediction = { readonly [Name in TaskName]: Answers[AnswerKind<Name>] };

export interface EvaluatedSample {
  readonly sample: TrainingSample;
  readonly prediction: RawPrediction;
}

/** How good the answers to one task are. */
export interface TaskScores<Name extends TaskName = TaskName> {
  /** What an evaluation keeps. */
  readonly scores: () => NonNullable<Evaluation[Name]>;
  /** What counts in the overall score, 0 to 1. */
  readonly score: number;
  /** Number of images of which the score is the share that is right; null where it is no such share. */
  readonly shareOf: number | null;
  /** By name, for the curves of a run. */
  readonly figures: Readonly<Record<string, number>>;
}

/** An answer, or a lack of one, that a part of the scores counts. */
export interface FoundAnswer {
  /** Index of the image. */
  readonly image: number;
  /** Score of the box or image class that was found; null where nothing was. */
  readonly score: number | null;
  /** Overlap of both boxes; 0 where one is lacking; null for image classes. */
  readonly overlap: number | null;
  /** Negative log-likelihood of the label by what was answered; null where that says nothing of it. */
  readonly loss: number | null;
  /** Null: it is no error of boxes. */
  readonly error: BoxErrorKind | null;
  /** The box that was found. */
  readonly box: RawBox | null;
  /** Index of the labelled box among those of the sample. */
  readonly truth: number | null;
  /** By index; null: it is about boxes. */
  readonly imageClasses: {
    readonly labelled: readonly number[];
    readonly predicted: readonly number[];
  } | null;
}

/** What answers are worth on a sample of the images; each null where the sample has nothing to evaluate it on. */
export interface SampledFigures {
  /** What counts in the overall score. */
  readonly score: number | null;
  /** By the names that the task's figures have. */
  readonly figures: Readonly<Record<string, number | null>>;
  /** AP50 or F1, in the order of the classes. */
  readonly classes: readonly (number | null)[];
}

/** The answers to a task on a set of images beside its labels. */
export interface TaskScorer<Name extends TaskName = TaskName> {
  /** The labels of an image; null: it isn't in the set, or nobody has labelled it. */
  label(image: number, sample: TrainingSample | null): void;
  /** null where there is nothing to evaluate on. */
  evaluate(): TaskScores<Name> | null;
  /** Gives the score on a sample of the images; null where the sample has nothing to evaluate on. */
  resampler(): (counts: ImageCounts) => number | null;
  /** Gives the figures by which runs are compared, on a sample of the images. */
  figureResampler(): (counts: ImageCounts) => SampledFigures;
  /** Whether an image is labelled for the task. */
  isLabelled(image: number): boolean;
  /** How each class fares from which score on; null of a task whose answers are not taken by their score. */
  curves(): readonly ScoreCurve[] | null;
  /** The temperature that fits its probabilities best; null of a task whose answers are none, and where there is none. */
  temperature(): number | null;
  /** How far its probabilities can be trusted, as they are and with a temperature; null as `evaluate`. */
  calibration(temperature: number | null): Calibration | null;
  /**
   * What a part of the scores counts, by image where its order says nothing; empty where the part is of another task.
   * @param on images; all
   */
  find(part: ScorePart, on?: ReadonlySet<number>): FoundAnswer[];
}

/** What is to be said of an image, whichever head says it. */
export interface Task<Name extends TaskName = TaskName> {
  readonly name: Name;
  /** Which classes of the project it tells apart. */
  readonly classes: 'imageClasses' | 'objectClasses';
  /** Its weight in the loss (`weights`), and what the setting says. */
  readonly weight: { readonly fallback: number; readonly description: Said };
  /** What its weight in the overall score (`evaluation.overall`) says. */
  readonly overall: Said;
  /** Said of `sequential.first`. */
  readonly first: Said;
  /** The classes that an image is labelled with; null: nobody has labelled it for this task. */
  classesOf(sample: TrainingSample): readonly number[] | null;
  /** Whether training images teach anything. */
  learnable(train: readonly TrainingSample[]): boolean;
  /** Whether there is anything on validation images to evaluate answers on. */
  evaluable(validation: readonly TrainingSample[]): boolean;
  /** Said where there is not. */
  readonly notEvaluable: Said;
  /** Said where they teach nothing and the project has classes for the task. */
  readonly notLearnable: Said;
  /** Doubts about the classes. */
  doubts(train: readonly TrainingSample[], data: LabelledData): Said[];
  /**
   * What answers to a set of images are worth by its labels, which can be given anew.
   * @param predictions of the images; their order decides between equal scores
   * @param settings of the head
   * @param shownFrom the score from which answers are shown: figures that count what is found count from there
   */
  scorer(
    predictions: readonly RawPrediction[],
    classNames: readonly string[],
    settings: unknown,
    shownFrom: number,
  ): TaskScorer<Name>;
}

/** What a head is made for. */
export interface HeadContext<Settings> {
  /** Its own group of the configuration. */
  readonly settings: Settings;
  /** That it tells apart. */
  readonly classes: number;
  readonly inputSize: number;
  readonly grid: Grid;
}

/** One way to answer a task: an entry of the list in index.ts. */
export interface TaskHead<Name extends string = string, Group extends string = string, Settings = unknown> {
  readonly name: Name;
  readonly task: Task;
  /** Its group of settings, and their schema with defaults. */
  readonly group: Group;
  readonly settings: z.ZodType<Settings>;
  /** Said of the setting that chooses among the heads of a task; empty where there is one head only. */
  readonly description: Said;
  /**
   * Doubts about training on this data.
   * @throws TwinheadError `not-trainable` where it cannot work
   */
  check(context: HeadContext<Settings>, data: HeadData): Said[];
  create(context: HeadContext<Settings>): Head;
}

/** The data that a head is asked about before training. */
export interface HeadData {
  readonly train: readonly TrainingSample[];
  /** Labelled ones of all splits. */
  readonly all: readonly TrainingSample[];
  /** Trained or evaluated on. */
  readonly used: readonly TrainingSample[];
  readonly batch: number;
  /** Boxes that an image of the training can show, where the labels have `most`. */
  readonly room: (most: number) => number;
}

/** What a head reads. */
export interface HeadFeatures {
  /** Levels of the trunk and of the pyramid, fine to coarse. */
  readonly levels: readonly FeatureLevel[];
  readonly neck: readonly FeatureLevel[];
  /** A level with the head's own convolutions on top, where heads have such. */
  readonly own: (layers: Layers, name: string, level: FeatureLevel) => FeatureLevel;
  /** What the head before it says; null: none comes before. */
  readonly before: HeadPrediction | null;
  /** [batch, features] to multiply pooled features with (0 or 1 / (1 - rate)); null outside training. */
  readonly dropout: Tensor2D | null;
}

/** What a head says of a batch, as tensors. */
export interface HeadPrediction {
  /**
   * null where the batch does not bring its targets.
   * @param batch what the head brings to it, by the names that it knows
   */
  loss(batch: NamedTensors): TaskLoss | null;
  /** By the names that `read` knows. */
  outputs(): Record<string, Tensor>;
  /**
   * What the score of a class rests on before it is squashed: [batch, classes], or by anchor or slot [batch, anchors,
   * classes].
   */
  evidence(): Tensor;
  /** As exports name and give them. */
  exported(): Record<string, Tensor>;
  /** What a head that comes after it reads: [batch, features]. */
  summary(): Tensor2D;
  /** What the head has to know of its own answers before its targets can be made. Not given: nothing. */
  guesses?(): Record<string, Tensor>;
  /** Features before dropout. */
  readonly pooledFeatures?: number;
}

/** An output of an exported model. */
export interface ExportedOutput {
  readonly name: string;
  readonly unit: 'probability' | 'pixels';
  /** Largest difference from the engine's that counts as the same, in the unit. */
  readonly tolerance: number;
  /** Values beyond it, either way, may differ by as many times more: 32 bits hold a number of digits. Not given: none. */
  readonly extent?: number;
  /** Shape and meaning, for the model's card. */
  readonly description: Said;
}

/** The labels of one image of a batch. */
export interface HeadLabels {
  /** Image classes; null: nobody has said what it is. */
  readonly classes: readonly number[] | null;
  /** In pixels of the input; null: nobody has labelled any. */
  readonly boxes: readonly NetworkBox[] | null;
}

/** A head of a model. Holds no tensors. */
export interface Head {
  readonly name: string;
  readonly task: Task;
  readonly settings: unknown;
  /** Whether a box that a crop cuts is left out, instead of what is left of it. */
  readonly wholeBoxesOnly: boolean;
  readonly outputs: readonly ExportedOutput[];
  /** The levels of the pyramid that it reads; one that none reads would have parameters without a gradient. */
  reads(levels: readonly FeatureLevel[]): readonly FeatureLevel[];
  predict(layers: Layers, features: HeadFeatures): HeadPrediction;
  /**
   * Arrays for the targets of a batch, which hold no other head's. One called `dropout` comes back as that of
   * HeadFeatures.
   */
  targets(batch: number, options: TargetOptions): BatchArrays;
  /** Fills the targets of one image of a batch. */
  fill(arrays: BatchArrays, slot: number, labels: HeadLabels, training: boolean): void;
  /** Draws what a training batch brings at random. Not given: nothing. */
  draw?(arrays: BatchArrays, random: Random): void;
  /** Fills what depends on its `guesses`, by image of the batch. */
  match?(
    arrays: BatchArrays,
    guesses: Readonly<Record<string, Float32Array>>,
    boxes: readonly (readonly NetworkBox[] | null)[],
  ): void;
  /** Reads the answer to one image of a batch, of its outputs or of those that exports give. */
  read(
    outputs: Readonly<Record<string, Float32Array>>,
    slot: number,
    image: { readonly width: number; readonly height: number },
    options: DetectionOptions,
  ): Partial<RawPrediction>;
}

export interface TargetOptions {
  readonly training: boolean;
  /** Boxes of an image at most, crowds not counted. */
  readonly mostBoxes: number;
  /** Features of the head before dropout. */
  readonly pooledFeatures: number;
}
