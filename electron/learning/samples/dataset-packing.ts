import { SPLITS } from '../../common/entities.ts';
import type { LabelledBox, TrainingDataset, TrainingSample } from './dataset.ts';

/**
 * A data set as two blocks of numbers. Handing a million boxes to a worker as objects would hold up the main thread
 * for seconds, for each is cloned; blocks are moved.
 */
export interface PackedDataset extends Omit<TrainingDataset, 'samples'> {
  /** Seven numbers a sample: row, image id, split, width, height, image class or -1, count of boxes or -1. */
  readonly samples: Float64Array<ArrayBuffer>;
  /** Six numbers a box, sample by sample: x, y, width, height, class, 1 for a crowd. */
  readonly boxes: Float64Array<ArrayBuffer>;
  /** By index of the sample, of the few that have any. */
  readonly furtherClasses: ReadonlyMap<number, readonly number[]>;
}

const SAMPLE_NUMBERS = 7;
const BOX_NUMBERS = 6;

export function packDataset({ samples, ...rest }: TrainingDataset): PackedDataset {
  const count = samples.reduce((sum, { boxes }) => sum + (boxes?.length ?? 0), 0);
  const packedSamples = new Float64Array(samples.length * SAMPLE_NUMBERS);
  const packedBoxes = new Float64Array(count * BOX_NUMBERS);
  const furtherClasses = new Map<number, readonly number[]>();
  samples.forEach(({ furtherClasses: others = [] }, index) => {
    if (others.length > 0) furtherClasses.set(index, others);
  });
  let sampleAt = 0;
  let boxAt = 0;
  // One number after the other: arrays in between would cost more than all the rest.
  for (const { row, imageId, split, width, height, imageClass, boxes } of samples) {
    packedSamples[sampleAt++] = row;
    packedSamples[sampleAt++] = imageId;
    packedSamples[sampleAt++] = SPLITS.indexOf(split);
    packedSamples[sampleAt++] = width;
    packedSamples[sampleAt++] = height;
    packedSamples[sampleAt++] = imageClass ?? -1;
    packedSamples[sampleAt++] = boxes?.length ?? -1;
    if (boxes === null) continue;
    for (const box of boxes) {
      packedBoxes[boxAt++] = box.x;
      packedBoxes[boxAt++] = box.y;
      packedBoxes[boxAt++] = box.width;
      packedBoxes[boxAt++] = box.height;
      packedBoxes[boxAt++] = box.classIndex;
      packedBoxes[boxAt++] = box.crowd === true ? 1 : 0;
    }
  }
  return { ...rest, samples: packedSamples, boxes: packedBoxes, furtherClasses };
}

/** The blocks of a packed data set that a worker takes over: they are gone here afterwards. */
export function blocksOf({ samples, boxes }: PackedDataset): ArrayBuffer[] {
  return [samples.buffer, boxes.buffer];
}

export function unpackDataset({ samples, boxes, furtherClasses, ...rest }: PackedDataset): TrainingDataset {
  let sampleAt = 0;
  let boxAt = 0;
  const nextNumber = (): number => samples[sampleAt++]!;
  const nextBox = (): LabelledBox => ({
    x: boxes[boxAt++]!,
    y: boxes[boxAt++]!,
    width: boxes[boxAt++]!,
    height: boxes[boxAt++]!,
    classIndex: boxes[boxAt++]!,
    crowd: boxes[boxAt++]! === 1,
  });
  const nextSample = (_: unknown, index: number): TrainingSample => {
    const row = nextNumber();
    const imageId = nextNumber();
    const split = SPLITS[nextNumber()]!;
    const width = nextNumber();
    const height = nextNumber();
    const imageClass = nextNumber();
    const count = nextNumber();
    return {
      row,
      imageId,
      split,
      width,
      height,
      imageClass: imageClass < 0 ? null : imageClass,
      furtherClasses: furtherClasses.get(index),
      boxes: count < 0 ? null : Array.from({ length: count }, nextBox),
    };
  };
  return { ...rest, samples: Array.from({ length: samples.length / SAMPLE_NUMBERS }, nextSample) };
}
