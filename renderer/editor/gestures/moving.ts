import { clampTranslation } from '../../../electron/common/geometry.ts';
import type { Point, Rectangle, Size } from '../../../electron/common/geometry.ts';
import { kit } from '../../../electron/common/labels/kits.ts';
import { snapTranslation } from '../kernels/boxes.ts';
import type { PointerInput } from '../types.ts';
import type { GestureEditor, Phase, Preview } from './phase.ts';

/** The selected boxes follow the pointer and stay inside the image. */
export class Moving implements Phase {
  readonly name = 'moving';
  readonly #anchor: Point;
  readonly #selectedBefore: readonly number[];
  readonly #originals: ReadonlyMap<number, Rectangle>;
  readonly #image: Size;
  #by: Point = { x: 0, y: 0 };

  constructor(editor: GestureEditor, start: PointerInput, selectedBefore: readonly number[]) {
    this.#anchor = editor.pointInImage(start);
    this.#image = editor.document.image;
    this.#selectedBefore = selectedBefore;
    this.#originals = new Map(
      [...editor.sight.reachable].filter((b) => editor.selection.has(b.id)).map((b) => [b.id, b]),
    );
  }

  get preview(): Preview {
    return {
      moved: new Map([...this.#originals].map(([id, r]) => [id, kit.move(r, this.#by, this.#image)])),
    };
  }

  cursor(): string {
    return 'move';
  }

  pointerMove(editor: GestureEditor, input: PointerInput): Phase {
    const at = editor.pointInImage(input);
    const originals = [...this.#originals.values()].map((shape) => kit.bounds(shape));
    const wanted = { x: at.x - this.#anchor.x, y: at.y - this.#anchor.y };
    const snapped = snapTranslation(originals, wanted, this.#image, editor.snapDistance(input));
    this.#by = clampTranslation(originals, snapped.x, snapped.y, this.#image);
    return this;
  }

  pointerUp(editor: GestureEditor): Phase {
    if (this.#by.x !== 0 || this.#by.y !== 0) editor.edits.setGeometries(this.preview.moved ?? new Map());
    return editor.idle();
  }

  cancel(editor: GestureEditor): Phase {
    editor.select(this.#selectedBefore);
    return editor.idle();
  }

  isStillPossible(editor: GestureEditor): boolean {
    return [...this.#originals].every(([id, r]) => {
      const now = editor.box(id);
      return now !== undefined && kit.equals(now, r);
    });
  }
}
