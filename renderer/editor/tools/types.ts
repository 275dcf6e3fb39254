import type { Editor } from '../editor.ts';
import type { Phase, PointerInput } from '../types.ts';

/** A tool says which gesture a press of the left button begins; panning and touch are the editor's own. */
export interface Tool {
  /** Lines through the pointer show where a side would lie. */
  readonly guides: boolean;
  cursor(editor: Editor): string;
  /** The first phase of the gesture. */
  press(editor: Editor, input: PointerInput): Phase;
}
