import type { Engine } from '../types.ts';
import { nodeBackend } from './backend.ts';
import type { Binding } from './backend.ts';

/** What TensorFlow's operations of one name took together. */
export interface OperationTime {
  readonly op: string;
  readonly count: number;
  readonly milliseconds: number;
}

/**
 * Times every TensorFlow operation that `body` runs, one after the other, slowest first. Outside a graph each one ends
 * before the next begins, on the CPU; a graphics card may still be at work when an operation returns.
 * @throws GraphError where the engine is not TensorFlow's own library.
 */
export function timeOperations(engine: Engine, body: () => void): OperationTime[] {
  const backend = nodeBackend(engine);
  const { binding } = backend;
  const times = new Map<string, { count: number; milliseconds: number }>();
  const executeOp: Binding['executeOp'] = (name, ...rest) => {
    const started = performance.now();
    const result = binding.executeOp(name, ...rest);
    const entry = times.get(name) ?? { count: 0, milliseconds: 0 };
    times.set(name, {
      count: entry.count + 1,
      milliseconds: entry.milliseconds + performance.now() - started,
    });
    return result;
  };
  backend.binding = Object.create(binding, { executeOp: { value: executeOp } }) as Binding;
  try {
    body();
  } finally {
    backend.binding = binding;
  }
  return [...times].map(([op, time]) => ({ op, ...time })).sort((a, b) => b.milliseconds - a.milliseconds);
}
