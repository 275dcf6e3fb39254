import type { Problem } from '../common/entities.ts';
import type { Said } from '../common/sentences/sentence.ts';
import { say } from '../common/sentences/sentence.ts';

/** More of them tell nobody more; the rest is counted. */
const MOST_PROBLEMS = 10_000;

/** Collects problems of one read; where there are far too many, the last one says how many more there were. */
export class ProblemCollector {
  readonly #problems: Problem[] = [];
  #more = 0;

  /** Reports what is left out. */
  add(file: string, place: Said | undefined, message: Said, remedy?: Said): void {
    this.take({ file, place, message, remedy });
  }

  /** Reports what comes in, but changed, or understood in a way that may be wrong. */
  warn(file: string, place: Said | undefined, message: Said, remedy?: Said): void {
    this.take({ file, place, message, remedy, severity: 'warning' });
  }

  take(problem: Problem): void {
    if (this.#problems.length >= MOST_PROBLEMS) this.#more++;
    else this.#problems.push(problem);
  }

  list(): Problem[] {
    if (this.#more === 0) return [...this.#problems];
    const more: Problem = { message: say('exchange.more', { count: this.#more }) };
    return [...this.#problems, more];
  }
}
