import { workerData } from 'node:worker_threads';
import type { Handlers, Questions } from './questions.ts';
import { serveResident } from './serve-resident.ts';

/** Whether the pool was told to stop: tasks of several items then end before the next one. */
export function stopped(): boolean {
  return Atomics.load(workerData as Int32Array, 0) === 1;
}

/** The side of a {@link WorkerPool} that works: a handler for each kind of task. */
export function servePool<Tasks extends Questions<Tasks>>(handlers: Handlers<Tasks>): void {
  serveResident<Tasks>(handlers);
}
