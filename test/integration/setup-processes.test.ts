import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const url = (name: string): string => new URL(`../../scripts/setup/${name}`, import.meta.url).href;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'twinhead-processes-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function script(name: string, text: string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, text);
  return file;
}

function start(file: string, args: string[] = [], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, [file, ...args], { env: { ...process.env, ...env }, stdio: 'ignore' });
}

const appears = (file: string) => expect.poll(() => existsSync(file), { timeout: 30_000 }).toBe(true);

describe('a lock', () => {
  const holding = () =>
    script(
      'hold.mjs',
      `import { withLock } from ${JSON.stringify(url('lock.mjs'))};
import { appendFileSync, existsSync } from 'node:fs';
const [lock, log, gate] = process.argv.slice(2);
await withLock(lock, async () => {
  appendFileSync(log, 'in ');
  while (gate && !existsSync(gate)) await new Promise((resolve) => setTimeout(resolve, 20));
  await new Promise((resolve) => setTimeout(resolve, 30));
  appendFileSync(log, 'out ');
}, { poll: 10 });`,
    );

  it('lets one process in at a time', async () => {
    const file = await holding();
    const log = path.join(folder, 'log');
    await Promise.all(
      Array.from({ length: 6 }, () => run(process.execPath, [file, path.join(folder, 'lock'), log])),
    );
    expect(await readFile(log, 'utf8')).toBe('in out '.repeat(6));
    expect(existsSync(path.join(folder, 'lock'))).toBe(false);
  });

  it('passes from a process that was killed to all who wait, one at a time', async () => {
    const file = await holding();
    const log = path.join(folder, 'log');
    const lock = path.join(folder, 'lock');
    const killed = start(file, [lock, path.join(folder, 'killed'), path.join(folder, 'never')]);
    await appears(path.join(folder, 'killed'));
    const waiting = Array.from({ length: 4 }, () => run(process.execPath, [file, lock, log]));
    killed.kill('SIGKILL');
    await Promise.all(waiting);
    expect(await readFile(log, 'utf8')).toBe('in out '.repeat(4));
  });
});

describe.skipIf(process.platform === 'win32')('a program in the foreground', () => {
  // `becomeNode` replaces the process where Node can; `runInForeground` stands above its child.
  const wrapper = (call: string) =>
    script(
      'wrapper.mjs',
      `import { becomeNode, runInForeground } from ${JSON.stringify(url('foreground.mjs'))};
const args = process.argv.slice(2);
process.exitCode = await ${call};`,
    );
  const calls = ['becomeNode(args)', 'runInForeground(process.execPath, args)'];

  it.each(calls)('gives its arguments, output and exit status through %s', async (call) => {
    const inner = await script(
      'inner.mjs',
      'console.log(JSON.stringify(process.argv.slice(2))); process.exit(3);',
    );
    const outcome = await run(process.execPath, [
      await wrapper(call),
      inner,
      'two words',
      '--json',
      '',
    ]).catch((error: unknown) => error);
    expect(outcome).toMatchObject({ code: 3, stdout: '["two words","--json",""]\n' });
  });

  it.each(calls)('gets a signal and answers it through %s', async (call) => {
    const ready = path.join(folder, 'ready');
    const inner = await script(
      'inner.mjs',
      `import { writeFileSync } from 'node:fs';
process.on('SIGINT', () => process.exit(42));
setInterval(() => {}, 1000);
writeFileSync(process.argv[2], '');`,
    );
    const child = start(await wrapper(call), [inner, ready]);
    await appears(ready);
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([42, null]);
  });

  it('that a signal ended gives the status that a shell would', async () => {
    const inner = await script(
      'inner.mjs',
      "process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000);",
    );
    const child = start(await wrapper('runInForeground(process.execPath, args)'), [inner]);
    expect(await once(child, 'close')).toEqual([137, null]);
  });
});
