import { rectangleBetween } from '../../../electron/common/geometry.ts';
import type { Point, Rectangle } from '../../../electron/common/geometry.ts';
import { kit } from '../../../electron/common/labels/kits.ts';
import type { PointerInput } from '../types.ts';
import type { GestureEditor, Phase, Preview } from './phase.ts';

/** A new box between the point of the press and the pointer, both held inside the image. */
export class Drawing implements Phase {
  readonly name = 'drawing';
  readonly #anchor: Point;
  #draft: Rectangle;

  constructor(editor: GestureEditor, start: PointerInput) {
    this.#anchor = editor.cornerInImage(start);
    this.#draft = rectangleBetween(this.#anchor, this.#anchor);
  }

  get preview(): Preview {
    return { draft: this.#draft };
  }

  cursor(): string {
    return 'crosshair';
  }

  pointerMove(editor: GestureEditor, input: PointerInput): Phase {
    this.#draft = rectangleBetween(this.#anchor, editor.cornerInImage(input));
    return this;
  }

  pointerUp(editor: GestureEditor): Phase {
    if (kit.largeEnough(this.#draft)) editor.addDrawn(this.#draft);
    return editor.idle();
  }

  cancel(editor: GestureEditor): Phase {
    return editor.idle();
  }
}
