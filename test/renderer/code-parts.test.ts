import { expect, it } from 'vitest';
import { codeParts } from '../../renderer/ui/code-parts.ts';

it('takes what stands between backticks for code, and leaves the rest as it is', () => {
  expect(codeParts('Run `npm run setup`.')).toEqual([
    { text: 'Run ', code: false },
    { text: 'npm run setup', code: true },
    { text: '.', code: false },
  ]);
  expect(codeParts('a ` b')).toEqual([{ text: 'a ` b', code: false }]);
  expect(codeParts('``')).toEqual([{ text: '``', code: false }]);
});
