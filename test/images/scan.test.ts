import { mkdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { findImageFiles, probe, scanFolder } from '../../electron/images/index.ts';
import type { ImageInfo, ScanOptions } from '../../electron/images/index.ts';
import type { Problem } from '../../electron/common/entities.ts';
import { picture, useTemporaryFolder } from './support.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';

const folder = useTemporaryFolder();

async function makeFolder(name: string, files: readonly string[]): Promise<string> {
  const root = join(folder.path, name);
  const content = await picture(8, 6).png().toBuffer();
  for (const file of files) {
    await mkdir(join(root, file, '..'), { recursive: true });
    await writeFile(join(root, file), content);
  }
  return root;
}

async function found(root: string): Promise<string[]> {
  const files: string[] = [];
  for await (const file of findImageFiles(root)) files.push(relative(root, file));
  return files;
}

async function scanned(
  root: string,
  options: ScanOptions = {},
): Promise<{ images: ImageInfo[]; unchanged: string[]; problems: Problem[] }> {
  const all = { images: [] as ImageInfo[], unchanged: [] as string[], problems: [] as Problem[] };
  for await (const batch of scanFolder(root, options)) {
    all.images.push(...batch.images);
    all.unchanged.push(...batch.unchanged);
    all.problems.push(...batch.problems);
  }
  return all;
}

it('reads sound pictures as sound while other threads are starting up', async () => {
  // What one thread sets up in libvips holds for the whole process: it must never fail another thread's reading.
  const root = await makeFolder('starting', ['sound.png']);
  const module = new URL('../../electron/images/sharp.ts', import.meta.url).href;
  let starting = 24;
  const threads = (async () => {
    for (; starting > 0; starting -= 1) {
      const worker = new Worker(`import(${JSON.stringify(module)})`, { eval: true });
      await new Promise((resolve) => worker.once('exit', resolve));
    }
  })();
  const failures: string[] = [];
  while (starting > 0) {
    const outcomes = await Promise.all(Array.from({ length: 16 }, () => probe(join(root, 'sound.png'))));
    for (const outcome of outcomes) if (!outcome.ok) failures.push(inEnglish(outcome.reason));
  }
  await threads;
  expect(failures).toEqual([]);
});

describe('finding images', () => {
  it('goes through sub-folders in the order of names and takes extensions in any case', async () => {
    const root = await makeFolder('order', [
      'b/2.JPG',
      'b/10.jpg',
      'a.png',
      'c.TiFf',
      'notes.txt',
      'z.svg',
      'png',
    ]);
    expect(await found(root)).toEqual(['a.png', 'b/10.jpg', 'b/2.JPG', 'c.TiFf']);
  });

  it('leaves out hidden files and folders and project folders', async () => {
    const root = await makeFolder('hidden', [
      '.x.png',
      '.git/a.png',
      'p.twinhead/cache/a.png',
      'P.TWINHEAD/b.png',
      'ok.png',
    ]);
    expect(await found(root)).toEqual(['ok.png']);
  });

  it('ends where links go in circles and follows others once', async () => {
    const root = await makeFolder('links', ['in/a.png']);
    await symlink(root, join(root, 'in', 'up'));
    await symlink(join(root, 'in'), join(root, 'same'));
    await symlink(join(root, 'in', 'a.png'), join(root, 'linked.png'));
    await symlink(join(root, 'loop.png'), join(root, 'loop.png'));
    expect(await found(root)).toEqual(['in/a.png', 'linked.png', 'loop.png']);
  });

  it('says that the folder is missing or a file', async () => {
    await expect(found(join(folder.path, 'no'))).rejects.toMatchObject({ code: 'not-found' });
    const root = await makeFolder('one', ['a.png']);
    await expect(found(join(root, 'a.png'))).rejects.toMatchObject({ code: 'unusable-input' });
  });
});

describe('scanning a folder', () => {
  it('probes every image in order, lists unreadable ones and goes on', async () => {
    const names = Array.from({ length: 70 }, (_, index) => `${String(index).padStart(3, '0')}.png`);
    const root = await makeFolder('scan', names);
    await writeFile(join(root, '010.png'), '');
    await writeFile(join(root, '050.png'), 'no picture');
    const progress: number[] = [];
    const result = await scanned(root, { onProgress: (done) => progress.push(done) });
    const usable = names.filter((name) => name !== '010.png' && name !== '050.png');
    expect(result.images.map((image) => relative(root, image.file))).toEqual(usable);
    expect(result.problems.map(({ file }) => relative(root, file!))).toEqual(['010.png', '050.png']);
    expect(
      result.problems.every(({ message, remedy }) => inEnglish(message) !== '' && inEnglish(remedy!) !== ''),
    ).toBe(true);
    expect(progress[0]).toBe(0);
    expect(progress.at(-1)).toBe(70);
  });

  it('does not read files again whose size and time are known', async () => {
    const root = await makeFolder('known', ['a.png', 'b.png']);
    const first = await scanned(root);
    await utimes(join(root, 'b.png'), 1_000_000, 1_000_000);
    const known = new Map(first.images.map((image) => [image.file, image]));
    const second = await scanned(root, { known });
    expect(second.unchanged).toEqual([join(root, 'a.png')]);
    expect(second.images.map((image) => image.file)).toEqual([join(root, 'b.png')]);
  });

  it('gives nothing for an empty folder', async () => {
    const root = join(folder.path, 'empty');
    await mkdir(root);
    expect(await scanned(root)).toEqual({ images: [], unchanged: [], problems: [] });
  });

  it('stops when it is cancelled', async () => {
    const root = await makeFolder(
      'cancel',
      Array.from({ length: 200 }, (_, index) => `${index}.png`),
    );
    const controller = new AbortController();
    const running = scanned(root, {
      signal: controller.signal,
      onProgress: (done) => done > 0 && controller.abort(),
    });
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    await expect(scanned(root, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
  });
});
