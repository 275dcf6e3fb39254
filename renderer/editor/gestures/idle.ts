import type { Tool } from '../tools/types.ts';
import type { PointerInput } from '../types.ts';
import { NO_PREVIEW } from './phase.ts';
import type { GestureEditor, Phase } from './phase.ts';
import { Panning } from './panning.ts';

/** Nothing is under way: a press pans, or begins the gesture of the chosen tool. */
export class Idle implements Phase {
  readonly name = 'idle';
  readonly preview = NO_PREVIEW;
  readonly #tool: () => Tool;

  /** @param tool the chosen one */
  constructor(tool: () => Tool) {
    this.#tool = tool;
  }

  cursor(editor: GestureEditor): string {
    return editor.panHeld ? 'grab' : this.#tool().cursor(editor);
  }

  pointerDown(editor: GestureEditor, input: PointerInput): Phase {
    if (input.button === 'middle' || (input.button === 'left' && editor.panHeld)) return new Panning(input);
    return input.button === 'left' ? this.#tool().press(editor, input) : this;
  }
}
