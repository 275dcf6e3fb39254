import type { Box } from '../../../electron/common/entities.ts';
import type { Point, Rectangle } from '../../../electron/common/geometry.ts';
import { kit } from '../../../electron/common/labels/kits.ts';
import type { Handle } from '../../../electron/common/labels/shape.ts';
import { snapPoint } from '../kernels/boxes.ts';
import { handleCursor } from '../kernels/handle-cursor.ts';
import type { PointerInput } from '../types.ts';
import type { GestureEditor, Phase, Preview } from './phase.ts';

/** A handle's sides follow the pointer; the distance between press and handle is kept, so that nothing jumps. */
export class Resizing implements Phase {
  readonly name = 'resizing';
  readonly #box: Box;
  readonly #handle: Handle;
  readonly #grip: Point;
  #resized: Rectangle;

  constructor(editor: GestureEditor, start: PointerInput, box: Box, handle: Handle) {
    this.#box = box;
    this.#handle = handle;
    const at = editor.pointInImage(start);
    const corner = kit.handlePoint(box, handle);
    this.#grip = { x: corner.x - at.x, y: corner.y - at.y };
    this.#resized = box;
  }

  get preview(): Preview {
    return { moved: new Map([[this.#box.id, this.#resized]]) };
  }

  cursor(): string {
    return handleCursor(this.#handle);
  }

  pointerMove(editor: GestureEditor, input: PointerInput): Phase {
    const at = editor.pointInImage(input);
    const { image } = editor.document;
    const to = { x: at.x + this.#grip.x, y: at.y + this.#grip.y };
    const snapped = snapPoint(to, image, editor.snapDistance(input));
    this.#resized = kit.resize(this.#box, this.#handle, snapped, image);
    return this;
  }

  pointerUp(editor: GestureEditor): Phase {
    if (!kit.equals(this.#resized, this.#box))
      editor.edits.setGeometries(new Map([[this.#box.id, this.#resized]]));
    return editor.idle();
  }

  cancel(editor: GestureEditor): Phase {
    return editor.idle();
  }

  isStillPossible(editor: GestureEditor): boolean {
    const now = editor.box(this.#box.id);
    return now !== undefined && kit.equals(now, this.#box);
  }
}
