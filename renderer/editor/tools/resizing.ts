import type { Box } from '../../../electron/common/entities.ts';
import type { Point, Rectangle } from '../../../electron/common/geometry.ts';
import { resize } from '../kernels/boxes.ts';
import { handleCursor, handlePoint } from '../kernels/handles.ts';
import type { Handle } from '../kernels/handles.ts';
import { toImage } from '../kernels/viewport.ts';
import type { Phase, PointerInput, Preview } from '../types.ts';
import type { Editor } from '../editor.ts';

/** A handle's sides follow the pointer; the distance between press and handle is kept, so that nothing jumps. */
export class Resizing implements Phase {
  readonly name = 'resizing';
  readonly #box: Box;
  readonly #handle: Handle;
  readonly #grip: Point;
  #resized: Rectangle;

  constructor(editor: Editor, start: PointerInput, box: Box, handle: Handle) {
    this.#box = box;
    this.#handle = handle;
    const at = toImage(start, editor.viewport);
    const corner = handlePoint(box, handle);
    this.#grip = { x: corner.x - at.x, y: corner.y - at.y };
    this.#resized = box;
  }

  get preview(): Preview {
    return { moved: new Map([[this.#box.id, this.#resized]]) };
  }

  cursor(): string {
    return handleCursor(this.#handle);
  }

  pointerMove(editor: Editor, input: PointerInput): Phase {
    const at = toImage(input, editor.viewport);
    const to = { x: at.x + this.#grip.x, y: at.y + this.#grip.y };
    this.#resized = resize(this.#box, this.#handle, to, editor.document.image);
    return this;
  }

  pointerUp(editor: Editor): Phase {
    const { x, y, width, height } = this.#resized;
    const same =
      x === this.#box.x && y === this.#box.y && width === this.#box.width && height === this.#box.height;
    if (!same) editor.setGeometries(new Map([[this.#box.id, { x, y, width, height }]]));
    return editor.idle();
  }

  cancel(editor: Editor): Phase {
    return editor.idle();
  }
}
