import { afterEach, expect, it } from 'vitest';
import { setLanguage, share } from '../../renderer/i18n/index.svelte.ts';

afterEach(() => setLanguage('en'));

it.each(['en', 'zh-CN'] as const)('a share that is not zero does not read as none, in %s', (language) => {
  setLanguage(language);
  expect([0, 7 / 50_000, 0.004, 0.006, 0.5, 1].map(share)).toEqual([
    '0%',
    '< 1%',
    '< 1%',
    '1%',
    '50%',
    '100%',
  ]);
});
