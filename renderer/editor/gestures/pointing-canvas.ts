import { movedEnough } from '../types.ts';
import type { PointerInput } from '../types.ts';
import { NO_PREVIEW } from './phase.ts';
import type { GestureEditor, Phase } from './phase.ts';
import { Drawing } from './drawing.ts';
import { Holding } from './holding.ts';
import { Marquee } from './marquee.ts';

/** Pressed where a new box may begin; a click chooses the suggestion that lies there, or clears the selection. */
export class PointingCanvas implements Phase {
  readonly name = 'pointing-canvas';
  readonly preview = NO_PREVIEW;
  readonly #start: PointerInput;
  readonly #selects: boolean;

  /** @param tool whether a click may select, and a drag with Shift or Ctrl an area */
  constructor(start: PointerInput, tool: { readonly selects: boolean }) {
    this.#start = start;
    this.#selects = tool.selects;
  }

  cursor(): string {
    return 'crosshair';
  }

  pointerMove(editor: GestureEditor, input: PointerInput): Phase {
    if (!movedEnough(this.#start, input)) return this;
    const wantsMarquee = this.#selects && (this.#start.shift || this.#start.control);
    const next = wantsMarquee ? new Marquee(editor, this.#start) : new Drawing(editor, this.#start);
    return next.pointerMove(editor, input);
  }

  pointerUp(editor: GestureEditor): Phase {
    const chooses = this.#selects && !this.#start.shift && !this.#start.control;
    if (chooses && !editor.chooseSuggestionAt(this.#start, true)) editor.select([]);
    return editor.idle();
  }

  held(editor: GestureEditor): Phase {
    if (!this.#selects) return this;
    const before = [...editor.selection];
    editor.chooseSuggestionAt(this.#start, false);
    return new Holding(this.#start, before);
  }

  cancel(editor: GestureEditor): Phase {
    return editor.idle();
  }
}
