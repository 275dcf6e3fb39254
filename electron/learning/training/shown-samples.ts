import type { TrainingEvent } from '../../common/entities.ts';
import type { TrainingConfig } from '../config/schema.ts';
import type { LabelledData } from '../samples/dataset.ts';
import type { EvaluatedSample } from '../heads/types.ts';

type SamplesEvent = Extract<TrainingEvent, { type: 'samples' }>;

const IMAGES = 6;
const BOXES = 12;
/** Times that a run shows them at most, so that its events stay small however many epochs it has. */
const TIMES = 60;

const round = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;

/** Some of the images, far from each other in the order: with boxes if there are such. */
function choose(evaluated: readonly EvaluatedSample[]): EvaluatedSample[] {
  const withBoxes = evaluated.filter(({ sample }) => (sample.boxes?.length ?? 0) > 0);
  const pool = withBoxes.length > 0 ? withBoxes : evaluated;
  const count = Math.min(IMAGES, pool.length);
  return Array.from({ length: count }, (_, index) => pool[Math.floor((index * pool.length) / count)]!);
}

/**
 * What a page shows of a validation while a run trains; null: this epoch is passed over, as most are of a long run.
 * @param evaluated the answers of the validation, in the same order at each epoch
 * @param epoch counted from 1
 */
export function shownSamples(
  evaluated: readonly EvaluatedSample[],
  { imageClasses, objectClasses }: Pick<LabelledData, 'imageClasses' | 'objectClasses'>,
  { epochs, evaluation }: Pick<TrainingConfig, 'epochs' | 'evaluation'>,
  { epoch, step }: { readonly epoch: number; readonly step: number },
): SamplesEvent | null {
  if (evaluated.length === 0) return null;
  if (epoch % Math.ceil(epochs / TIMES) !== 0 && epoch !== epochs && epoch !== 1) return null;
  return {
    type: 'samples',
    epoch,
    step,
    images: choose(evaluated).map(({ sample, prediction }) => {
      const { imageClass, boxes } = prediction;
      const found = boxes.filter(({ score }) => score >= evaluation.minScore);
      const likeliest = imageClass === null ? -1 : imageClass.indexOf(Math.max(...imageClass));
      return {
        imageId: sample.imageId,
        width: sample.width,
        height: sample.height,
        imageClass:
          imageClass === null || likeliest < 0
            ? null
            : { name: imageClasses[likeliest]!.name, score: round(imageClass[likeliest]!, 3) },
        boxes: found.slice(0, BOXES).map(({ x, y, width, height, classIndex, score }) => ({
          x: round(x, 1),
          y: round(y, 1),
          width: Math.max(0.1, round(width, 1)),
          height: Math.max(0.1, round(height, 1)),
          class: objectClasses[classIndex]!.name,
          score: round(score, 3),
        })),
        moreBoxes: Math.max(0, found.length - BOXES),
      };
    }),
  };
}
