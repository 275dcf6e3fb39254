import { movedEnough } from '../types.ts';
import type { PointerInput } from '../types.ts';
import { NO_PREVIEW } from './phase.ts';
import type { GestureEditor, Phase } from './phase.ts';
import { Marquee } from './marquee.ts';

/** A finger has stayed where it is: letting go opens the menu, dragging selects an area, as Shift does for a mouse. */
export class Holding implements Phase {
  readonly name = 'holding';
  readonly preview = NO_PREVIEW;
  readonly #start: PointerInput;
  readonly #before: readonly number[];

  constructor(start: PointerInput, before: readonly number[]) {
    this.#start = start;
    this.#before = before;
  }

  cursor(): string {
    return 'crosshair';
  }

  pointerMove(editor: GestureEditor, input: PointerInput): Phase {
    if (!movedEnough(this.#start, input)) return this;
    return new Marquee(editor, this.#start, this.#before).pointerMove(editor, input);
  }

  pointerUp(editor: GestureEditor): Phase {
    editor.openMenu(this.#start);
    return editor.idle();
  }

  cancel(editor: GestureEditor): Phase {
    editor.select(this.#before);
    return editor.idle();
  }
}
