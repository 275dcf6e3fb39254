/**
 * A function cannot be made into a graph that does what it does op by op. The trainer catches it, says so and goes
 * on op by op; anything else that goes wrong is an ordinary error.
 */
export class GraphError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'GraphError';
  }
}
