import { draw } from './draw.ts';
import { select } from './select.ts';
import type { Tool } from './types.ts';

/** The tools of the canvas: a further one is a file here and a line in this list. */
export const tools = { select, draw } satisfies Record<string, Tool>;
export type ToolId = keyof typeof tools;
