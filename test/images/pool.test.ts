import { expect, it } from 'vitest';
import { mapInOrder, WorkerPool } from '../../electron/images/pool.ts';

const worker = new URL('endless-worker.ts', import.meta.url);

async function run(signal: AbortSignal, aborted: 'wait' | 'leave'): Promise<unknown[]> {
  const results: unknown[] = [];
  const pool = new WorkerPool(worker, 2);
  for await (const one of mapInOrder(pool, 2, 'endless', [1, 2, 3], signal, aborted)) results.push(one);
  return results;
}

it.each(['wait', 'leave'] as const)('ends tasks in the middle where they are cancelled (%s)', async (how) => {
  const controller = new AbortController();
  const running = run(controller.signal, how);
  setImmediate(() => controller.abort());
  await expect(running).rejects.toMatchObject({ code: 'cancelled' });
});
