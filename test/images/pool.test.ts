import { expect, it } from 'vitest';
import { mapInOrder, WorkerPool } from '../../electron/images/pool.ts';

const worker = new URL('endless-worker.ts', import.meta.url);

async function run(signal: AbortSignal, aborted: 'wait' | 'leave'): Promise<void> {
  for await (const _ of mapInOrder(new WorkerPool(worker, 2), 2, 'endless', [1, 2, 3], signal, aborted));
}

it.each(['wait', 'leave'] as const)('ends tasks in the middle where they are cancelled (%s)', async (how) => {
  const controller = new AbortController();
  const running = run(controller.signal, how);
  setImmediate(() => controller.abort());
  await expect(running).rejects.toMatchObject({ code: 'cancelled' });
});
