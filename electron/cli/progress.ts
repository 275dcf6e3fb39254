import type { Job } from '../common/jobs.ts';
import { inEnglish } from '../common/sentences/english.ts';
import type { OutputStreams } from './output.ts';
import { columnsOf, duration, plain, rate } from './text.ts';

/** Between two redraws on a terminal, and two lines elsewhere, in milliseconds. */
const REDRAW = 100;
const LINE_EVERY = 5000;

/** One line that says how far something is: redrawn in place on a terminal, now and then a new line elsewhere. */
export class ProgressLine {
  readonly #stream: OutputStreams['stderr'];
  readonly #quiet: boolean;
  readonly #now: () => number;
  #drawn = false;
  #last: number;

  constructor(stream: OutputStreams['stderr'], quiet: boolean, now = (): number => performance.now()) {
    this.#stream = stream;
    this.#quiet = quiet;
    this.#now = now;
    // Elsewhere than on a terminal, what is over at once needs no line.
    this.#last = stream.isTTY ? -Infinity : now();
  }

  show(text: string): void {
    if (this.#quiet) return;
    const now = this.#now();
    if (now - this.#last < (this.#stream.isTTY ? REDRAW : LINE_EVERY)) return;
    this.#last = now;
    if (this.#stream.isTTY) {
      this.#stream.write(`\r\x1b[2K${fit(plain(text), (this.#stream.columns ?? 80) - 1)}`);
      this.#drawn = true;
    } else {
      this.#stream.write(`${plain(text)}\n`);
    }
  }

  /** Takes the line away, for what is written next. */
  clear(): void {
    if (!this.#drawn) return;
    this.#drawn = false;
    this.#last = -Infinity;
    this.#stream.write('\r\x1b[2K');
  }
}

/** Cuts at the terminal's edge: a line that wraps can't be redrawn. */
function fit(text: string, columns: number): string {
  let result = '';
  let used = 0;
  for (const character of text) {
    used += columnsOf(character);
    if (used > columns) break;
    result += character;
  }
  return result;
}

/** `Import: 120 of 3,000 files, 240 files/s, 0:12 left: reading labels`, without figures where nothing is counted */
export function jobLine({ title, done, total, unit, perSecond, secondsLeft, message }: Job): string {
  const count = Number.isInteger(done) ? done.toLocaleString('en') : done.toFixed(1);
  const parts: string[] = [];
  if (total !== null) parts.push(`${count} of ${total.toLocaleString('en')} ${unit}`);
  else if (done > 0) parts.push(`${count} ${unit}`);
  if (perSecond !== null && perSecond > 0) parts.push(`${rate(perSecond)} ${unit}/s`);
  if (secondsLeft !== null) parts.push(`${duration(secondsLeft)} left`);
  const doing = inEnglish(message);
  return [inEnglish(title), parts.join(', '), doing].filter((text) => text !== '').join(': ');
}
