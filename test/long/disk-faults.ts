import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

const worker = path.join(import.meta.dirname, 'disk-faults-worker.ts');
const source = path.join(import.meta.dirname, 'disk-faults.c');

/** A process that works on a disk that is full or fails, as long as it is held. */
export interface DiskFaults {
  /** @returns what broke */
  attempt(seed: number): Promise<string | null>;
  close(): Promise<void>;
}

/**
 * Starts it. What the system answers is changed within the process, by a library that is loaded before the system's
 * own: no disk and no rights are needed.
 * @returns why it can't be had, where it can't
 */
export function startDiskFaults(folder: string): DiskFaults | string {
  if (process.platform !== 'linux') return 'only Linux loads a library before its own';
  const library = path.join(folder, 'disk-faults.so');
  const { status } = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl']);
  if (status !== 0) return 'there is no C compiler';
  const below = path.join(folder, 'disk');
  const control = path.join(folder, 'control');
  mkdirSync(below);
  writeFileSync(control, Buffer.alloc(8));
  const child = spawn(process.execPath, ['--no-warnings', worker, below, control], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, LD_PRELOAD: library, TWINHEAD_FAULTS: control, TWINHEAD_FAULTS_BELOW: below },
  });
  const ended = new Promise<null>((resolve) => child.once('close', () => resolve(null)));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    attempt: async (seed) => {
      child.stdin.write(`${seed}\n`);
      const { value, done } = await lines.next();
      if (done === true) return 'the process ended by itself';
      const broken = JSON.parse(value) as string[];
      return broken.length === 0 ? null : `on a failing disk: ${broken.slice(0, 3).join('; ')}`;
    },
    close: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
