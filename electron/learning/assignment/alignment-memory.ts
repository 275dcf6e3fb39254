import { TwinheadError } from '../../common/errors.ts';
import { mostBoxes } from './box-targets.ts';
import type { TrainingConfig } from '../config/config.ts';
import type { TrainingSample } from '../data/dataset.ts';
import { mostShown } from '../data/mosaic.ts';

/** Tensors [batch, boxes, places] of 32 bits that task-aligned assignment holds at once (measured: 14.6). */
const TENSORS_AT_ONCE = 15;
/** More than this is refused instead of tried. */
const MOST_BYTES = 2_000_000_000;

/**
 * Refuses a run whose task-aligned assignment, which compares each box with each place, would take too much memory.
 * @param samples that are trained on or judged by
 * @param places of the dense head
 * @throws TwinheadError `not-trainable` with the largest batch that would do
 */
export function checkAlignmentMemory(
  samples: readonly TrainingSample[],
  config: TrainingConfig,
  places: number,
): void {
  const { batch, inputSize, dense, boxHead } = config;
  if (boxHead !== 'dense' || dense.assignment !== 'taskAligned') return;
  const most = mostShown(config, mostBoxes(samples.map(({ boxes }) => boxes)));
  const bytesAnImage = most * places * 4 * TENSORS_AT_ONCE;
  const images = Math.min(batch, samples.length);
  if (images * bytesAnImage <= MOST_BYTES) return;
  const fitting = Math.floor(MOST_BYTES / bytesAnImage);
  const gigabytes = ((images * bytesAnImage) / 1e9).toFixed(1);
  throw new TwinheadError(
    'not-trainable',
    `dense.assignment taskAligned compares up to ${most} boxes with ${places} places in each of ${images} images at ` +
      `input size ${inputSize}: that takes ${gigabytes} GB.`,
    {
      place: 'setting dense.assignment',
      remedy:
        fitting > 0
          ? `Set batch to ${fitting} or less, or dense.assignment to atss.`
          : 'Set dense.assignment to atss, or a smaller inputSize.',
    },
  );
}
