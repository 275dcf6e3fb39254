import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../electron/common/jobs.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import { TestApp } from '../support/app.ts';
import { writeZipFile } from '../support/zip.ts';

let app: TestApp;
let folder: string;
const at = (...names: string[]): string => path.join(folder, ...names);

beforeEach(async () => {
  app = new TestApp();
  folder = mkdtempSync(path.join(os.tmpdir(), 'twinhead-pack-'));
  await app.sample({ train: 3, val: 1, test: 1 });
  mkdirSync(at('photos'));
  await sharp({ create: { width: 50, height: 30, channels: 3, background: 'red' } })
    .jpeg()
    .toFile(at('photos', 'a.jpg'));
  await app.done((await app.call('images.add', { folders: [at('photos')] })).jobId);
});
afterEach(async () => {
  await app.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** The job of no project, once it has ended. */
async function run(call: Promise<{ jobId: string }>): Promise<Job> {
  const { jobId } = await call;
  for (;;) {
    const job = await app.callAbout(null, 'jobs.get', { jobId });
    if (job.state !== 'running') return job;
    await nextTurn();
  }
}

const pack = (out: string, more: { images?: boolean; runs?: boolean } = {}): Promise<Job> =>
  run(app.callAbout(null, 'project.pack', { path: app.project, out, ...more }));
const unpack = (file: string, to: string): Promise<Job> =>
  run(app.callAbout(null, 'project.unpack', { file, path: to }));

/** Names and labels of a project. */
async function contents(): Promise<unknown> {
  const { items } = await app.call('images.list', {});
  const labels = await Promise.all(items.map(({ id }) => app.call('annotations.get', { imageId: id })));
  return items.map(({ fileName, missing }, index) => [fileName, missing, labels[index]!.boxes]);
}

/** Gives a class an example. */
async function explainClass() {
  const [image] = (await app.call('images.list', {})).items.filter(({ boxCount }) => boxCount > 0);
  const [box] = (await app.call('annotations.get', { imageId: image!.id })).boxes;
  await app.call('classes.update', { id: box!.classId, description: 'as drawn', examples: [box!.id] });
  const { examples } = await app.call('classes.guide', { id: box!.classId });
  expect(examples).toMatchObject([{ id: box!.id, image: { id: image!.id } }]);
  return { id: box!.classId, examples };
}

describe('pack and unpack', () => {
  it('give the same project again, with images that lay outside of it', async () => {
    const guide = await explainClass();
    const before = await contents();
    const packed = await pack(at('cells.zip'));
    expect(packed).toMatchObject({ state: 'done', problems: [], result: { images: 6, missing: 0 } });
    rmSync(at('photos'), { recursive: true });
    const unpacked = await unpack(at('cells.zip'), at('again'));
    expect(unpacked.error).toBeUndefined();
    await app.call('project.open', { path: at('again') });
    expect(await contents()).toEqual(before);
    expect(await app.call('classes.guide', { id: guide.id })).toEqual({ examples: guide.examples });
    const { problems } = await app.call('project.check', {});
    expect(problems).toEqual([]);
    expect(readdirSync(folder).sort()).toEqual(['again.twinhead', 'cells.zip']);
  });

  it('name images whose file was cut off or overwritten, and pack them as they are', async () => {
    const [cut, other] = (await app.call('images.list', { sort: 'path' })).items;
    const fileOf = async (id: number): Promise<string> =>
      (await app.call('images.check', { imageId: id })).file;
    const [cutFile, otherFile] = [await fileOf(cut!.id), await fileOf(other!.id)];
    const whole = readFileSync(cutFile);
    writeFileSync(cutFile, whole.subarray(0, 60));
    writeFileSync(otherFile, whole);
    const { problems, result } = await pack(at('cells.zip'));
    expect(result).toMatchObject({ images: 6, missing: 0 });
    const told = problems.map(({ file, message }) => [file, inEnglish(message)]);
    const remedy = problems.find(({ file }) => file === cutFile)?.remedy ?? '';
    expect(inEnglish(remedy)).toBe('Replace it with an undamaged copy, then pack the project.');
    expect(told.toSorted()).toEqual(
      [
        [cutFile, 'This file can’t be read as an image any more; the archive has it as it is now.'],
        [otherFile, 'This file has changed since it was added; the archive has it as it is now.'],
      ].toSorted(),
    );
    expect((await unpack(at('cells.zip'), at('again'))).state).toBe('done');
  });

  it('make the same bytes of the same project, and leave it as it was', async () => {
    const digest = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');
    await pack(at('one.zip'));
    await pack(at('two.zip'));
    expect(digest(at('one.zip'))).toBe(digest(at('two.zip')));
    expect((await pack(at('one.zip'))).error).toMatchObject({ code: 'unusable-input' });
    expect((await pack(at('new', 'one.zip'))).error).toMatchObject({
      code: 'not-found',
      message: `There is no folder ${at('new')}.`,
    });
    expect((await pack(path.join(app.project, 'runs', 'one.zip'))).error).toMatchObject({
      code: 'unusable-input',
      message: 'The archive can’t lie inside the project that it packs.',
    });
    expect(existsSync(at('new'))).toBe(false);
  });

  it('leave out images and runs where that is asked for: labels stay, images are where they were', async () => {
    mkdirSync(path.join(app.project, 'runs', 'x'), { recursive: true });
    writeFileSync(path.join(app.project, 'runs', 'x', 'log.txt'), 'hello');
    const before = await contents();
    await pack(at('small.zip'), { images: false, runs: false });
    await pack(at('whole.zip'));
    await unpack(at('small.zip'), at('small'));
    await unpack(at('whole.zip'), at('whole'));
    expect(existsSync(at('whole.twinhead', 'runs', 'x', 'log.txt'))).toBe(true);
    expect(existsSync(at('small.twinhead', 'runs', 'x'))).toBe(false);
    await app.call('project.open', { path: at('small') });
    const labels = (all: unknown): unknown => (all as unknown[][]).map(([name, , boxes]) => [name, boxes]);
    expect(labels(await contents())).toEqual(labels(before));
  });

  it('go on where an unpacking was interrupted, and mend what was cut off', async () => {
    await pack(at('cells.zip'));
    await unpack(at('cells.zip'), at('first'));
    // As a process leaves it that is killed: most files whole, one cut off, the last not there.
    const listed = JSON.parse(await manifestOf(at('cells.zip'))) as { files: { path: string }[] };
    const begun = await begunFolder(at('cells.zip'));
    const files = listed.files.map((one) => one.path);
    for (const name of files.slice(0, -1)) {
      mkdirSync(path.dirname(path.join(begun, name)), { recursive: true });
      writeFileSync(path.join(begun, name), readFileSync(at('first.twinhead', name)));
    }
    const cut = path.join(begun, files[1]!);
    writeFileSync(cut, readFileSync(cut).subarray(0, statSync(cut).size - 1));
    const job = await unpack(at('cells.zip'), at('again'));
    expect(job.result).toMatchObject({ files: files.length, reused: files.length - 2 });
    expect(existsSync(begun)).toBe(false);
    await app.call('project.open', { path: at('again') });
    expect((await contents()) as unknown[]).toHaveLength(6);
  });

  it('refuse what is no project, is damaged, or lists other files than it has; nothing is left', async () => {
    const other = await writeZipFile(at('other.zip'), [{ name: 'a.txt', content: 'x' }]);
    expect((await unpack(other, at('x'))).error?.message).toMatch(/not a Twinhead project/);
    const files = [{ path: 'project.db', bytes: 1, sha256: 'a'.repeat(64) }];
    const manifest = (more: object): { name: string; content: string } => ({
      name: 'twinhead-archive.json',
      content: JSON.stringify({
        twinhead: 'project archive',
        version: 1,
        name: 'x',
        images: true,
        runs: true,
        files,
        ...more,
      }),
    });
    const refused = async (
      name: string,
      more: object,
      entries: { name: string; content: string }[],
    ): Promise<string> => {
      const file = await writeZipFile(at(`${name}.zip`), [...entries, manifest(more)]);
      const { error } = await unpack(file, at('x'));
      expect(error?.details.file).toBe(file);
      return `${error?.code ?? ''}: ${error?.message ?? ''}`;
    };
    const db = { name: 'project.db', content: 'x' };
    expect(await refused('sum', {}, [db])).toMatch(/checksum differs/);
    expect(await refused('more', {}, [db, { name: 'b', content: 'x' }])).toMatch(/other files/);
    expect(
      await refused('wal', { files: [...files, { ...files[0], path: 'project.db-wal' }] }, [
        db,
        { name: 'project.db-wal', content: 'x' },
      ]),
    ).toMatch(/other files/);
    expect(await refused('new', { version: 2 }, [db])).toMatch(/^project-too-new/);
    const nothing = await unpack(at('nothing.zip'), at('x'));
    expect(nothing.error).toMatchObject({ code: 'not-found', details: { file: at('nothing.zip') } });
    expect((await unpack(folder, at('x'))).error).toMatchObject({
      message: `${folder} is a folder, not a file.`,
    });
    writeFileSync(at('text.zip'), 'no archive');
    expect((await unpack(at('text.zip'), at('x'))).error).toMatchObject({
      message: 'This isn’t a zip file, or it is incomplete.',
      details: { remedy: 'Get the archive again.' },
    });
    expect((await unpack(other, app.project)).error).toMatchObject({
      message: `${app.project} is already a project.`,
      details: { remedy: 'Choose another name. Nothing was changed.' },
    });
    await expect(unpack('nothing.zip', at('x'))).rejects.toMatchObject({ code: 'invalid-input' });
    await expect(unpack(other, 'x')).rejects.toMatchObject({ code: 'invalid-input' });
    expect(readdirSync(folder).filter((name) => !/zip$|photos/.test(name))).toEqual([]);
  });

  it('can be imported into another project, with labels, splits and images', async () => {
    const before = await contents();
    await pack(at('cells.zip'));
    await app.call('project.open', { path: at('other'), create: true });
    const job = await app.ended((await app.call('dataset.import', { paths: [at('cells.zip')] })).jobId);
    expect(job.error).toBeUndefined();
    expect(job.result).toMatchObject({ images: 6, imagesAdded: 6 });
    const boxes = (all: unknown): unknown[] =>
      (all as [string, boolean, { x: number; y: number }[]][])
        .map(([name, missing, own]) => [name, missing, own.map(({ x, y }) => [x, y])])
        .sort((a, b) => String(a[0]).localeCompare(String(b[0])));
    expect(boxes(await contents())).toEqual(boxes(before));
    const { bySplit } = await app.call('project.get', {});
    expect(bySplit).toMatchObject({ train: 3, val: 1, test: 1, none: 1 });
  });
});

async function manifestOf(file: string): Promise<string> {
  const { ZipArchive } = await import('../../electron/files/index.ts');
  using archive = await ZipArchive.open(file);
  return (await archive.read(archive.files.at(-1)!, 1e6)).toString('utf8');
}

/** Where an unpacking to `again` is begun. */
async function begunFolder(file: string): Promise<string> {
  const manifest: unknown = JSON.parse(await manifestOf(file));
  const print = createHash('sha256').update(JSON.stringify(manifest)).digest('hex').slice(0, 12);
  return at(`.again.twinhead-${print}.unpacking`);
}
