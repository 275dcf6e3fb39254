import { tools } from '../tools/index.ts';
import { NO_PREVIEW } from '../types.ts';
import type { Phase, PointerInput } from '../types.ts';
import type { Editor } from '../editor.ts';
import { Panning } from './panning.ts';

/** Nothing is under way: a press pans, or begins the gesture of the chosen tool. */
export class Idle implements Phase {
  readonly name = 'idle';
  readonly preview = NO_PREVIEW;

  cursor(editor: Editor): string {
    return editor.panHeld ? 'grab' : tools[editor.tool].cursor(editor);
  }

  pointerDown(editor: Editor, input: PointerInput): Phase {
    if (input.button === 'middle' || (input.button === 'left' && editor.panHeld)) return new Panning(input);
    return input.button === 'left' ? tools[editor.tool].press(editor, input) : this;
  }
}
