import type { ErrorReport, TwinheadError } from '../common/errors.ts';

/** What a task takes, tells meanwhile and gives: plain data, agreed on by both sides. */
export interface TaskType {
  readonly input: unknown;
  readonly event: unknown;
  readonly result: unknown;
}

export interface StartOptions<Task extends TaskType> {
  readonly onEvent?: (event: Task['event']) => void;
  /** What to say where the carrier ends without a word. */
  readonly died?: (status: number) => TwinheadError;
  /** Blocks of the input that are moved, not copied. */
  readonly transfer?: readonly ArrayBuffer[];
  /** What the carrier prints goes nowhere. */
  readonly silent?: boolean;
  /** The process may end before the task does. */
  readonly background?: boolean;
}

export interface RunningTask<Task extends TaskType> {
  /** Rejects with a TwinheadError as the task failed. */
  readonly done: Promise<Task['result']>;
  /** The task ends when it next looks; asking twice is harmless. */
  readonly stop: () => void;
  /** Ends the carrier at once, whatever it does. */
  readonly end: () => Promise<void>;
}

/** Starts what a module serves with {@link serveTask}. Threads are one carrier; a process would be another. */
export type Carrier = <Task extends TaskType>(
  module: URL,
  input: Task['input'],
  options?: StartOptions<Task>,
) => RunningTask<Task>;

export interface TaskStart {
  readonly input: unknown;
  /** Shared: 1 once the caller wants it to end. */
  readonly stop: Int32Array<SharedArrayBuffer>;
}

export type TaskMessage =
  | { readonly type: 'event'; readonly event: unknown }
  | { readonly type: 'done'; readonly result: unknown }
  | { readonly type: 'failed'; readonly report: ErrorReport };
