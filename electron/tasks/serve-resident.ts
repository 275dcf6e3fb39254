import { parentPort } from 'node:worker_threads';
import { toErrorReport } from '../common/errors.ts';
import type { Handlers, Questions } from './questions.ts';
import type { ResidentAnswer, ResidentMessage, ResidentQuestion } from './resident.ts';

/**
 * The side of a {@link Resident} that works: takes questions in the order in which they come. While one waits for
 * something, later ones are answered.
 */
export function serveResident<Asked extends Questions<Asked>>(handlers: Handlers<Asked>): void {
  const running = new Set<Promise<void>>();
  async function answer({ number, kind, input }: ResidentQuestion<Asked>): Promise<void> {
    let given: ResidentAnswer;
    try {
      given = { number, result: await handlers[kind](input) };
    } catch (error) {
      given = { number, report: toErrorReport(error) };
    }
    parentPort?.postMessage(given);
  }
  parentPort?.on('message', (message: ResidentMessage<Asked>) => {
    if (message === null) {
      void Promise.all(running).then(() => parentPort?.close());
      return;
    }
    const answered = answer(message);
    running.add(answered);
    void answered.then(() => running.delete(answered));
  });
}
