import { movedEnough, NO_PREVIEW } from '../types.ts';
import type { Phase, PointerInput } from '../types.ts';
import type { Editor } from '../editor.ts';
import { Drawing } from './drawing.ts';
import { Holding } from './holding.ts';
import { Marquee } from './marquee.ts';

/** Pressed where a new box may begin; a click only clears the selection. */
export class PointingCanvas implements Phase {
  readonly name = 'pointing-canvas';
  readonly preview = NO_PREVIEW;
  readonly #start: PointerInput;

  constructor(start: PointerInput) {
    this.#start = start;
  }

  cursor(): string {
    return 'crosshair';
  }

  pointerMove(editor: Editor, input: PointerInput): Phase {
    if (!movedEnough(this.#start, input)) return this;
    const wantsMarquee = editor.tool === 'select' && (this.#start.shift || this.#start.control);
    const next = wantsMarquee ? new Marquee(editor, this.#start) : new Drawing(editor, this.#start);
    return next.pointerMove(editor, input);
  }

  pointerUp(editor: Editor): Phase {
    if (editor.tool === 'select' && !this.#start.shift && !this.#start.control) editor.select([]);
    return editor.idle();
  }

  held(editor: Editor): Phase {
    return editor.tool === 'draw' ? this : new Holding(this.#start, [...editor.selection]);
  }

  cancel(editor: Editor): Phase {
    return editor.idle();
  }
}
