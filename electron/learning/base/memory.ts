import { say } from '../../common/sentences/sentence.ts';
import type { Sentence } from '../../common/sentences/sentence.ts';
/** How TensorFlow, CUDA, the C++ library and V8 say that memory has run out. */
const OUT_OF_MEMORY =
  /\bOOM\b|out of memory|resource[ _]?exhausted|failed to allocate|unable to allocate|bad_alloc|allocation failed/i;

/** Whether an error says that memory has run out. */
export const isOutOfMemory = (error: unknown): boolean =>
  error instanceof Error && OUT_OF_MEMORY.test(error.message);

/** The batch to go on with after an error; null where less memory would not help, or there is no smaller batch. */
function batchAfter(error: unknown, batch: number): number | null {
  return isOutOfMemory(error) && batch > 1 ? Math.floor(batch / 2) : null;
}

/**
 * Does something with batches of a size, and again with batches of half that size as often as memory runs out.
 * @param attempt `again` is true from the second time on
 * @param report tells people that batches become smaller
 * @throws what `attempt` throws for other reasons, or with batches of one image
 */
export async function withSmallerBatches<Result>(
  batch: number,
  attempt: (batch: number, again: boolean) => Promise<Result>,
  report: (said: Sentence) => void,
): Promise<Result> {
  for (let size = batch, again = false; ; again = true) {
    try {
      return await attempt(size, again);
    } catch (error) {
      const smaller = batchAfter(error, size);
      if (smaller === null) throw error;
      report(say('training.memoryRanOut', { size, smaller }));
      size = smaller;
    }
  }
}
