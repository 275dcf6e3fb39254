import type { Split } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { letterbox, toNetwork } from '../../common/geometry.ts';
import type { Rectangle } from '../../common/geometry.ts';
import { countOutbid } from '../assignment/aligned-truths.ts';
import { checkAlignmentMemory } from '../assignment/alignment-memory.ts';
import { countUnreachable } from '../assignment/assign.ts';
import type { NetworkBox } from '../assignment/assign.ts';
import type { TrainingConfig } from '../config/config.ts';
import { makeGrid } from '../heads/dense.ts';
import type { Grid } from '../heads/dense.ts';
import { networks } from '../networks/index.ts';

export interface NamedClass {
  readonly id: number;
  readonly name: string;
}

/** A labelled box in pixels of the oriented image. */
export interface LabelledBox extends Rectangle {
  /** Place in `objectClasses`. */
  readonly classIndex: number;
  readonly crowd?: boolean | undefined;
}

export interface TrainingSample {
  /** Place in the pixel file. */
  readonly row: number;
  readonly imageId: number;
  readonly split: Split;
  /** Of the oriented image, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Place in `imageClasses`; null: the image has no class. */
  readonly imageClass: number | null;
  /** Of an image with several classes the others. */
  readonly furtherClasses?: readonly number[] | undefined;
  /** null: nobody has labelled boxes on this image; []: there are none on it. */
  readonly boxes: readonly LabelledBox[] | null;
}

/** What a project knows, without its pixels. */
export interface LabelledData {
  readonly imageClasses: readonly NamedClass[];
  readonly objectClasses: readonly NamedClass[];
  readonly samples: readonly TrainingSample[];
}

export interface TrainingDataset extends LabelledData {
  /** Bytes [count, inputSize, inputSize, 3], letterboxed; a sample's place is its `row`. */
  readonly pixelFile: string;
  readonly inputSize: number;
}

/** Where the image of a sample lies in the network's input, without its padding: in pixels of the input. */
export function networkContent(
  sample: TrainingSample,
  inputSize: number,
): { x1: number; y1: number; x2: number; y2: number } {
  const { padLeft, padTop, contentWidth, contentHeight } = letterbox(sample, inputSize);
  return { x1: padLeft, y1: padTop, x2: padLeft + contentWidth, y2: padTop + contentHeight };
}

/** All classes of an image, or null where it has none: then nobody has said what it is. */
export const imageClassesOf = ({
  imageClass,
  furtherClasses = [],
}: Pick<TrainingSample, 'imageClass' | 'furtherClasses'>): readonly number[] | null =>
  imageClass === null ? null : [imageClass, ...furtherClasses];

/** The boxes of a sample in pixels of the network's input. */
export function networkBoxes(sample: TrainingSample, inputSize: number): NetworkBox[] {
  const fit = letterbox(sample, inputSize);
  return (sample.boxes ?? []).map((box) => {
    const { x, y, width, height } = toNetwork(box, fit);
    const { classIndex, crowd = false } = box;
    return { x1: x, y1: y, x2: x + width, y2: y + height, classIndex, crowd };
  });
}

/** What a configuration is proposed from. */
export interface DatasetSummary {
  readonly trainImages: number;
  readonly imageClasses: number;
  /** Whether an image has more than one of them. */
  readonly severalClasses: boolean;
  readonly objectClasses: number;
  /** Of labelled images. */
  readonly mostBoxes: number;
  readonly meanBoxes: number;
  /** Longer side of an image, median, in pixels. */
  readonly imageSide: number;
  /**
   * √(width · height) of boxes over the longer side of their image: the tenth percentile of the class whose boxes are
   * the smallest, which may be a rare one; null without boxes.
   */
  readonly smallBox: number | null;
}

const quantile = (sorted: readonly number[], share: number): number | null =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;

/** Of fewer boxes of a class nothing is concluded: one slip of the hand would count. */
const TELLING_BOXES = 10;

function smallBoxOf(byClass: readonly number[][], all: number[]): number | null {
  const telling = byClass.filter(({ length }) => length >= TELLING_BOXES);
  const tenths = (telling.length > 0 ? telling : [all]).flatMap(
    (sizes) =>
      quantile(
        sizes.toSorted((a, b) => a - b),
        0.1,
      ) ?? [],
  );
  return tenths.length === 0 ? null : Math.min(...tenths);
}

/** Sums up the labelled data of a project for {@link proposeConfig}. */
export function summarizeData({ imageClasses, objectClasses, samples }: LabelledData): DatasetSummary {
  const sizes: number[] = [];
  const byClass = new Map<number, number[]>();
  let boxed = 0;
  let mostBoxes = 0;
  for (const { boxes, width, height } of samples) {
    if (boxes === null) continue;
    boxed++;
    mostBoxes = Math.max(mostBoxes, boxes.length);
    for (const box of boxes) {
      const size = Math.sqrt(box.width * box.height) / Math.max(width, height);
      sizes.push(size);
      const ofClass = byClass.get(box.classIndex);
      if (ofClass === undefined) byClass.set(box.classIndex, [size]);
      else ofClass.push(size);
    }
  }
  const sides = samples.map(({ width, height }) => Math.max(width, height)).sort((a, b) => a - b);
  const classed = samples.some(({ imageClass }) => imageClass !== null);
  return {
    trainImages: samples.filter(({ split }) => split === 'train').length,
    imageClasses: classed ? imageClasses.length : 0,
    severalClasses: samples.some(hasSeveralClasses),
    objectClasses: sizes.length > 0 ? objectClasses.length : 0,
    mostBoxes,
    meanBoxes: boxed === 0 ? 0 : sizes.length / boxed,
    imageSide: quantile(sides, 0.5) ?? 0,
    smallBox: smallBoxOf([...byClass.values()], sizes),
  };
}

const hasSeveralClasses = (sample: TrainingSample): boolean => (imageClassesOf(sample)?.length ?? 0) > 1;

function refuse(message: string, remedy: string): never {
  throw new TwinheadError('not-trainable', message, { remedy });
}

/** Which heads there is something to learn for: two image classes, or one object class. */
export function learnableHeads(
  data: LabelledData,
  config: TrainingConfig,
): { image: boolean; boxes: boolean } {
  const train = data.samples.filter(({ split }) => split === 'train');
  const classes = new Set(train.flatMap((sample) => imageClassesOf(sample) ?? []));
  return {
    image: config.weights.imageClass > 0 && classes.size > 1,
    boxes: config.weights.boxes > 0 && train.some(({ boxes }) => (boxes?.length ?? 0) > 0),
  };
}

/**
 * Whether a training on this data can teach anything.
 * @returns what is doubtful but can be trained, in full sentences.
 * @throws TwinheadError `not-trainable` with the remedy.
 */
export function checkTrainable(data: LabelledData, config: TrainingConfig): { warnings: string[] } {
  const { samples, imageClasses, objectClasses } = data;
  if (samples.length === 0) refuse('The project has no images to train on.', 'Add images and label them.');
  const labelled = ({ imageClass, boxes }: TrainingSample) => imageClass !== null || boxes !== null;
  if (!samples.some(labelled)) {
    refuse('No image has a label.', 'Give images a class, or draw boxes on them.');
  }
  if (samples.filter(labelled).length < 2) {
    refuse(
      'Only one image is labelled: there is one to learn from, but none to judge by.',
      'Label more images; some fifty are a start.',
    );
  }
  const splits = 'Assign splits (Dataset → Splits), for example 70 % train, 15 % validation, 15 % test.';
  const train = samples.filter((sample) => sample.split === 'train' && labelled(sample));
  const validation = samples.filter((sample) => sample.split === 'val' && labelled(sample));
  if (train.length === 0) refuse('No labelled image is in the training split.', splits);
  if (validation.length === 0) {
    refuse('No labelled image is in the validation split, so nothing would tell when to stop.', splits);
  }
  const heads = learnableHeads(data, config);
  if (!heads.image && !heads.boxes) explainNothingToLearn(train, data, config);
  const warnings: string[] = [];
  if (!heads.image && config.weights.imageClass > 0 && imageClasses.length > 0) {
    warnings.push(
      'The training images have fewer than two image classes: the image-class head is not trained.',
    );
  }
  if (!heads.boxes && config.weights.boxes > 0 && objectClasses.length > 0) {
    warnings.push('No training image has a box: the box head is not trained.');
  }
  if (heads.image) {
    refuseSeveral(samples, config);
    warnings.push(...rareClasses(train, imageClasses));
  }
  if (heads.boxes) {
    checkAlignmentMemory([...train, ...validation], config, gridOf(config).count);
    warnings.push(...boxWarnings(train, data, config));
  }
  return { warnings };
}

/** What is trained to give one class can't learn from images that have several. */
function refuseSeveral(samples: readonly TrainingSample[], { imageHead }: TrainingConfig): void {
  const several = samples.filter(hasSeveralClasses).length;
  if (imageHead.classes === 'several' || several === 0) return;
  refuse(
    `${several} ${several === 1 ? 'image has' : 'images have'} several classes, but imageHead.classes is one.`,
    'Set imageHead.classes to several, or leave each image one class.',
  );
}

function explainNothingToLearn(
  train: readonly TrainingSample[],
  { imageClasses }: LabelledData,
  { weights }: TrainingConfig,
): never {
  if (weights.imageClass === 0 && weights.boxes === 0) {
    refuse('Both heads have the weight 0.', 'Set weights.imageClass or weights.boxes above 0.');
  }
  const only = train.find(({ imageClass }) => imageClass !== null)?.imageClass;
  if (only !== undefined && only !== null && weights.imageClass > 0) {
    const name = imageClasses[only]?.name ?? 'one class';
    refuse(
      `Every training image has the class "${name}" and none has a box: there is nothing to tell apart.`,
      'Label images of at least two classes, or draw boxes.',
    );
  }
  refuse(
    'The training images have no label that the chosen heads can learn.',
    'Label images of at least two classes, draw boxes, or set the weight of the other head above 0.',
  );
}

/** With fewer examples than this, what is learned of a class is mostly these examples. */
const FEW_EXAMPLES = 5;
/** What can be done about few examples. */
const MORE_OF_IT = 'Label more, merge it with another class, or have its images repeated (sampling.balance).';
const MORE_OF_THEM = 'Label more, merge classes, or have their images repeated (sampling.balance).';
/** Classes that a warning names one by one. */
const NAMED_CLASSES = 3;

function rareClasses(train: readonly TrainingSample[], classes: readonly NamedClass[]): string[] {
  const counts = new Array<number>(classes.length).fill(0);
  for (const sample of train) for (const place of imageClassesOf(sample) ?? []) counts[place]!++;
  return exampleWarnings(classes, counts, {
    none: (name) => `No training image has the class ${name}: it cannot be learned.`,
    noneOfMany: (count, names) => `${count} classes have no training image and cannot be learned: ${names}.`,
    few: (name, count) =>
      `The class ${name} has only ${count} training ${count === 1 ? 'image' : 'images'}: expect little of it. ${MORE_OF_IT}`,
    fewOfMany: (count, names) =>
      `${count} classes have fewer than ${FEW_EXAMPLES} training images; expect little of them: ${names}. ${MORE_OF_THEM}`,
  });
}

/** What a head will hardly or not at all learn for lack of examples; many classes are one sentence. */
function exampleWarnings(
  classes: readonly NamedClass[],
  counts: readonly number[],
  words: {
    readonly none: (name: string) => string;
    readonly noneOfMany: (count: number, names: string) => string;
    readonly few: (name: string, count: number) => string;
    readonly fewOfMany: (count: number, names: string) => string;
  },
): string[] {
  const of = (condition: (count: number) => boolean) =>
    classes.flatMap(({ name }, place) =>
      condition(counts[place]!) ? [{ name: `"${name}"`, count: counts[place]! }] : [],
    );
  const listed = (some: readonly { readonly name: string }[]): string => {
    const names = some.slice(0, NAMED_CLASSES).map(({ name }) => name);
    return `${names.join(', ')} and ${some.length - names.length} more`;
  };
  const none = of((count) => count === 0);
  const few = of((count) => count > 0 && count < FEW_EXAMPLES);
  return [
    ...(none.length <= NAMED_CLASSES
      ? none.map(({ name }) => words.none(name))
      : [words.noneOfMany(none.length, listed(none))]),
    ...(few.length <= NAMED_CLASSES
      ? few.map(({ name, count }) => words.few(name, count))
      : [words.fewOfMany(few.length, listed(few))]),
  ];
}

const gridOf = ({ inputSize, network }: TrainingConfig): Grid =>
  makeGrid(inputSize, networks[network].strides);

function boxWarnings(
  train: readonly TrainingSample[],
  { objectClasses }: LabelledData,
  config: TrainingConfig,
): string[] {
  const warnings: string[] = [];
  const counts = new Array<number>(objectClasses.length).fill(0);
  const grid = gridOf(config);
  const finest = networks[config.network].strides[0]!;
  let small = 0;
  let unreachable = 0;
  let tiny = 0;
  let total = 0;
  let tooMany = 0;
  for (const sample of train) {
    const boxes = networkBoxes(sample, config.inputSize);
    if (boxes.length > config.slots.count) tooMany++;
    const smallHere = boxes.filter(({ x1, y1, x2, y2 }) => Math.max(x2 - x1, y2 - y1) < finest).length;
    small += smallHere;
    if (config.boxHead === 'dense' && smallHere > 0) {
      unreachable +=
        config.dense.assignment === 'atss'
          ? countUnreachable(grid, boxes, config.dense)
          : countOutbid(grid, boxes);
    }
    for (const { classIndex, x1, y1, x2, y2 } of boxes) {
      counts[classIndex]!++;
      total++;
      if (Math.max(x2 - x1, y2 - y1) < 4) tiny++;
    }
  }
  warnings.push(
    ...exampleWarnings(objectClasses, counts, {
      none: (name) => `The class ${name} has no box in the training images: it cannot be learned.`,
      noneOfMany: (count, names) =>
        `${count} classes have no box in the training images and cannot be learned: ${names}.`,
      few: (name, count) =>
        `The class ${name} has only ${count} ${count === 1 ? 'box' : 'boxes'} in the training images: expect little of it. ${MORE_OF_IT}`,
      fewOfMany: (count, names) =>
        `${count} classes have fewer than ${FEW_EXAMPLES} boxes in the training images; expect little of them: ${names}. ${MORE_OF_THEM}`,
    }),
  );
  if (unreachable > 0) {
    warnings.push(
      `${small} of ${total} boxes are smaller than ${finest} pixels, the finest stride, at input size ` +
        `${config.inputSize}; ${unreachable} boxes are unreachable: a neighbour has their only place. A larger inputSize helps.`,
    );
  }
  if (tiny > 0) {
    warnings.push(
      `${tiny} of ${total} boxes are under 4 pixels at input size ${config.inputSize}: they will hardly be found. ` +
        'A larger inputSize helps.',
    );
  }
  if (config.boxHead === 'slots' && tooMany > 0) {
    warnings.push(
      `${tooMany} training images have more boxes than the ${config.slots.count} slots: the rest is not learned. ` +
        'Raise slots.count, or use the dense head.',
    );
  }
  return warnings;
}
