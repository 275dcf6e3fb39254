import { FIGURES, taskLabel, TASKS } from '../common/heads.ts';
import { score, titleOf } from './text.ts';

/** By id, as a table names a figure on its own: "image class accuracy". */
export const FIGURE_TITLES: Readonly<Record<string, string>> = Object.fromEntries(
  FIGURES.map(({ id, task, title }) => [id, `${titleOf(taskLabel(task))} ${titleOf(title)}`]),
);

/** All heads side by side, each where it was evaluated: "boxes mAP50 0.912 mAP 0.604". */
export function figuresByTask(metrics: Readonly<Record<string, number>>): string[] {
  return TASKS.flatMap((task) => {
    const figures = FIGURES.filter((figure) => figure.task === task && metrics[figure.id] !== undefined);
    const said = figures.map(({ id, title }) => `${titleOf(title)} ${score(metrics[id])}`);
    return said.length === 0 ? [] : [`${titleOf(taskLabel(task))} ${said.join(' ')}`];
  });
}
