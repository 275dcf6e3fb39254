import { givesBoxes, TASKS } from '../../common/heads.ts';
import type { RawPrediction } from './types.ts';

/** The answers of some heads to an image; what has no head is answered by nothing. */
export function answersOf(...answers: readonly Partial<RawPrediction>[]): RawPrediction {
  const none = Object.fromEntries(TASKS.map((task) => [task, givesBoxes(task) ? [] : null]));
  return Object.assign(none, ...answers) as RawPrediction;
}
