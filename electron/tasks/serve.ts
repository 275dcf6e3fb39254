import { parentPort, workerData } from 'node:worker_threads';
import { toErrorReport } from '../common/errors.ts';
import type { TaskMessage, TaskStart, TaskType } from './types.ts';

export interface TaskContext<Task extends TaskType> {
  readonly emit: (event: Task['event']) => void;
  /** To be asked between steps that can't be broken off. */
  readonly shouldStop: () => boolean;
  /** A block of the result that is moved, not copied. */
  readonly move: (block: ArrayBuffer) => void;
}

/** The side of a task that works: runs it once, and reports its end or its failure. */
export async function serveTask<Task extends TaskType>(
  work: (input: Task['input'], context: TaskContext<Task>) => Promise<Task['result']> | Task['result'],
): Promise<void> {
  const { input, stop } = workerData as TaskStart;
  const moved: ArrayBuffer[] = [];
  const post = (message: TaskMessage, blocks: readonly ArrayBuffer[] = []): void =>
    parentPort?.postMessage(message, blocks);
  try {
    const result = await work(input, {
      emit: (event) => post({ type: 'event', event }),
      shouldStop: () => Atomics.load(stop, 0) === 1,
      move: (block) => void moved.push(block),
    });
    post({ type: 'done', result }, moved);
  } catch (error) {
    post({ type: 'failed', report: toErrorReport(error) });
  }
}
