import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ChildMessage } from './types.ts';

export interface Measured {
  readonly values: ReadonlyMap<string, number>;
  /** What a subject itself compared with. */
  readonly baselines: ReadonlyMap<string, number>;
  readonly engine: string | null;
  /** Why figures are missing, or null. */
  readonly failure: string | null;
}

/** Measures figures of one subject in a fresh process, so that no subject heats up or crowds out another. */
export function measureSubject(
  subject: string,
  names: readonly string[],
  progress: (text: string) => void,
): Promise<Measured> {
  const child = fork(fileURLToPath(new URL('./child.ts', import.meta.url)), [subject, ...names], {
    // What a library prints must not get into the one document on standard output.
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    // The page's script is stripped of its types by a function of Node that warns.
    execArgv: ['--expose-gc', '--disable-warning=ExperimentalWarning'],
  });
  child.stdout?.pipe(process.stderr);
  const values = new Map<string, number>();
  const baselines = new Map<string, number>();
  let engine: string | null = null;
  let failure: string | null = null;
  child.on('message', (message: ChildMessage) => {
    if (message.type === 'value') {
      values.set(message.name, message.value);
      if (message.baseline !== null) baselines.set(message.name, message.baseline);
    } else if (message.type === 'progress') progress(message.text);
    else if (message.type === 'engine') engine = message.text;
    else failure = message.message;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const missing = names.filter((name) => !values.has(name));
      if (failure === null && (code !== 0 || missing.length > 0)) {
        failure = `ended with ${signal ?? `status ${code ?? ''}`} without ${missing.join(', ')}`;
      }
      resolve({ values, baselines, engine, failure });
    });
  });
}
