import { pan } from '../kernels/viewport.ts';
import type { Viewport } from '../kernels/viewport.ts';
import { NO_PREVIEW } from '../types.ts';
import type { Phase, PointerInput } from '../types.ts';
import type { Editor } from '../editor.ts';

/** The image follows the pointer: middle button, or Space held. */
export class Panning implements Phase {
  readonly name = 'panning';
  readonly preview = NO_PREVIEW;
  #last: PointerInput;
  #before: Viewport | null = null;

  constructor(start: PointerInput) {
    this.#last = start;
  }

  cursor(): string {
    return 'grabbing';
  }

  pointerMove(editor: Editor, input: PointerInput): Phase {
    this.#before ??= editor.viewport;
    editor.panUsed = true;
    editor.setViewport(pan(editor.viewport, input.x - this.#last.x, input.y - this.#last.y));
    this.#last = input;
    return this;
  }

  pointerUp(editor: Editor): Phase {
    return editor.idle();
  }

  cancel(editor: Editor): Phase {
    if (this.#before) editor.setViewport(this.#before);
    return editor.idle();
  }
}
