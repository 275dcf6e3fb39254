import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads';

/**
 * Loaded into a server process, and so into each of its threads, before the program: on a message it tells how many
 * tensors were made so far, and how many of them are alive: on threads that work, or left by threads that have ended.
 * The program knows nothing of it.
 */
export interface TensorCount {
  readonly alive: number;
  readonly made: number;
}

const LOOK_EVERY_MS = 50;
const channel = new BroadcastChannel('tensor-count');
channel.unref();

/** Where TensorFlow.js keeps its engine, whichever copy of it is loaded. */
interface EngineHolder {
  readonly _tfengine?: {
    readonly state: { readonly numTensors: number };
    readonly constructor: { readonly nextTensorId: number };
  };
}

if (isMainThread) {
  const threads = new Map<number, TensorCount>();
  channel.onmessage = ({ data }) => {
    const { thread, count } = data as { thread: number; count: TensorCount };
    threads.set(thread, count);
  };
  process.on('message', () => {
    const counts = [...threads.values()];
    const sum = (of: (count: TensorCount) => number): number =>
      counts.reduce((total, one) => total + of(one), 0);
    process.send?.({ alive: sum((one) => one.alive), made: sum((one) => one.made) } satisfies TensorCount);
  });
  // The process ends as it would without.
  process.channel?.unref();
} else {
  const tell = (): void => {
    const engine = (globalThis as EngineHolder)._tfengine;
    if (engine === undefined) return;
    const count: TensorCount = { alive: engine.state.numTensors, made: engine.constructor.nextTensorId };
    channel.postMessage({ thread: threadId, count });
  };
  setInterval(tell, LOOK_EVERY_MS).unref();
  process.on('exit', tell);
}
