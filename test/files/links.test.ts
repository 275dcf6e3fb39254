import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
} from 'node:fs';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  canonicalPath,
  copyOrLink,
  HeldFolder,
  LineFile,
  makeFolder,
  move,
  openFile,
  openForChanges,
  prune,
  readTextSync,
  remove,
  removeSync,
  requireOwnFile,
  touch,
  writeAtomically,
  writeAtomicallySync,
} from '../../electron/files/index.ts';

let base: string;
let project: string;
let outside: string;

beforeEach(() => {
  base = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'twinhead-links-')));
  project = path.join(base, 'p.twinhead');
  outside = path.join(base, 'photos');
  for (const folder of [project, outside, path.join(project, 'runs')]) mkdirSync(folder);
  writeFileSync(path.join(outside, 'dear.jpg'), 'dear');
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const untouched = (): void => {
  expect(readdirSync(outside)).toEqual(['dear.jpg']);
  expect(readFileSync(path.join(outside, 'dear.jpg'), 'utf8')).toBe('dear');
};

describe('a folder of the project that is a link', () => {
  const inside = (...names: string[]): string => path.join(project, 'cache', ...names);
  beforeEach(() => symlinkSync(outside, inside()));

  const refused: Record<string, () => unknown> = {
    'is not written to': () => writeAtomically(inside('new.jpg'), 'x'),
    'is not written to at once': () => writeAtomicallySync(inside('new.jpg'), 'x'),
    'gets no folder': () => makeFolder(inside('deep', 'deeper')),
    'is no folder that was made': () => makeFolder(inside()),
    'loses nothing': () => remove(inside('dear.jpg')),
    'loses nothing at once': () => removeSync(inside('dear.jpg')),
    'loses nothing to pruning': () => prune(inside(), 0),
    'gives nothing away': () => move(inside('dear.jpg'), path.join(project, 'taken.jpg')),
    'takes nothing in': async () => {
      writeFileSync(path.join(project, 'own'), 'own');
      await move(path.join(project, 'own'), inside('own'));
    },
    'has no file that is changed': () => openForChanges(inside('dear.jpg')),
    'has no lines added': () => new LineFile(inside('dear.jpg')),
    'holds no file of ours': () => requireOwnFile(inside('dear.jpg')),
    'is not held': () => new HeldFolder(inside()),
  };
  for (const [behaviour, attempt] of Object.entries(refused))
    it(behaviour, async () => {
      await expect((async () => await attempt())()).rejects.toMatchObject({
        code: 'unusable-input',
        message: expect.stringContaining('is a link') as string,
      });
      untouched();
    });

  it('is itself deleted, not what it leads to', async () => {
    await remove(inside());
    expect(lstatSync(inside(), { throwIfNoEntry: false })).toBeUndefined();
    untouched();
  });
});

describe('a file of the project that is a link', () => {
  const own = (): string => path.join(project, 'events.jsonl');
  beforeEach(() => symlinkSync(path.join(outside, 'dear.jpg'), own()));

  it('is replaced when it is written whole, not followed', async () => {
    await writeAtomically(own(), 'ours');
    writeAtomicallySync(own(), 'ours again');
    expect(lstatSync(own()).isFile()).toBe(true);
    untouched();
  });
  it('is neither changed in place nor added to', async () => {
    await expect(openForChanges(own())).rejects.toThrow(/is a link/);
    expect(() => new LineFile(own())).toThrow(/is a link/);
    expect(() => requireOwnFile(own())).toThrow(/is a link/);
    untouched();
  });
  it('is pruned as a link', async () => {
    await prune(project, 0);
    expect(readdirSync(project)).toEqual([]);
    untouched();
  });
});

it('a file that has a second name outside is neither changed in place nor added to', async () => {
  execFileSync('ln', [path.join(outside, 'dear.jpg'), path.join(project, 'cache.bin')]);
  await expect(openForChanges(path.join(project, 'cache.bin'))).rejects.toThrow(/is a link/);
  expect(() => new LineFile(path.join(project, 'cache.bin'))).toThrow(/is a link/);
  untouched();
});

it('a project that is a link as a whole is written to under its one spelling', async () => {
  symlinkSync(project, path.join(base, 'mine.twinhead'));
  const folder = canonicalPath(path.join(base, 'mine.twinhead', 'runs', 'r0001'));
  expect(folder).toBe(path.join(project, 'runs', 'r0001'));
  makeFolder(folder);
  await writeAtomically(path.join(folder, 'a'), [Buffer.from('a'), Buffer.from('b')]);
  expect(readFileSync(path.join(project, 'runs', 'r0001', 'a'), 'utf8')).toBe('ab');
  expect(readdirSync(folder)).toEqual(['a']);
});

it('what inspection refuses leaves nothing behind', async () => {
  const refuse = (): Promise<never> => Promise.reject(new Error('not good'));
  await expect(writeAtomically(path.join(project, 'a'), 'a', { inspect: refuse })).rejects.toThrow(
    'not good',
  );
  expect(readdirSync(project)).toEqual(['runs']);
});

it.skipIf(process.platform === 'win32')('a pipe is neither waited for, read, nor written to', async () => {
  const pipe = path.join(project, 'pipe.jpg');
  execFileSync('mkfifo', [pipe]);
  await expect(openFile(pipe)).rejects.toMatchObject({ code: 'unusable-input' });
  expect(() => readTextSync(pipe)).toThrow(/pipe/);
  await expect(openForChanges(pipe)).rejects.toThrow();
  expect(() => new LineFile(pipe)).toThrow();
  for (const how of ['copy', 'link'] as const) {
    await expect(copyOrLink(pipe, path.join(project, 'copy.jpg'), how)).rejects.toMatchObject({
      code: 'unusable-input',
    });
    expect(existsSync(path.join(project, 'copy.jpg'))).toBe(false);
  }
});

it.skipIf(process.platform !== 'linux')('a folder is not made where none can be', () => {
  expect(() => makeFolder('/proc/twinhead/deep')).toThrow(/No folder can be made/);
  expect(existsSync('/proc/twinhead')).toBe(false);
});

it('what the system says of a file names it by its path, not by the descriptor of its folder', async () => {
  const taken = path.join(project, 'taken');
  mkdirSync(path.join(taken, 'full'), { recursive: true });
  writeFileSync(path.join(outside, 'a'), 'a');
  const file = path.join(outside, 'a');
  const tries: (() => unknown)[] = [
    () => writeAtomicallySync(taken, 'x'),
    () => writeAtomically(taken, 'x'),
    () => openForChanges(taken),
    () => new LineFile(taken),
    () => move(file, taken),
    () => copyOrLink(file, taken, 'link'),
    () => copyOrLink(file, taken, 'copy'),
    () => touch(path.join(project, 'none')),
  ];
  for (const attempt of tries) {
    const error: unknown = await (async () => attempt())().then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error, String(attempt)).toBeInstanceOf(Error);
    const { message, path: own, dest } = error as NodeJS.ErrnoException & { dest?: string };
    expect([message, own, dest].join(' ')).not.toContain('/proc/');
    expect(message).toContain(project);
  }
});

it('names lead to nowhere else', () => {
  using folder = new HeldFolder(project);
  for (const name of ['', '.', '..', '../photos', 'runs/x', path.resolve('/etc')])
    expect(() => folder.at(name)).toThrow(/not a valid file name/);
});
