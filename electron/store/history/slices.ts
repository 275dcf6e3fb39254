import { setImmediate as nextTurn } from 'node:timers/promises';

/** A slice ends with whichever comes first: some ten milliseconds of work on a small machine. */
export const SLICE_IMAGES = 200;
export const SLICE_BOXES = 1000;

/** Work in transactions, one after another, each done when the generator yields. */
export type Slices<Value> = Generator<void, Value, void>;

/** All of it now. */
export function atOnce<Value>(work: Slices<Value>): Value {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

/** The event loop gets its turn between slices; what is one slice is done when the call returns. */
export async function inTurns<Value>(work: Slices<Value>): Promise<Value> {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    await nextTurn();
  }
}
