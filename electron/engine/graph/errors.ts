import { inEnglish } from '../../common/sentences/english.ts';
import type { Said } from '../../common/sentences/sentence.ts';

/**
 * A function cannot be made into a graph that does what it does op by op. The trainer catches it, says so and goes
 * on op by op; anything else that goes wrong is an ordinary error.
 */
export class GraphError extends Error {
  readonly said: Said;

  constructor(said: Said, options?: { cause?: unknown }) {
    super(inEnglish(said), options);
    this.name = 'GraphError';
    this.said = said;
  }
}
