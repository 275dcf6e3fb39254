import { TwinheadError } from '../../common/errors.ts';

/** Tensors [batch, boxes, anchors] of 32 bits that task-aligned assignment holds at once (measured: 14.6). */
const TENSORS_AT_ONCE = 15;
/** More than this is refused instead of tried. */
const MOST_BYTES = 2_000_000_000;

/**
 * Refuses a run whose task-aligned assignment, which compares each box with each anchor, would take too much memory.
 * @param work boxes of an image at most, images of a batch, anchors of the dense head
 * @throws TwinheadError `not-trainable` with the largest batch that would do
 */
export function checkAlignmentMemory({
  boxes,
  images,
  anchors,
  inputSize,
}: {
  readonly boxes: number;
  readonly images: number;
  readonly anchors: number;
  readonly inputSize: number;
}): void {
  const bytesAnImage = boxes * anchors * 4 * TENSORS_AT_ONCE;
  if (images * bytesAnImage <= MOST_BYTES) return;
  const fitting = Math.floor(MOST_BYTES / bytesAnImage);
  const gigabytes = ((images * bytesAnImage) / 1e9).toFixed(1);
  throw new TwinheadError(
    'not-trainable',
    `dense.assignment taskAligned compares up to ${boxes} boxes with ${anchors} places in each of ${images} images at ` +
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
