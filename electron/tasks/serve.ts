import { parentPort, workerData } from 'node:worker_threads';
import { toErrorReport } from '../common/errors.ts';
import type { TaskMessage, TaskStart, TaskType } from './types.ts';

export interface TaskContext<Task extends TaskType> {
  readonly emit: (event: Task['event']) => void;
  /** To be asked between steps that can't be broken off. */
  readonly shouldStop: () => boolean;
}

/** The side of a task that works: runs it once, and reports its end or its failure. */
export async function serveTask<Task extends TaskType>(
  work: (input: Task['input'], context: TaskContext<Task>) => Promise<Task['result']> | Task['result'],
): Promise<void> {
  const { input, stop } = workerData as TaskStart;
  const post = (message: TaskMessage): void => parentPort?.postMessage(message);
  try {
    const result = await work(input, {
      emit: (event) => post({ type: 'event', event }),
      shouldStop: () => Atomics.load(stop, 0) === 1,
    });
    post({ type: 'done', result });
  } catch (error) {
    post({ type: 'failed', report: toErrorReport(error) });
  }
}
