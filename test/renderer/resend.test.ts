import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InputOf, OutputOf, RequestName } from '../../electron/common/contract.ts';
import { CallError } from '../../renderer/client.ts';
import { resending } from '../../renderer/state/resend.ts';
import { TestApp } from '../support/app.ts';

let app: TestApp;
beforeEach(async () => {
  app = new TestApp();
  await app.call('project.open', { path: app.project, create: true });
});
afterEach(() => app.remove());

const lost = new CallError('disconnected', 'no answer');
let faults: ('request' | 'answer')[];

/** The real services over a connection that loses the next requests, or their answers. */
const call = resending(
  async <Name extends RequestName>(name: Name, input: InputOf<Name>): Promise<OutputOf<Name>> => {
    const fault = faults.shift();
    if (fault === 'request') throw lost;
    const answer = await app.call(name, input);
    if (fault === 'answer') throw lost;
    return answer;
  },
  async () => undefined,
);

describe('a change whose answer was lost', () => {
  beforeEach(async () => {
    for (const name of ['a', 'b', 'c']) await app.call('classes.create', { kind: 'object', name });
  });
  const names = async () => (await app.call('classes.list', {})).classes.map(({ name }) => name);

  it.each([['answer'], ['request'], ['answer', 'answer']] as const)(
    'is done once, and answered by what happened: %s',
    async (...given) => {
      faults = [...given];
      expect((await call('project.undo', {})).undone).toMatchObject({
        summary: 'Added class “c”',
        state: 'done',
      });
      expect(await names()).toEqual(['a', 'b']);
      faults = [...given];
      expect((await call('project.redo', {})).redone).toMatchObject({ summary: 'Added class “c”' });
      expect(await names()).toEqual(['a', 'b', 'c']);
      faults = [...given];
      const created = await call('classes.create', { kind: 'object', name: 'd' });
      expect(created).toMatchObject({ name: 'd', position: 3 });
      faults = [...given];
      expect(await call('classes.delete', { id: created.id, reassignTo: null })).toEqual({
        changedImages: 0,
        changedLabels: 0,
      });
    },
  );

  it('is given up after some tries, and said to be', async () => {
    faults = Array.from({ length: 6 }, () => 'request');
    await expect(call('project.undo', {})).rejects.toBe(lost);
    expect(await names()).toEqual(['a', 'b', 'c']);
  });

  it('is not sent again where it was refused, nor what changes nothing', async () => {
    faults = [];
    await expect(call('classes.create', { kind: 'object', name: 'a' })).rejects.toMatchObject({
      code: 'invalid-input',
    });
    faults = ['request'];
    await expect(call('classes.list', {})).rejects.toBe(lost);
  });
});
