import type { EvaluatedSample, Task, TaskScores } from './types.ts';

/** How good answers to a task are; null where no sample has its labels. Arguments as {@link Task.scorer} has them. */
export function evaluateTask(
  task: Task,
  evaluated: readonly EvaluatedSample[],
  classNames: readonly string[],
  settings: unknown,
  shownFrom: number,
): TaskScores | null {
  const predictions = evaluated.map(({ prediction }) => prediction);
  const scorer = task.scorer(predictions, classNames, settings, shownFrom);
  for (const [image, { sample }] of evaluated.entries()) scorer.label(image, sample);
  return scorer.evaluate();
}
