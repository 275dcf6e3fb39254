import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const { removeOrphans, sourceHash } = (await import(
  new URL('../../scripts/builds.mjs', import.meta.url).href
)) as {
  removeOrphans: (folder: string) => void;
  sourceHash: (folder: string, sources: string[]) => string;
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
