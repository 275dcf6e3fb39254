import { afterEach, expect, it } from 'vitest';
import { Resident } from '../../electron/tasks/resident.ts';
import { moduleBeside } from '../../electron/tasks/thread.ts';

const resident = new Resident<'count' | 'refuse' | 'die'>(moduleBeside(import.meta.url, 'resident-worker'), {
  idle: 60_000,
});
afterEach(() => resident.end());

it('keeps what it knows from one question to the next, and answers in their order', async () => {
  const answers = [1, 2, 3].map(() => resident.ask<number>('count'));
  expect(await Promise.all(answers)).toEqual([1, 2, 3]);
});

it('refuses with code and details, and goes on', async () => {
  await expect(resident.ask('refuse')).rejects.toMatchObject({
    code: 'not-found',
    details: { place: 'here' },
  });
  expect(await resident.ask('count')).toBe(1);
});

it('begins anew after it died, and after it was ended', async () => {
  await resident.ask('count');
  await expect(resident.ask('die')).rejects.toMatchObject({ code: 'internal' });
  expect(await resident.ask('count')).toBe(1);
  const waiting = resident.ask('count');
  resident.end();
  await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  expect(await resident.ask('count')).toBe(1);
});
