import type { Box } from '../../../electron/common/entities.ts';
import { kit } from '../../../electron/common/labels/kits.ts';
import type { Handle } from '../../../electron/common/labels/shape.ts';
import { handleCursor } from '../kernels/handle-cursor.ts';
import { movedEnough } from '../types.ts';
import type { PointerInput } from '../types.ts';
import { NO_PREVIEW } from './phase.ts';
import type { GestureEditor, Phase } from './phase.ts';
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

  pointerMove(editor: GestureEditor, input: PointerInput): Phase {
    if (!movedEnough(this.#start, input)) return this;
    return new Resizing(editor, this.#start, this.#box, this.#handle).pointerMove(editor, input);
  }

  pointerUp(editor: GestureEditor): Phase {
    return editor.idle();
  }

  cancel(editor: GestureEditor): Phase {
    return editor.idle();
  }

  isStillPossible(editor: GestureEditor): boolean {
    const now = editor.box(this.#box.id);
    return now !== undefined && kit.equals(now, this.#box);
  }
}
