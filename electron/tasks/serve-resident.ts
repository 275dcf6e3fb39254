import { parentPort } from 'node:worker_threads';
import { toErrorReport } from '../common/errors.ts';
import type { ResidentAnswer, ResidentMessage } from './resident.ts';

/**
 * The side of a {@link Resident} that works: takes questions in the order in which they come. While one waits for
 * something, later ones are answered.
 */
export function serveResident(work: (question: never) => unknown): void {
  const running = new Set<Promise<void>>();
  async function answer(number: number, question: never): Promise<void> {
    let given: ResidentAnswer;
    try {
      given = { number, result: await work(question) };
    } catch (error) {
      given = { number, report: toErrorReport(error) };
    }
    parentPort?.postMessage(given);
  }
  parentPort?.on('message', (message: ResidentMessage) => {
    if (message === null) {
      void Promise.all(running).then(() => parentPort?.close());
      return;
    }
    const answered = answer(message.number, message.question as never);
    running.add(answered);
    void answered.then(() => running.delete(answered));
  });
}
