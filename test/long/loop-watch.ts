import { fork } from 'node:child_process';
import path from 'node:path';

/** How often the loop is looked at, milliseconds. */
const EVERY = 5;

/** How long the event loop was held, milliseconds. */
export interface Stalls {
  /** The longest time between two turns, whatever took it: work, the disk, or other processes of the machine. */
  readonly longest: number;
  /** The most time of the processor that this thread used between two turns: its own work, on any machine. */
  readonly own: number;
  /** The longest of a process that has nothing to do, meanwhile. */
  readonly idle: number;
}

/** Watches the event loop of this process, and beside it that of an idle one. */
export class LoopWatch {
  readonly #idle = fork(path.join(import.meta.dirname, 'idle-worker.ts'), { execArgv: ['--no-warnings'] });
  readonly #timer: NodeJS.Timeout;
  #last = performance.now();
  #used = process.threadCpuUsage();
  #longest = 0;
  #own = 0;
  #ownLately = 0;

  constructor() {
    this.#timer = setInterval(() => this.#look(), EVERY);
  }

  /** @returns the most time of the processor that a turn took since this was last asked, milliseconds */
  ownLately(): number {
    this.#look();
    const lately = this.#ownLately;
    this.#ownLately = 0;
    return lately;
  }

  async stop(): Promise<Stalls> {
    clearInterval(this.#timer);
    this.#look();
    const idle = await new Promise<number>((resolve) => {
      this.#idle.once('message', (late) => resolve(Number(late)));
      this.#idle.once('exit', () => resolve(NaN));
      this.#idle.send('stop');
    });
    return { longest: this.#longest, own: this.#own, idle };
  }

  #look(): void {
    const now = performance.now();
    const { user, system } = process.threadCpuUsage(this.#used);
    this.#longest = Math.max(this.#longest, now - this.#last - EVERY);
    const own = (user + system) / 1000;
    this.#own = Math.max(this.#own, own);
    this.#ownLately = Math.max(this.#ownLately, own);
    this.#last = now;
    this.#used = process.threadCpuUsage();
  }
}
