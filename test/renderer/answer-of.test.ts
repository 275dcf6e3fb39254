import { describe, expect, it } from 'vitest';
import { answerOf } from '../../renderer/ui/answer-of.ts';

/** Asks, gives up before the answer if `givenUp`, and tells what was heard. */
async function heard(asked: Promise<string>, givenUp: boolean): Promise<unknown[]> {
  const all: unknown[] = [];
  const giveUp = answerOf(
    asked,
    (answer) => all.push(answer),
    (reason) => all.push(reason),
  );
  if (givenUp) giveUp();
  await asked.catch(() => undefined);
  return all;
}

describe('what an effect asked for', () => {
  it('is taken, or its refusal told', async () => {
    expect(await heard(Promise.resolve('here'), false)).toEqual(['here']);
    const reason = new Error('gone');
    expect(await heard(Promise.reject(reason), false)).toEqual([reason]);
  });

  it('is neither once the effect is over', async () => {
    expect(await heard(Promise.resolve('late'), true)).toEqual([]);
    expect(await heard(Promise.reject(new Error('late')), true)).toEqual([]);
  });
});
