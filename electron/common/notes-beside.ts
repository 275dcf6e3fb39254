import type { Problem } from './entities.ts';
import type { Said } from './sentences/sentence.ts';

/**
 * Notes of an evaluation without what the evaluation has just said itself: of images that are not counted where it has
 * named each of them, and of files that have changed.
 */
export function notesBeside(problems: readonly Problem[], notes: readonly Said[]): readonly Said[] {
  const named = problems.filter(({ severity }) => severity !== 'note').length;
  const changed = problems.some(
    ({ message }) => typeof message !== 'string' && message.key === 'services.changedFiles',
  );
  return notes.filter((note) => {
    if (typeof note === 'string') return true;
    if (note.key === 'evaluation.overwritten') return !changed;
    return note.key !== 'evaluation.unanswered' || note.values?.['count'] !== named;
  });
}
