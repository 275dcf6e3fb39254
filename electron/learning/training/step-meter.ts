/** Events of steps are sent no more often than this. */
const EVENT_MILLISECONDS = 250;

/** How fast steps are, how long they wait for data and what memory they take, as moving averages. */
export class StepMeter {
  #steps = 0;
  /** Milliseconds. */
  #step = 0;
  #wait = 0;
  #peakMemory = 0;
  #memory = 0;
  #lastEvent = 0;
  #validations = 0;
  /** Milliseconds of the last one. */
  #validation = 0;

  /** No step has been timed yet. */
  get fresh(): boolean {
    return this.#steps === 0;
  }

  /** A step without its waiting, in milliseconds. */
  get computing(): number {
    return this.#step - this.#wait;
  }

  /** Memory of the process, in bytes. */
  get memoryBytes(): number {
    return this.#memory;
  }

  get peakMemoryBytes(): number {
    return this.#peakMemory;
  }

  /** Share of a step, 0 to 1. */
  get dataWait(): number {
    return this.#wait / this.#step;
  }

  imagesPerSecond(batch: number): number {
    return (batch * 1000) / this.#step;
  }

  /** @param time of a step and @param wait of it for data, in milliseconds */
  add(time: number, wait: number): void {
    // The first step of a session also optimises the graph and says nothing of the speed: the second replaces it.
    const share = ++this.#steps < 3 ? 1 : Math.max(0.05, 1 / (this.#steps - 1));
    this.#step += share * (time - this.#step);
    this.#wait += share * (wait - this.#wait);
    this.#memory = process.memoryUsage.rss();
    this.#peakMemory = Math.max(this.#peakMemory, this.#memory);
  }

  addValidation(time: number): void {
    this.#validations += 1;
    this.#validation = time;
  }

  /**
   * Whether it is time to tell of a step, from the second one on; then the next time is later.
   * @param last whether it ends an epoch: it is told at any time, so that curves end where the training does
   */
  isDue(last: boolean): boolean {
    const now = performance.now();
    if (this.#steps === 1 || (!last && now - this.#lastEvent < EVENT_MILLISECONDS)) return false;
    this.#lastEvent = now;
    return true;
  }

  /**
   * For what is still to do. A validation that has not been seen yet is taken for a third of as many training steps; the
   * first one also compiles, and stands for others with no more than these steps.
   * @param validationSteps of one validation
   */
  secondsLeft(steps: number, validations: number, validationSteps: number): number {
    const trained = validationSteps * this.#step;
    const validation =
      this.#validations === 0
        ? trained / 3
        : this.#validations === 1
          ? Math.min(this.#validation, trained)
          : this.#validation;
    return (steps * this.#step + validations * validation) / 1000;
  }
}
