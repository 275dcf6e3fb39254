import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const COMMAND = fileURLToPath(new URL('../../electron/cli/index.ts', import.meta.url));

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of its own in which the command line is run for real, in child processes. */
export class Workplace {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'twinhead-cli-'));
  readonly #started: ChildProcess[] = [];

  path(...parts: string[]): string {
    return path.join(this.folder, ...parts);
  }

  /** Runs one command to its end. */
  run(...args: string[]): Promise<Ended> {
    return new Promise((resolve) => {
      const options = { cwd: this.folder, env: this.#environment(), maxBuffer: 64 * 1024 * 1024 };
      const child = execFile(process.execPath, [COMMAND, ...args], options, (_error, stdout, stderr) =>
        resolve({ status: child.exitCode, stdout, stderr }),
      );
    });
  }

  /** Starts a command that is to be interrupted or killed. */
  start(...args: string[]): ChildProcess {
    const options = { cwd: this.folder, env: this.#environment() };
    const child = spawn(process.execPath, [COMMAND, ...args], options);
    this.#started.push(child);
    return child;
  }

  /** Ends also what a test that failed has left running. */
  remove(): void {
    for (const child of this.#started) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Settings of these runs stay out of the person's own. */
  #environment(): NodeJS.ProcessEnv {
    return { ...process.env, XDG_CONFIG_HOME: this.path('config'), XDG_DATA_HOME: this.path('data') };
  }
}

/** Resolves once the process has written `text`, to either stream. */
export function written(child: ChildProcess, text: string | RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let all = '';
    const read = (chunk: Buffer): void => {
      all += chunk.toString();
      if (typeof text === 'string' ? all.includes(text) : text.test(all)) resolve(all);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', () => reject(new Error(`ended without saying ${String(text)}:\n${all}`)));
  });
}

/** Status of a process that ends by itself, or the signal that ended it. */
export function ended(child: ChildProcess): Promise<number | NodeJS.Signals | null> {
  return new Promise((resolve) => child.once('exit', (status, signal) => resolve(status ?? signal)));
}
