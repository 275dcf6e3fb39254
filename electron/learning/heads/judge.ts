import type { Judged, Task, TaskScores } from './types.ts';

/** How good answers to a task are; null where there is nothing to judge by. Arguments as {@link Task.scorer} has them. */
export function judge(
  task: Task,
  judged: readonly Judged[],
  classNames: readonly string[],
  settings: unknown,
  shownFrom: number,
): TaskScores | null {
  const predictions = judged.map(({ prediction }) => prediction);
  const scorer = task.scorer(predictions, classNames, settings, shownFrom);
  for (const [image, { sample }] of judged.entries()) scorer.label(image, sample);
  return scorer.judge();
}
