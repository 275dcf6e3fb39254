import type { Box } from '../../../electron/common/entities.ts';
import { kit } from '../../../electron/common/labels/kits.ts';
import type { Handle } from '../../../electron/common/labels/shape.ts';
import { handleCursor } from '../kernels/handle-cursor.ts';
import { movedEnough, NO_PREVIEW } from '../types.ts';
import type { Phase, PointerInput } from '../types.ts';
import type { Editor } from '../editor.ts';
import { Resizing } from './resizing.ts';

/** Pressed on a handle or an edge of the selected box; a click changes nothing. */
export class PointingHandle implements Phase {
  readonly name = 'pointing-handle';
  readonly preview = NO_PREVIEW;
  readonly #start: PointerInput;
  readonly #box: Box;
  readonly #handle: Handle;

  constructor(start: PointerInput, box: Box, handle: Handle) {
    this.#start = start;
    this.#box = box;
    this.#handle = handle;
  }

  cursor(): string {
    return handleCursor(this.#handle);
  }

  pointerMove(editor: Editor, input: PointerInput): Phase {
    if (!movedEnough(this.#start, input)) return this;
    return new Resizing(editor, this.#start, this.#box, this.#handle).pointerMove(editor, input);
  }

  pointerUp(editor: Editor): Phase {
    return editor.idle();
  }

  cancel(editor: Editor): Phase {
    return editor.idle();
  }

  isStillPossible(editor: Editor): boolean {
    const now = editor.box(this.#box.id);
    return now !== undefined && kit.equals(now, this.#box);
  }
}
