import { pan, pinch } from '../kernels/viewport.ts';
import type { ViewState } from '../navigator.ts';
import type { PointerInput } from '../types.ts';
import { NO_PREVIEW } from './phase.ts';
import type { GestureEditor, Phase } from './phase.ts';

/** Two fingers zoom and pan; with one of them lifted the other goes on panning until it is lifted too. */
export class Pinching implements Phase {
  readonly name = 'pinching';
  readonly preview = NO_PREVIEW;
  readonly #fingers: Map<number, PointerInput>;
  #before: ViewState | null = null;

  constructor(first: PointerInput, second: PointerInput) {
    this.#fingers = new Map([first, second].map((finger) => [finger.id, finger]));
  }

  cursor(): string {
    return 'grabbing';
  }

  pointerDown(_editor: GestureEditor, input: PointerInput): Phase {
    this.#fingers.set(input.id, input);
    return this;
  }

  pointerMove(editor: GestureEditor, input: PointerInput): Phase {
    const last = this.#fingers.get(input.id);
    if (!last) return this;
    this.#before ??= editor.view.state;
    const { viewport, pixelRatio } = editor.view;
    const other = [...this.#fingers.values()].find((finger) => finger.id !== input.id);
    editor.view.show(
      other
        ? pinch(viewport, [last, other], [input, other], pixelRatio)
        : pan(viewport, input.x - last.x, input.y - last.y),
    );
    this.#fingers.set(input.id, input);
    return this;
  }

  pointerUp(editor: GestureEditor, input: PointerInput): Phase {
    this.#fingers.delete(input.id);
    return this.#fingers.size === 0 ? editor.idle() : this;
  }

  cancel(editor: GestureEditor): Phase {
    if (this.#before) editor.view.restore(this.#before);
    return editor.idle();
  }
}
