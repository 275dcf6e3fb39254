import type { Box } from '../../../electron/common/entities.ts';
import { clipToImage } from '../../../electron/common/geometry.ts';
import type { Rectangle, Size } from '../../../electron/common/geometry.ts';
import { clampTranslation, largeEnough, translate } from './boxes.ts';

/** A box without identity: what the clipboard holds. */
export type CopiedBox = Omit<Box, 'id'>;

/** Where a pasted or duplicated box lies from its original, in image pixels. */
const PASTE_OFFSET = 8;

function geometry(r: Rectangle): Rectangle {
  return { x: r.x, y: r.y, width: r.width, height: r.height };
}

/** A person's copy of a box, whoever made the original. */
export function copyOf(box: CopiedBox): CopiedBox {
  return {
    ...geometry(box),
    classId: box.classId,
    source: 'person',
    score: null,
    attributes: box.attributes,
  };
}

/** A person's box. */
export function newBox(r: Rectangle, classId: number): CopiedBox {
  return { ...geometry(r), classId, source: 'person', score: null, attributes: {} };
}

/** Boxes of another image at the same pixels, as far as they lie inside this one. */
export function copiesInside(boxes: readonly CopiedBox[], image: Size): CopiedBox[] {
  return boxes.flatMap((b) => {
    const inside = clipToImage(b, image);
    return inside && largeEnough(inside) ? [{ ...copyOf(b), ...geometry(inside) }] : [];
  });
}

/** Copies at the same place, or, where one of `present` lies just there already, a little beside it. */
export function copiesBeside(
  boxes: readonly CopiedBox[],
  present: readonly Rectangle[],
  image: Size,
): CopiedBox[] {
  const taken = boxes.some((b) =>
    present.some((o) => o.x === b.x && o.y === b.y && o.width === b.width && o.height === b.height),
  );
  if (!taken) return copiesInside(boxes, image);
  const forward = clampTranslation(boxes, PASTE_OFFSET, PASTE_OFFSET, image);
  // In the lower right corner there is room on the other side only.
  const by =
    forward.x === 0 && forward.y === 0
      ? clampTranslation(boxes, -PASTE_OFFSET, -PASTE_OFFSET, image)
      : forward;
  return copiesInside(
    boxes.map((b) => ({ ...copyOf(b), ...translate(b, by, image) })),
    image,
  );
}
