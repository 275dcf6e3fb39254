import { expect, it } from 'vitest';
import { notesBeside } from '../../electron/common/notes-beside.ts';
import { say } from '../../electron/common/sentences/sentence.ts';

it('files that an evaluation has just said to have changed are not told of again', () => {
  const files = 'a.png';
  const notes = [say('evaluation.overwritten', { count: 1, files })];
  const said = { message: say('services.changedFiles', { count: 1, files }), severity: 'note' } as const;
  expect(notesBeside([said], notes)).toEqual([]);
  expect(notesBeside([], notes)).toEqual(notes);
});

it('images that an evaluation has just named one by one are not told of again', () => {
  const missing = (file: string) => ({ file, message: say('images.missing') });
  const other = say('evaluation.added', { names: 'bird' });
  const notes = [say('evaluation.unanswered', { count: 2 }), other];
  const note = { message: say('evaluation.changed', { count: 1 }), severity: 'note' } as const;
  expect(notesBeside([missing('a'), missing('b'), note], notes)).toEqual([other]);
  // One of them came later.
  expect(notesBeside([missing('a'), note], notes)).toEqual(notes);
  expect(notesBeside([], notes)).toEqual(notes);
});
