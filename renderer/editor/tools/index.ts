import { draw } from './draw.ts';
import { select } from './select.ts';
import type { Tool } from './types.ts';

/** The tools of the canvas: a further one is a file here and a line in this list, with its title in the words. */
const list = { draw, select };

export type ToolId = keyof typeof list;
export type ToolCommand = `box.${ToolId}`;

export const tools: Readonly<Record<ToolId, Tool>> = list;

const toolCommand = (id: ToolId): ToolCommand => `box.${id}`;
export const TOOLS = (Object.keys(list) as ToolId[]).map((id) => ({
  ...tools[id],
  id,
  /** Chooses it. */
  command: toolCommand(id),
}));
