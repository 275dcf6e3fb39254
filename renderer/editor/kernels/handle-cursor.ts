import type { Handle } from '../../../electron/common/labels/shape.ts';

/** The CSS cursor that tells which way a handle goes. */
export function handleCursor(handle: Handle): string {
  if (handle.horizontal === null) return 'ns-resize';
  if (handle.vertical === null) return 'ew-resize';
  return (handle.horizontal === 'left') === (handle.vertical === 'top') ? 'nwse-resize' : 'nesw-resize';
}
