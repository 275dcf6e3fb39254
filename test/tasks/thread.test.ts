import { expect, it } from 'vitest';
import { TwinheadError } from '../../electron/common/errors.ts';
import { moduleBeside, startOnThread } from '../../electron/tasks/thread.ts';
import type { EchoTask } from './worker.ts';

const file = moduleBeside(import.meta.url, 'worker');

it('tells what happens, stops when it is asked to, and gives what the task gave', async () => {
  const block = new Uint8Array(1000);
  const heard: number[] = [];
  const task = startOnThread<EchoTask>(
    file,
    { what: 'count', block },
    {
      transfer: [block.buffer],
      onEvent: (counted) => {
        heard.push(counted);
        if (counted === 3) task.stop();
      },
    },
  );
  expect(block).toHaveLength(0);
  const { counted, bytes } = await task.done;
  expect(bytes).toBe(1000);
  expect(heard).toEqual(Array.from({ length: counted }, (_, index) => index + 1));
  task.stop();
});

it('stops a task that is not yet running', async () => {
  const task = startOnThread<EchoTask>(file, { what: 'count' });
  task.stop();
  expect(await task.done).toEqual({ counted: 0, bytes: 0 });
});

it('fails as the task failed: with code and details, as a defect, or in words of its own where the thread died', async () => {
  const failed = (what: EchoTask['input']['what']) => startOnThread<EchoTask>(file, { what }).done;
  await expect(failed('refuse')).rejects.toMatchObject({ code: 'not-trainable', details: { place: 'here' } });
  await expect(failed('break')).rejects.toMatchObject({ code: 'internal', message: 'boom' });
  await expect(failed('die')).rejects.toMatchObject({ message: 'A thread ended unexpectedly (status 3).' });
  const died = (status: number) => new TwinheadError('training-failed', `Status ${status}.`);
  const { done } = startOnThread<EchoTask>(file, { what: 'die' }, { died });
  await expect(done).rejects.toMatchObject({ code: 'training-failed', message: 'Status 3.' });
});
