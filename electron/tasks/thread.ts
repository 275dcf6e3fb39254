import { SHARE_ENV, Worker } from 'node:worker_threads';
import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import type { Carrier, StartOptions, TaskMessage, TaskStart, TaskType } from './types.ts';

/** A module beside the one that names it, in whichever form the program runs: as it was written, or built. */
export function moduleBeside(importer: string, name: string): URL {
  return new URL(`./${name}.${importer.endsWith('.ts') ? 'ts' : 'js'}`, importer);
}

const diedUnexpectedly = (status: number): TwinheadError =>
  new TwinheadError('internal', say('tasks.ended', { status: String(status) }));

/** Runs a task on a thread of its own. */
export const startOnThread: Carrier = <Task extends TaskType>(
  module: URL,
  input: Task['input'],
  { onEvent, died = diedUnexpectedly, transfer = [], silent, background }: StartOptions<Task> = {},
) => {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const start: TaskStart = { input, stop };
  const worker = new Worker(module, {
    workerData: start,
    transferList: [...transfer],
    // Else the engine's own variables would not reach TensorFlow (engine/one-dnn.ts).
    env: SHARE_ENV,
    stdout: silent === true,
    stderr: silent === true,
  });
  if (background === true) worker.unref();
  const done = new Promise<Task['result']>((resolve, reject) => {
    worker.on('message', (message: TaskMessage) => {
      if (message.type === 'event') onEvent?.(message.event);
      else if (message.type === 'done') resolve(message.result);
      else reject(TwinheadError.of(message.report));
    });
    worker.on('error', reject);
    worker.on('exit', (status) => reject(died(status)));
  });
  const end = async (): Promise<void> => {
    await worker.terminate();
  };
  return { done, stop: () => void Atomics.store(stop, 0, 1), end };
};
