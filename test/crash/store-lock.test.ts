import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openProject, restoreBackup } from '../../electron/store/index.ts';

let folder: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'twinhead-lock-'));
  openProject(folder, { create: true }).close();
});
afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Another process that has the project open, once this returns. */
async function holder(): Promise<void> {
  const index = new URL('../../electron/store/index.ts', import.meta.url).href;
  const program = `import { openProject } from ${JSON.stringify(index)};
    // Kept for good: what nothing refers to is collected, and its lock with it.
    globalThis.store = openProject(${JSON.stringify(folder)});
    process.stdout.write('open');
    setInterval(() => undefined, 1000);`;
  const other = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child = other;
  await new Promise((resolve, reject) => {
    other.stdout.once('data', resolve);
    other.once('exit', () => reject(new Error('The other process ended before it had the project open.')));
  });
}

async function killHolder(): Promise<void> {
  const ended = new Promise((resolve) => child?.once('exit', resolve));
  child?.kill('SIGKILL');
  await ended;
}

describe('a project that another process has open', () => {
  it('is refused with a word, to opening and to restoring, and is free once that process is killed', async () => {
    await holder();
    const inUse = expect.objectContaining({ code: 'project-in-use' }) as Error;
    expect(() => openProject(folder)).toThrow(inUse);
    expect(() => restoreBackup(folder)).toThrow(inUse);
    await killHolder();
    const store = openProject(folder);
    store.classes.create({ kind: 'object', name: 'cell' });
    store.close();
  });
});
