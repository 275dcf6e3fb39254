import SquarePlus from '@lucide/svelte/icons/square-plus';
import { PointingCanvas } from '../gestures/pointing-canvas.ts';
import type { Tool } from './types.ts';

/** Draws boxes, over other boxes too. */
export const draw: Tool = {
  keys: { labelImg: ['w'], cvat: ['n'] },
  icon: SquarePlus,
  draws: true,
  cursor: () => 'crosshair',
  press: (_editor, input) => new PointingCanvas(input, { selects: false }),
};
