import { rectangleBetween } from '../../../electron/common/geometry.ts';
import type { Point, Rectangle } from '../../../electron/common/geometry.ts';
import { boxesIn } from '../kernels/boxes.ts';
import { toImage } from '../kernels/viewport.ts';
import type { Phase, PointerInput, Preview } from '../types.ts';
import type { Editor } from '../editor.ts';

/** Shift-drag from an empty place: adds every box that the marquee touches to the selection. */
export class Marquee implements Phase {
  readonly name = 'marquee';
  readonly #anchor: Point;
  readonly #before: readonly number[];
  #marquee: Rectangle;

  constructor(editor: Editor, start: PointerInput) {
    this.#anchor = toImage(start, editor.viewport);
    this.#before = [...editor.selection];
    this.#marquee = rectangleBetween(this.#anchor, this.#anchor);
  }

  get preview(): Preview {
    return { marquee: this.#marquee };
  }

  cursor(): string {
    return 'crosshair';
  }

  pointerMove(editor: Editor, input: PointerInput): Phase {
    this.#marquee = rectangleBetween(this.#anchor, toImage(input, editor.viewport));
    editor.select([...this.#before, ...boxesIn(editor.visibleBoxes, this.#marquee).map((b) => b.id)]);
    return this;
  }

  pointerUp(editor: Editor): Phase {
    return editor.idle();
  }

  cancel(editor: Editor): Phase {
    editor.select(this.#before);
    return editor.idle();
  }
}
