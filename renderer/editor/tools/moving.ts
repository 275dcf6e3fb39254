import type { Point, Rectangle } from '../../../electron/common/geometry.ts';
import { clampTranslation, translate } from '../kernels/boxes.ts';
import { toImage } from '../kernels/viewport.ts';
import type { Phase, PointerInput, Preview } from '../types.ts';
import type { Editor } from '../editor.ts';

/** The selected boxes follow the pointer and stay inside the image. */
export class Moving implements Phase {
  readonly name = 'moving';
  readonly #anchor: Point;
  readonly #selectedBefore: readonly number[];
  readonly #originals: ReadonlyMap<number, Rectangle>;
  #by: Point = { x: 0, y: 0 };

  constructor(editor: Editor, start: PointerInput, selectedBefore: readonly number[]) {
    this.#anchor = toImage(start, editor.viewport);
    this.#selectedBefore = selectedBefore;
    this.#originals = new Map(editor.selectedBoxes.map((b) => [b.id, b]));
  }

  get preview(): Preview {
    return { moved: new Map([...this.#originals].map(([id, r]) => [id, translate(r, this.#by)])) };
  }

  cursor(): string {
    return 'move';
  }

  pointerMove(editor: Editor, input: PointerInput): Phase {
    const at = toImage(input, editor.viewport);
    this.#by = clampTranslation(
      [...this.#originals.values()],
      at.x - this.#anchor.x,
      at.y - this.#anchor.y,
      editor.document.image,
    );
    return this;
  }

  pointerUp(editor: Editor): Phase {
    if (this.#by.x !== 0 || this.#by.y !== 0) editor.setGeometries(this.preview.moved ?? new Map());
    return editor.idle();
  }

  cancel(editor: Editor): Phase {
    editor.select(this.#selectedBefore);
    return editor.idle();
  }
}
