import type { ViewState } from '../navigator.ts';
import type { PointerInput } from '../types.ts';
import { NO_PREVIEW } from './phase.ts';
import type { GestureEditor, Phase } from './phase.ts';

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

  pointerMove(editor: GestureEditor, input: PointerInput): Phase {
    this.#before ??= editor.view.state;
    editor.panUsed = true;
    editor.view.pan(input.x - this.#last.x, input.y - this.#last.y);
    this.#last = input;
    return this;
  }

  pointerUp(editor: GestureEditor): Phase {
    return editor.idle();
  }

  cancel(editor: GestureEditor): Phase {
    if (this.#before) editor.view.restore(this.#before);
    return editor.idle();
  }
}
