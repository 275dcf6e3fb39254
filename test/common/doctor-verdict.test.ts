import { expect, it } from 'vitest';
import { doctorVerdict } from '../../electron/common/doctor-verdict.ts';
import { sentenceText } from '../../electron/common/sentences/index.ts';
import { say } from '../../electron/common/sentences/sentence.ts';

it('the verdict on an installation names what is missing or broken, and passes what is not used', () => {
  const well = [
    { name: 'Node.js', state: 'ok' },
    { name: 'Electron', state: 'unused' },
  ] as const;
  expect(sentenceText(doctorVerdict(well), 'en')).toBe('Everything that Twinhead needs works.');
  const verdict = doctorVerdict([
    ...well,
    { name: 'sharp', state: 'missing' },
    { name: say('engine.part.engine'), state: 'broken' },
  ]);
  expect(sentenceText(verdict, 'en')).toBe('Not in order: sharp, Engine in use. See below for what to do.');
  expect(sentenceText(verdict, 'zh-CN')).toMatch(/^以下部分有问题：sharp、/);
});
