import { parentPort } from 'node:worker_threads';
import { toErrorReport } from '../common/errors.ts';
import type { ResidentAnswer } from './resident.ts';

/**
 * The side of a {@link Resident} that works: takes questions in the order in which they come. While one waits for
 * something, later ones are answered.
 */
export function serveResident(work: (question: never) => unknown): void {
  async function answer(number: number, question: never): Promise<void> {
    let given: ResidentAnswer;
    try {
      given = { number, result: await work(question) };
    } catch (error) {
      given = { number, report: toErrorReport(error) };
    }
    parentPort?.postMessage(given);
  }
  parentPort?.on('message', ({ number, question }: { number: number; question: never }) => {
    void answer(number, question);
  });
}
