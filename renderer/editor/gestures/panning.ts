import type { ViewState } from '../navigator.ts';
import { NO_PREVIEW } from '../types.ts';
import type { Phase, PointerInput } from '../types.ts';
import type { Editor } from '../editor.ts';

/** The image follows the pointer: middle button, or Space held. */
export class Panning implements Phase {
  readonly name = 'panning';
  readonly preview = NO_PREVIEW;
  #last: PointerInput;
  #before: ViewState | null = null;

  constructor(start: PointerInput) {
    this.#last = start;
  }

  cursor(): string {
    return 'grabbing';
  }

  pointerMove(editor: Editor, input: PointerInput): Phase {
    this.#before ??= editor.view.state;
    editor.panUsed = true;
    editor.view.pan(input.x - this.#last.x, input.y - this.#last.y);
    this.#last = input;
    return this;
  }

  pointerUp(editor: Editor): Phase {
    return editor.idle();
  }

  cancel(editor: Editor): Phase {
    if (this.#before) editor.view.restore(this.#before);
    return editor.idle();
  }
}
