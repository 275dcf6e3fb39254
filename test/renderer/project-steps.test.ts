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

it('begins with a capital, but writes the name of a run as it is, also where it comes first', () => {
  setLanguage('en');
  expect(stepTitle(suggested)).toBe('Suggestions of run 1: 6 images, 200 suggestions');
  setLanguage('zh-CN');
  expect(stepTitle(suggested)).toMatch(/^run 1 的建议/);
});

it('within a sentence begins small in every kind, but writes a name as it is', () => {
  setLanguage('en');
  const said = (more: Partial<ProjectStep>) => stepText({ ...suggested, suggestions: null, ...more });
  expect(said({ kind: 'import', name: 'bccd' })).toBe('import of bccd: 6 images');
  const summary = say('history.deletedClass', { name: 'Cell' });
  expect(said({ kind: 'classes', name: 'Cell', summary })).toBe('deleted class Cell');
  expect(said({ kind: 'other', name: 'Run 1', summary: 'Run 1' })).toBe('Run 1');
  expect(textOf(say('history.undone', { what: summary }))).toBe('Undone: deleted class Cell');
  expect(textOf(say('history.takenBack', { what: summary }))).toBe(
    'Deleted class Cell (undone: not completed)',
  );
  setLanguage('zh-CN');
  expect(textOf(say('history.undone', { what: summary }))).toBe('已撤销：删除了类别 Cell');
});
