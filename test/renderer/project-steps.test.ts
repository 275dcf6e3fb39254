import { afterEach, expect, it } from 'vitest';
import type { ProjectStep } from '../../electron/common/entities.ts';
import { setLanguage } from '../../renderer/i18n/index.svelte.ts';
import { stepTitle } from '../../renderer/project-steps.ts';

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
