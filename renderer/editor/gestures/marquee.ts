import { rectangleBetween } from '../../../electron/common/geometry.ts';
import type { Point, Rectangle } from '../../../electron/common/geometry.ts';
import { boxesIn } from '../kernels/boxes.ts';
import { toImage } from '../kernels/viewport.ts';
import type { PointerInput } from '../types.ts';
import type { GestureEditor, Phase, Preview } from './phase.ts';

/** Shift-drag from an empty spot, or a drag after holding a finger still: adds every box that the marquee touches to the selection. */
export class Marquee implements Phase {
  readonly name = 'marquee';
  readonly #anchor: Point;
  readonly #before: readonly number[];
  #marquee: Rectangle;

  /** `before`: what was selected when the gesture began. */
  constructor(editor: GestureEditor, start: PointerInput, before: readonly number[] = [...editor.selection]) {
    this.#anchor = toImage(start, editor.view.viewport);
    this.#before = before;
    this.#marquee = rectangleBetween(this.#anchor, this.#anchor);
  }

  get preview(): Preview {
    return { marquee: this.#marquee };
  }

  cursor(): string {
    return 'crosshair';
  }

  pointerMove(editor: GestureEditor, input: PointerInput): Phase {
    this.#marquee = rectangleBetween(this.#anchor, toImage(input, editor.view.viewport));
    editor.select([...this.#before, ...boxesIn(editor.sight.reachable, this.#marquee).map((b) => b.id)]);
    return this;
  }

  pointerUp(editor: GestureEditor): Phase {
    return editor.idle();
  }

  cancel(editor: GestureEditor): Phase {
    editor.select(this.#before);
    return editor.idle();
  }
}
