import { expect, it } from 'vitest';
import { atMost, reloadLimit } from '../../electron/main/patience.ts';

it('a page that crashes again and again is given up, one that does so now and then is not', () => {
  let now = 0;
  const again = reloadLimit(() => now);
  expect([again(), again(), again(), again(), again()]).toEqual([true, true, true, false, false]);
  now = 120_000;
  expect(again()).toBe(true);
});

it('a page that crashes each half minute is given up as well', () => {
  let now = 0;
  const again = reloadLimit(() => now);
  const answers = Array.from({ length: 12 }, () => {
    now += 25_000;
    return again();
  });
  expect(answers.slice(0, 10)).toEqual(Array(10).fill(true));
  expect(answers.slice(10)).toEqual([false, false]);
  now += 2 * 3_600_000;
  expect(again()).toBe(true);
});

it('work that hangs is waited for no longer than said', async () => {
  expect(await atMost(10, new Promise(() => undefined))).toBe('given up');
  expect(await atMost(10_000, Promise.resolve())).toBe('done');
  await expect(atMost(10_000, Promise.reject(new Error('broken')))).rejects.toThrow('broken');
});
