import type { TrainingConfig } from './schema.ts';
import { networks } from '../networks/index.ts';
import { makeGrid } from '../assignment/grid.ts';
import type { Grid } from '../assignment/grid.ts';
import { heads } from '../heads/index.ts';
import type { HeadContext, TaskHead } from '../heads/types.ts';

/** The head of each task that a configuration chooses, in the order of the list. */
export function chosenHeads(config: TrainingConfig): TaskHead[] {
  const all: readonly TaskHead[] = heads;
  const alternatives = (head: TaskHead) => all.filter(({ task }) => task === head.task);
  return all.filter((head) => alternatives(head).length === 1 || head.name === config.boxHead);
}

export const gridOf = ({ inputSize, network }: TrainingConfig): Grid =>
  makeGrid(inputSize, networks[network].strides);

/** @param classes that the head tells apart */
export const contextOf = (
  { group }: TaskHead,
  config: TrainingConfig,
  grid: Grid,
  classes: number,
): HeadContext<unknown> => ({
  settings: (config as Readonly<Record<string, unknown>>)[group],
  classes,
  inputSize: config.inputSize,
  grid,
});
