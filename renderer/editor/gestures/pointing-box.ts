import type { Box } from '../../../electron/common/entities.ts';
import { movedEnough } from '../types.ts';
import type { PointerInput } from '../types.ts';
import { NO_PREVIEW } from './phase.ts';
import type { GestureEditor, Phase } from './phase.ts';
import { Holding } from './holding.ts';
import { Moving } from './moving.ts';
import { PointingCanvas } from './pointing-canvas.ts';

/**
 * Pressed on overlapping boxes. A drag moves the selection, or draws a new box (an area with Shift or Ctrl); a click selects
 * and, repeated, goes to the next below; with Shift or Ctrl it adds to the selection or takes from it.
 */
export class PointingBox implements Phase {
  readonly name = 'pointing-box';
  readonly preview = NO_PREVIEW;
  readonly #start: PointerInput;
  readonly #under: readonly number[];
  readonly #before: readonly number[];
  readonly #wasSelected: boolean;

  constructor(editor: GestureEditor, start: PointerInput, under: readonly Box[]) {
    this.#start = start;
    this.#under = under.map((b) => b.id);
    this.#before = [...editor.selection];
    this.#wasSelected = this.#under.some((id) => editor.selection.has(id));
    const top = this.#under[0];
    if (top === undefined) return;
    if (this.#adds) editor.select(this.#toggled(this.#wasSelected ? this.#selectedUnder : top));
    else if (!this.#wasSelected) editor.select([top]);
  }

  get #adds(): boolean {
    return this.#start.shift || this.#start.control;
  }

  get #selectedUnder(): number {
    return this.#under.find((id) => this.#before.includes(id)) ?? -1;
  }

  #toggled(id: number): number[] {
    return this.#before.includes(id) ? this.#before.filter((other) => other !== id) : [...this.#before, id];
  }

  cursor(): string {
    return 'move';
  }

  pointerMove(editor: GestureEditor, input: PointerInput): Phase {
    if (!movedEnough(this.#start, input)) return this;
    if (!this.#wasSelected) {
      editor.select(this.#before);
      return new PointingCanvas(this.#start, { selects: true }).pointerMove(editor, input);
    }
    // A drag of a box that Shift has just taken out of the selection would move the others: keep it in.
    if (this.#adds) editor.select(this.#before);
    return new Moving(editor, this.#start, this.#before).pointerMove(editor, input);
  }

  pointerUp(editor: GestureEditor): Phase {
    if (this.#wasSelected && !this.#adds) {
      const current = this.#under.indexOf(this.#selectedUnder);
      const alone = editor.selection.size === 1;
      const last = alone && current === this.#under.length - 1;
      if (last && editor.chooseSuggestionAt(this.#start, true)) return editor.idle();
      const next = alone ? this.#under[(current + 1) % this.#under.length] : this.#under[current];
      if (next !== undefined) editor.select([next]);
    }
    return editor.idle();
  }

  held(editor: GestureEditor): Phase {
    return new Holding(this.#start, this.#adds ? this.#before : [...editor.selection]);
  }

  isStillPossible(editor: GestureEditor): boolean {
    return this.#under.every((id) => editor.box(id));
  }

  cancel(editor: GestureEditor): Phase {
    editor.select(this.#before);
    return editor.idle();
  }
}
