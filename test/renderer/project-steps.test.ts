import { afterEach, expect, it } from 'vitest';
import type { ProjectStep } from '../../electron/common/entities.ts';
import { say } from '../../electron/common/sentences/sentence.ts';
import { setLanguage, textOf } from '../../renderer/i18n/index.svelte.ts';
import { stepText, stepTitle } from '../../renderer/project-steps.ts';

afterEach(() => setLanguage('en'));

const suggested: ProjectStep = {
  id: 1,
  kind: 'suggest',
  summary: 'run 1',
  name: 'run 1',
  actor: 'model',
  actorName: 'run 1',
  at: '2026-11-29T20:00:00Z',
  state: 'done',
  images: 6,
  boxes: null,
  suggestions: 200,
};

it('says what was done, as every other entry does', () => {
  setLanguage('en');
  expect(stepTitle(suggested)).toBe('Added 200 suggestions of “run 1” to 6 images');
  expect(stepTitle({ ...suggested, images: null })).toBe('Added suggestions of run 1: 200 suggestions');
  const titled = (more: Partial<ProjectStep>) => stepTitle({ ...suggested, suggestions: null, ...more });
  expect(titled({ kind: 'import', name: 'bccd' })).toBe('Imported bccd: 6 images');
  expect(titled({ kind: 'add-images', name: 'un6' })).toBe('Added un6: 6 images');
  expect(titled({ kind: 'add-frames', name: 'a.mp4' })).toBe('Added frames of a.mp4: 6 images');
  const found = say('history.foundFolder', { name: 'un6' });
  expect(titled({ kind: 'relink', name: 'un6', summary: found })).toBe(
    'Found the images of un6 at a new location',
  );
  const removed = say('history.removedImages', { count: 6 });
  expect(titled({ kind: 'remove-images', name: '', summary: removed, boxes: 9 })).toBe(
    'Removed 6 images with 9 boxes',
  );
  expect(titled({ kind: 'remove-images', name: '', summary: removed, boxes: 0 })).toBe(
    'Removed 6 images from the project',
  );
  // As an older version wrote it.
  expect(titled({ kind: 'remove-images', name: '', summary: 'Removed 6 images', boxes: 9 })).toBe(
    'Removed 6 images (9 boxes)',
  );
  // Suggestions that were rejected are of a source that the entry names itself.
  const rejected = say('history.rejectedSuggestionsOf', { count: 3, source: 'run 1' });
  expect(titled({ kind: 'suggest', name: '', summary: rejected, suggestions: 3 })).toBe(
    'Rejected 3 suggestions of run 1',
  );
  setLanguage('zh-CN');
  expect(stepTitle(suggested)).toBe('为 6 张图像添加了“run 1”的 200 条建议');
  expect(titled({ kind: 'remove-images', name: '', summary: removed, boxes: 9 })).toBe(
    '移除了 6 张图像，含 9 个框',
  );
});

it('within a sentence begins small in every kind, but writes a name as it is', () => {
  setLanguage('en');
  const said = (more: Partial<ProjectStep>) => stepText({ ...suggested, suggestions: null, ...more });
  expect(said({ kind: 'import', name: 'bccd' })).toBe('imported bccd: 6 images');
  expect(stepText(suggested)).toBe('added 200 suggestions of “run 1” to 6 images');
  const summary = say('history.deletedClass', { name: 'Cell' });
  expect(said({ kind: 'classes', name: 'Cell', summary })).toBe('deleted class “Cell”');
  expect(said({ kind: 'other', name: 'Run 1', summary: 'Run 1' })).toBe('Run 1');
  expect(textOf(say('history.undone', { what: summary }))).toBe('Undone: deleted class “Cell”');
  expect(textOf(say('history.takenBack', { what: summary }))).toBe(
    'Deleted class “Cell” (undone: not completed)',
  );
  setLanguage('zh-CN');
  expect(textOf(say('history.undone', { what: summary }))).toBe('已撤销：删除了类别“Cell”');
});
