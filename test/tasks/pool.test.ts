import { describe, expect, it } from 'vitest';
import { mapInOrder, WorkerPool } from '../../electron/tasks/pool.ts';
import type { TestTasks } from './pool-worker.ts';

const worker = new URL('pool-worker.ts', import.meta.url);

async function run(signal: AbortSignal, aborted: 'wait' | 'leave'): Promise<unknown[]> {
  const results: unknown[] = [];
  const pool = new WorkerPool<TestTasks>(worker, 2);
  for await (const one of mapInOrder(pool, 2, 'endless', [1, 2, 3], signal, aborted)) results.push(one);
  return results;
}

it.each(['wait', 'leave'] as const)('ends tasks in the middle where they are cancelled (%s)', async (how) => {
  const controller = new AbortController();
  const running = run(controller.signal, how);
  setImmediate(() => controller.abort());
  await expect(running).rejects.toMatchObject({ code: 'cancelled' });
});

describe('a pool', () => {
  it('answers each task with its own result, and ends after what is running', async () => {
    const pool = new WorkerPool<TestTasks>(worker, 2);
    const running = [1, 2].map((one) => pool.run('double', one));
    const waiting = pool.run('double', 3);
    const refused = expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    await pool.close();
    await refused;
    expect(await Promise.all(running)).toEqual([2, 4]);
    await expect(pool.run('double', 1)).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('refuses the task that failed or killed its thread, and goes on with the next', async () => {
    await using pool = new WorkerPool<TestTasks>(worker, 1);
    const outcomes = await Promise.allSettled(
      (['refuse', 'die', 'throw', 'double'] as const).map((kind) => pool.run(kind, 4)),
    );
    expect(outcomes).toMatchObject([
      { reason: { code: 'not-found', details: { place: 'here' } } },
      { reason: { code: 'internal' } },
      { reason: { code: 'internal', message: expect.stringContaining('of its own') as string } },
      { value: 8 },
    ]);
  });

  it('takes tasks as its map has them: anything else is an error of types', () => {
    const wrong = (pool: WorkerPool<TestTasks>): void => {
      // @ts-expect-error no such kind
      void pool.run('triple', 1);
      // @ts-expect-error no such input
      void pool.run('double', 'one');
      // @ts-expect-error another result
      const text: Promise<string> = pool.run('double', 1);
      void text;
      // @ts-expect-error batches that are no inputs
      void mapInOrder(pool, 2, 'double', ['one']);
    };
    expect(wrong).toBeTypeOf('function');
  });
});
