import path from 'node:path';
import { z } from 'zod';
import { canonicalPath, makeFolder, readWhole, writeAtomically } from '../files/index.ts';
import { MINIMUM_SIZE } from './window-options.ts';

const whole = z.number().int();
const Bounds = z.object({ x: whole, y: whole, width: whole, height: whole });
export type Bounds = z.infer<typeof Bounds>;

const WindowState = z.object({ bounds: Bounds, maximized: z.boolean() });
export type WindowState = z.infer<typeof WindowState>;

/** Pixels of the title bar's corner that must be on a display, so that the window can be reached. */
const REACHABLE = 80;

/** The remembered bounds, if it can still be seen: displays come and go. All in the system's screen pixels. */
export function visibleBounds(state: WindowState | null, displays: readonly Bounds[]): Partial<Bounds> {
  if (state === null) return {};
  const { x, y } = state.bounds;
  const width = Math.max(state.bounds.width, MINIMUM_SIZE.width);
  const height = Math.max(state.bounds.height, MINIMUM_SIZE.height);
  const reachable = displays.some(
    (display) =>
      x + width >= display.x + REACHABLE &&
      x <= display.x + display.width - REACHABLE &&
      y >= display.y &&
      y <= display.y + display.height - REACHABLE,
  );
  return reachable ? { x, y, width, height } : { width, height };
}

/** What was remembered; null for the first start, or a damaged file. */
export async function readWindowState(folder: string): Promise<WindowState | null> {
  try {
    return WindowState.parse(JSON.parse((await readWhole(stateFile(folder))).toString('utf8')));
  } catch {
    // Losing it costs comfort only.
    return null;
  }
}

export async function saveWindowState(folder: string, state: WindowState): Promise<void> {
  const own = canonicalPath(folder);
  makeFolder(own);
  await writeAtomically(stateFile(own), JSON.stringify(state));
}

function stateFile(folder: string): string {
  return path.join(folder, 'window.json');
}
