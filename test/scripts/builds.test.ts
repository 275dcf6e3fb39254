import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const { needsInterface, removeOrphans, sourceHash, writeCommit } = (await import(
  new URL('../../scripts/builds.mjs', import.meta.url).href
)) as {
  needsInterface: (args: string[]) => boolean;
  removeOrphans: (folder: string) => void;
  sourceHash: (folder: string, sources: string[]) => string;
  writeCommit: (folder: string) => void;
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'twinhead-builds-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function put(name: string, text = ''): Promise<void> {
  await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
  await writeFile(path.join(folder, name), text);
}

it('the interface is built for a command that shows it, not for its help or for others', () => {
  expect(needsInterface(['serve', 'cells', '--port', '0'])).toBe(true);
  expect(needsInterface(['--quiet', 'serve'])).toBe(true);
  for (const args of [[], ['serve', '--help'], ['new', 'serve'], ['--version']])
    expect(needsInterface(args)).toBe(false);
});

describe('what a build depends on', () => {
  it('changes with the content, the name and the number of files, not with what is beside them', async () => {
    await put('electron/a.ts', 'a');
    await put('one.json', '{}');
    const sources = ['electron', 'one.json', 'absent'];
    const first = sourceHash(folder, sources);
    await put('other.ts');
    expect(sourceHash(folder, sources)).toBe(first);
    await put('electron/sub/b.ts', 'b');
    const second = sourceHash(folder, sources);
    expect(second).not.toBe(first);
    await put('electron/a.ts', 'A');
    expect(sourceHash(folder, sources)).not.toBe(second);
  });
});

describe('what is left of sources that are gone', () => {
  it('is removed from the built app, and nothing else', async () => {
    const kept = [
      'dist/electron/a.js',
      'dist/electron/a.js.map',
      'dist/electron/preload/index.cjs',
      'dist/electron/x.json',
    ];
    for (const name of ['electron/a.ts', ...kept, 'dist/electron/gone.js', 'dist/electron/gone.js.map'])
      await put(name);
    removeOrphans(folder);
    expect(kept.filter((name) => !existsSync(path.join(folder, name)))).toEqual([]);
    expect(existsSync(path.join(folder, 'dist/electron/gone.js'))).toBe(false);
    expect(existsSync(path.join(folder, 'dist/electron/gone.js.map'))).toBe(false);
  });
});

describe('the commit of the source', () => {
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=T', '-c', 'user.email=t@localhost', ...args], {
      encoding: 'utf8',
    }).trim();

  it('is written beside the built app, and says where files differ from it', async () => {
    await put('a.txt', 'a');
    await put('dist/electron/app.js');
    git('init', '--quiet');
    git('add', 'a.txt');
    git('commit', '--quiet', '--message', 'first');
    const written = async () =>
      (await readFile(path.join(folder, 'dist/electron/commit.txt'), 'utf8')).trim();
    const commit = git('rev-parse', 'HEAD').slice(0, 12);
    writeCommit(folder);
    expect(await written()).toBe(commit);
    await put('a.txt', 'changed');
    writeCommit(folder);
    expect(await written()).toBe(`${commit}-dirty`);
  });

  it('is not kept of an earlier build where the source is no checkout', async () => {
    await put('dist/electron/commit.txt', 'f1b6551a2b3c');
    writeCommit(folder);
    expect(existsSync(path.join(folder, 'dist/electron/commit.txt'))).toBe(false);
  });
});
