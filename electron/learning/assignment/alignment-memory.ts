import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';

/** Tensors [batch, boxes, anchors] of 32 bits that task-aligned assignment holds at once (measured: 14.6). */
const TENSORS_AT_ONCE = 15;
/** More than this is refused instead of tried. */
const MOST_BYTES = 2_000_000_000;

/**
 * Refuses a run whose task-aligned assignment, which compares each box with each anchor, would take too much memory.
 * @param work boxes of an image at most, images of a batch, anchors of the head
 * @throws TwinheadError `not-trainable` with the largest batch that would do
 */
export function checkAlignmentMemory({
  boxes,
  images,
  anchors,
  inputSize,
  setting,
}: {
  readonly boxes: number;
  readonly images: number;
  readonly anchors: number;
  readonly inputSize: number;
  /** By which a head assigns so. */
  readonly setting: string;
}): void {
  const bytesAnImage = boxes * anchors * 4 * TENSORS_AT_ONCE;
  if (images * bytesAnImage <= MOST_BYTES) return;
  const fitting = Math.floor(MOST_BYTES / bytesAnImage);
  throw new TwinheadError(
    'not-trainable',
    say('training.alignmentMemory', {
      boxes,
      anchors,
      images,
      inputSize: String(inputSize),
      memory: { unit: 'bytes', value: images * bytesAnImage },
    }),
    {
      place: say('settings.place', { setting }),
      remedy:
        fitting > 0
          ? say('training.alignmentMemory.batch', { batch: fitting })
          : say('training.alignmentMemory.input'),
    },
  );
}
