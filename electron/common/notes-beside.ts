import type { Problem } from './entities.ts';
import type { Said } from './sentences/sentence.ts';

/** Notes of an evaluation without that of images which are not counted, where the evaluation has just named each of them. */
export function notesBeside(problems: readonly Problem[], notes: readonly Said[]): readonly Said[] {
  const named = problems.filter(({ note }) => note !== true).length;
  return notes.filter(
    (note) =>
      typeof note === 'string' || note.key !== 'evaluation.unanswered' || note.values?.['count'] !== named,
  );
}
