import { TwinheadError } from './errors.ts';
import { say } from './sentences/sentence.ts';

export function cancelled(): TwinheadError {
  return new TwinheadError('cancelled', say('system.cancelled'));
}

/** Calls `stop` on abort, at once where that came already. Returns the function that unlinks it. */
export function onAbort(signal: AbortSignal | undefined, stop: () => void): () => void {
  if (signal?.aborted) stop();
  else signal?.addEventListener('abort', stop, { once: true });
  return () => signal?.removeEventListener('abort', stop);
}

/** What `promise` gives, unless the signal is aborted first. @throws TwinheadError `cancelled` */
export async function unlessAborted<Value>(
  promise: Promise<Value>,
  signal: AbortSignal | undefined,
): Promise<Value> {
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const unlink = onAbort(signal, () => reject(cancelled()));
  try {
    return await Promise.race([promise, stopped]);
  } finally {
    unlink();
  }
}
