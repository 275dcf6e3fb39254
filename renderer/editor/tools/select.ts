import type { Box } from '../../../electron/common/entities.ts';
import type { Point } from '../../../electron/common/geometry.ts';
import { PointingBox } from '../gestures/pointing-box.ts';
import { PointingCanvas } from '../gestures/pointing-canvas.ts';
import { PointingHandle } from '../gestures/pointing-handle.ts';
import { kit } from '../../../electron/common/labels/kits.ts';
import type { Handle } from '../../../electron/common/labels/shape.ts';
import { boxesAt } from '../kernels/boxes.ts';
import { handleCursor } from '../kernels/handle-cursor.ts';
import { rectangleToScreen, toImage } from '../kernels/viewport.ts';
import type { GestureEditor } from '../gestures/phase.ts';
import type { Tool } from './types.ts';

/** Selects, moves and resizes boxes; a drag that begins on no selected box draws one. */
export const select: Tool = {
  keys: { labelImg: ['$mod+j'], cvat: [] },
  draws: false,
  cursor(editor) {
    const at = editor.pointer;
    if (!at) return 'default';
    const handle = selectedHandleAt(editor, at);
    if (handle) return handleCursor(handle.handle);
    return boxesUnder(editor, at).some(({ id }) => editor.selection.has(id)) ? 'move' : 'crosshair';
  },
  press(editor, input) {
    const selected = selectedHandleAt(editor, input);
    if (selected) return new PointingHandle(input, selected.box, selected.handle);
    const under = boxesUnder(editor, input);
    return under.length > 0
      ? new PointingBox(editor, input, under)
      : new PointingCanvas(input, { selects: true });
  },
};

function boxesUnder(editor: GestureEditor, at: Point): Box[] {
  return boxesAt(editor.sight.reachable, toImage(at, editor.view.viewport), editor.tolerance);
}

/** Handles are live on a box that is selected alone. */
function selectedHandleAt(editor: GestureEditor, at: Point): { box: Box; handle: Handle } | null {
  const box = editor.onlySelected;
  if (!box) return null;
  const handle = kit.handleAt(rectangleToScreen(box, editor.view.viewport), at, editor.coarseness);
  return handle ? { box, handle } : null;
}
