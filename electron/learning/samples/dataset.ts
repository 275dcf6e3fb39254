import type { Split } from '../../common/entities.ts';
import { letterbox, toNetwork } from '../../common/geometry.ts';
import type { Rectangle } from '../../common/geometry.ts';
import type { NetworkBox } from './network-box.ts';

export interface NamedClass {
  readonly id: number;
  readonly name: string;
}

/** A labelled box in pixels of the oriented image. */
export interface LabelledBox extends Rectangle {
  /** Index in `objectClasses`. */
  readonly classIndex: number;
  readonly crowd?: boolean | undefined;
}

export interface TrainingSample {
  /** Index in the pixel file. */
  readonly row: number;
  readonly imageId: number;
  readonly split: Split;
  /** Width of the oriented image, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Index in `imageClasses`; null: the image has no class. */
  readonly imageClass: number | null;
  /** Other classes of an image that has several. */
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
  /** Bytes [count, inputSize, inputSize, 3], letterboxed; a sample's index is its `row`. */
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
  /** Most boxes of a labelled image. */
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

/** Fewest boxes of a class from which anything is concluded: among fewer one slip of the hand would count. */
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
