import { afterEach, expect, it } from 'vitest';
import { Resident } from '../../electron/tasks/resident.ts';
import { serveResident } from '../../electron/tasks/serve-resident.ts';
import { moduleBeside } from '../../electron/tasks/thread.ts';
import type { CountQuestions } from './resident-worker.ts';

const resident = new Resident<CountQuestions>(moduleBeside(import.meta.url, 'resident-worker'), {
  idle: 60_000,
});
afterEach(() => resident.end());

it('keeps what it knows from one question to the next, and answers in their order', async () => {
  const answers = [1, 2, 3].map(() => resident.ask('count', { by: 1 }));
  expect(await Promise.all(answers)).toEqual([1, 2, 3]);
});

it('refuses with code and details, and goes on', async () => {
  await expect(resident.ask('refuse', null)).rejects.toMatchObject({
    code: 'not-found',
    details: { place: 'here' },
  });
  expect(await resident.ask('count', { by: 1 })).toBe(1);
});

it('begins anew after it died, and after it was ended', async () => {
  await resident.ask('count', { by: 1 });
  await expect(resident.ask('die', null)).rejects.toMatchObject({ code: 'internal' });
  expect(await resident.ask('count', { by: 1 })).toBe(1);
  const waiting = resident.ask('count', { by: 1 });
  resident.end();
  await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  expect(await resident.ask('count', { by: 1 })).toBe(1);
});

it('takes kinds, inputs and results as its map has them: anything else is an error of types', () => {
  const wrong = (): void => {
    // @ts-expect-error no such kind
    void resident.ask('countdown', { by: 1 });
    // @ts-expect-error no such input
    void resident.ask('count', { by: 'one' });
    // @ts-expect-error another result
    const text: Promise<string> = resident.ask('count', { by: 1 });
    void text;
    // @ts-expect-error a kind without its handler
    serveResident<CountQuestions>({ refuse: () => process.exit(0), die: () => process.exit(0) });
  };
  expect(wrong).toBeTypeOf('function');
});
