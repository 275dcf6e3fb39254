import { parentPort } from 'node:worker_threads';
import { toErrorReport } from '../common/errors.ts';
import type { ResidentAnswer } from './resident.ts';

/** The side of a {@link Resident} that works: answers questions in the order in which they come. */
export function serveResident(work: (question: never) => unknown): void {
  parentPort?.on('message', ({ number, question }: { number: number; question: never }) => {
    let answer: ResidentAnswer;
    try {
      answer = { number, result: work(question) };
    } catch (error) {
      answer = { number, report: toErrorReport(error) };
    }
    parentPort?.postMessage(answer);
  });
}
