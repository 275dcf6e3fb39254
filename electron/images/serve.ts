import { parentPort, workerData } from 'node:worker_threads';
import { toErrorReport } from '../common/errors.ts';
import type { WorkerMessage, WorkerReply } from './pool.ts';

/** Whether the pool was told to stop: tasks of several items then end before the next one. */
export function stopped(): boolean {
  return Atomics.load(workerData as Int32Array, 0) === 1;
}

/** The worker's side of {@link WorkerPool}: answers tasks until it is asked to end. */
export function serve(handlers: Readonly<Record<string, (input: never) => Promise<unknown>>>): void {
  const port = parentPort;
  if (port === null) throw new Error('serve() runs in a worker thread only');
  const answer = async (message: NonNullable<WorkerMessage>): Promise<WorkerReply> => {
    try {
      const handler = handlers[message.kind];
      if (handler === undefined) throw new Error(`no handler for ${message.kind}`);
      return { id: message.id, ok: true, value: await handler(message.input as never) };
    } catch (error) {
      return { id: message.id, ok: false, error: toErrorReport(error) };
    }
  };
  port.on('message', (message: WorkerMessage) => {
    if (message === null) port.close();
    else void answer(message).then((reply) => port.postMessage(reply));
  });
}
