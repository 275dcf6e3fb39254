import type { Box } from '../../../electron/common/entities.ts';
import { clampTranslation } from '../../../electron/common/geometry.ts';
import type { Size } from '../../../electron/common/geometry.ts';
import { BoxFields, DRAWN } from '../../../electron/common/labels/box-fields.ts';
import { kit } from '../../../electron/common/labels/kits.ts';
import type { Shape } from '../../../electron/common/labels/shape.ts';

/** A box without identity: what the clipboard holds. */
export type CopiedBox = Omit<Box, 'id'>;

/** Where a pasted or duplicated box lies from its original, in image pixels. */
const PASTE_OFFSET = 8;

/** A person's copy of a box, whoever made the original. */
export function copyOf(box: CopiedBox): CopiedBox {
  const { source, score } = DRAWN;
  return { ...newBox(box, box.classId), ...BoxFields.parse(box), source, score };
}

/** A person's box. */
export function newBox(r: Shape, classId: number): CopiedBox {
  return { ...kit.encode(r), classId, ...DRAWN };
}

/** Boxes of another image at the same pixels, as far as they lie inside this one. */
export function copiesInside(boxes: readonly CopiedBox[], image: Size): CopiedBox[] {
  return boxes.flatMap((b) => {
    const inside = kit.clip(b, image);
    return inside ? [{ ...copyOf(b), ...inside }] : [];
  });
}

/** Copies at the same position, or, where one of `present` lies just there already, a little beside it. */
export function copiesBeside(
  boxes: readonly CopiedBox[],
  present: readonly Shape[],
  image: Size,
): CopiedBox[] {
  const taken = boxes.some((b) => present.some((o) => kit.equals(o, b)));
  if (!taken) return copiesInside(boxes, image);
  const forward = clampTranslation(
    boxes.map((b) => kit.bounds(b)),
    PASTE_OFFSET,
    PASTE_OFFSET,
    image,
  );
  // In the lower right corner there is room on the other side only.
  const by =
    forward.x === 0 && forward.y === 0
      ? clampTranslation(
          boxes.map((b) => kit.bounds(b)),
          -PASTE_OFFSET,
          -PASTE_OFFSET,
          image,
        )
      : forward;
  return copiesInside(
    boxes.map((b) => ({ ...copyOf(b), ...kit.move(b, by, image) })),
    image,
  );
}
