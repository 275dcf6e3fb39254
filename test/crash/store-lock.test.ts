import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyOut, openProject, restoreBackup } from '../../electron/store/index.ts';

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

/** Another process that has the project open, once this returns. @param then what it does before */
async function holder(then = ''): Promise<void> {
  const index = new URL('../../electron/store/index.ts', import.meta.url).href;
  const program = `import { openProject } from ${JSON.stringify(index)};
    // Kept for good: what nothing refers to is collected, and its lock with it.
    globalThis.store = openProject(${JSON.stringify(folder)});
    ${then};
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
  it.each([
    ['has read the lock file as any other', 'fs.closeSync(fs.openSync(lock))'],
    ['has lost the lock file', 'fs.rmSync(lock)'],
  ])('is refused also where that process %s', async (_, then) => {
    await holder(
      `const fs = await import('node:fs'); const lock = ${JSON.stringify(path.join(folder, 'project.lock'))}; ${then}`,
    );
    const inUse = expect.objectContaining({ code: 'project-in-use' }) as Error;
    expect(() => openProject(folder)).toThrow(inUse);
    expect(() => openProject(folder)).toThrow(inUse);
    await killHolder();
    openProject(folder).close();
    expect(existsSync(path.join(folder, 'project.holder'))).toBe(false);
  });

  it('is edited by one process even where all of the lock was taken away', () => {
    const first = openProject(folder);
    for (const name of ['project.lock', 'project.holder']) rmSync(path.join(folder, name));
    const second = openProject(folder);
    const create = (name: string) => (store: typeof first) => store.classes.create({ kind: 'object', name });
    expect(() => create('lost')(first)).toThrow(expect.objectContaining({ code: 'read-only' }) as Error);
    create('kept')(second);
    first.close();
    expect(() => openProject(folder)).toThrow(expect.objectContaining({ code: 'project-in-use' }) as Error);
    second.close();
    const again = openProject(folder);
    expect(again.classes.list().map(({ name }) => name)).toEqual(['kept']);
    again.close();
  });

  it('is not reached through a link in another folder', () => {
    const other = path.join(folder, 'other.twinhead');
    openProject(other, { create: true }).close();
    rmSync(path.join(other, 'project.db'));
    symlinkSync(path.join(folder, 'project.db'), path.join(other, 'project.db'));
    expect(() => openProject(other)).toThrow(/is a link/);
  });

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

it.skipIf(process.platform !== 'linux')(
  'packing a project keeps the locks of the process that has it open',
  async () => {
    const store = openProject(folder);
    const locks = (): number => {
      const { ino } = statSync(path.join(folder, 'project.db'));
      const all = readFileSync('/proc/locks', 'utf8').split('\n');
      return all.filter((line) => line.includes(` ${process.pid} `) && line.includes(`:${ino} `)).length;
    };
    expect(locks()).toBe(1);
    await copyOut(folder, path.join(folder, 'copy.db'));
    expect(locks()).toBe(1);
    store.close();
    expect(locks()).toBe(0);
  },
);
