import type { Box } from '../../../electron/common/entities.ts';
import type { Point } from '../../../electron/common/geometry.ts';
import { boxesAt } from '../kernels/boxes.ts';
import { handleAt, handleCursor } from '../kernels/handles.ts';
import type { Handle } from '../kernels/handles.ts';
import { rectangleToScreen, toImage } from '../kernels/viewport.ts';
import { NO_PREVIEW } from '../types.ts';
import type { Phase, PointerInput } from '../types.ts';
import type { Editor } from '../editor.ts';
import { Panning } from './panning.ts';
import { PointingBox } from './pointing-box.ts';
import { PointingCanvas } from './pointing-canvas.ts';
import { PointingHandle } from './pointing-handle.ts';

/** Nothing is under way: decides by what lies under the pointer which gesture a press begins. */
export class Idle implements Phase {
  readonly name = 'idle';
  readonly preview = NO_PREVIEW;

  cursor(editor: Editor): string {
    if (editor.panHeld) return 'grab';
    if (editor.tool === 'draw') return 'crosshair';
    const at = editor.pointer;
    if (!at) return 'default';
    const handle = selectedHandleAt(editor, at);
    if (handle) return handleCursor(handle.handle);
    const under = boxesAt(editor.sight.reachable, toImage(at, editor.view.viewport), editor.tolerance);
    return under.some(({ id }) => editor.selection.has(id)) ? 'move' : 'crosshair';
  }

  pointerDown(editor: Editor, input: PointerInput): Phase {
    if (input.button === 'middle' || (input.button === 'left' && editor.panHeld)) return new Panning(input);
    if (input.button !== 'left') return this;
    if (editor.tool === 'draw') return new PointingCanvas(input);
    const selected = selectedHandleAt(editor, input);
    if (selected) return new PointingHandle(input, selected.box, selected.handle);
    const under = boxesAt(editor.sight.reachable, toImage(input, editor.view.viewport), editor.tolerance);
    if (under.length > 0) return new PointingBox(editor, input, under);
    return new PointingCanvas(input);
  }
}

/** Handles are live on a box that is selected alone. */
function selectedHandleAt(editor: Editor, at: Point): { box: Box; handle: Handle } | null {
  const box = editor.onlySelected;
  if (!box) return null;
  const handle = handleAt(rectangleToScreen(box, editor.view.viewport), at, editor.coarseness);
  return handle ? { box, handle } : null;
}
