import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openProject } from '../../electron/store/index.ts';
import { picture } from '../images/support.ts';
import { TestApp } from '../support/app.ts';

const [A, B] = ['11111111-0000-4000-8000-000000000000', '22222222-0000-4000-8000-000000000000'] as const;

let app: TestApp;
let photos: string;
let labels: string;

beforeEach(async () => {
  app = new TestApp();
  photos = path.join(app.folder, 'photos');
  labels = path.join(photos, 'labels.json');
  mkdirSync(photos);
  await picture(60, 40).png().toFile(path.join(photos, 'a.png'));
  writeFileSync(
    labels,
    JSON.stringify({
      images: [{ id: 1, file_name: 'a.png', width: 60, height: 40 }],
      categories: [{ id: 1, name: 'cell' }],
      annotations: [{ id: 1, image_id: 1, category_id: 1, bbox: [1, 2, 10, 12] }],
    }),
  );
  await app.call('project.open', { path: app.project, create: true });
});
afterEach(() => app.remove());

const kinds = async () => (await app.call('project.history', {})).steps.map(({ kind }) => kind);
const remembered = async () =>
  (await app.call('jobs.history', {})).jobs.map(({ id, state }) => [id, state] as const);
const importing = (editId: string) => app.call('dataset.import', { paths: [labels], editId });
const boxes = async () => (await app.call('project.get', {})).boxes;

describe('a job whose answer was lost is asked for again, and', () => {
  it('the one that runs already is the answer, then the one that has ended', async () => {
    const [first, second] = await Promise.all([importing(A), importing(A)]);
    expect(second).toEqual(first);
    const job = await app.done(first.jobId);
    expect(await importing(A)).toEqual(first);
    expect(await app.call('jobs.get', first)).toEqual(job);
    expect(await remembered()).toEqual([[first.jobId, 'done']]);
    expect(await kinds()).toEqual(['import']);
    expect(await boxes()).toBe(1);
  });

  it('what it did is the answer after another start, too', async () => {
    const first = await importing(A);
    await app.done(first.jobId);
    await app.call('project.undo', {});
    await app.restart();
    expect(await importing(A)).toEqual(first);
    expect(await app.call('jobs.get', first)).toMatchObject({ kind: 'import', state: 'done' });
    expect(await kinds()).toEqual(['import']);
    expect(await boxes()).toBe(0);
    await app.done((await importing(B)).jobId);
    expect(await boxes()).toBe(1);
  });

  it('it is started where the process died before it was done, and not where the import was whole', async () => {
    await app.end();
    const store = openProject(app.project);
    const begin = { kind: 'import', title: 'Import', input: { path: labels } };
    store.jobs.begin({ id: A, ...begin });
    store.jobs.begin({ id: B, ...begin, input: {} });
    await store.importAnnotations({
      title: 'whole',
      classes: [{ kind: 'object', name: 'cell' }],
      images: [],
      editId: B,
    });
    store.close();
    await app.restart();
    expect(new Map(await remembered())).toEqual(
      new Map([
        [A, 'interrupted'],
        [B, 'done'],
      ]),
    );
    expect(await importing(B)).toEqual({ jobId: B });
    expect(await boxes()).toBe(0);
    await app.done((await importing(A)).jobId);
    expect(new Map(await remembered()).get(A)).toBe('done');
    expect(await boxes()).toBe(1);
  });

  it('images of a folder are added by one entry', async () => {
    const add = () => app.call('images.add', { folders: [photos], editId: A });
    const first = await add();
    expect(await add()).toEqual(first);
    expect(await app.done(first.jobId)).toMatchObject({ result: { added: 1 } });
    await app.restart();
    expect(await add()).toEqual(first);
    expect(await kinds()).toEqual(['add-images']);
    expect(await remembered()).toHaveLength(1);
  });

  it('a sample is made once', async () => {
    const made = { path: path.join(app.folder, 'sample.twinhead'), train: 2, val: 0, test: 0, editId: A };
    const first = await app.call('project.sample', made);
    expect(await app.call('project.sample', made)).toEqual(first);
    await app.done(first.jobId);
    expect(await app.call('project.sample', made)).toEqual(first);
    expect(await kinds()).toEqual(['import']);
  });

  it('frames of a video come in by one job', async () => {
    const video = { name: 'clip.mp4', bytes: 1000, fingerprint: 'a'.repeat(64), frames: [0], editId: A };
    const first = await app.call('videos.begin', video);
    expect(await app.call('videos.begin', video)).toEqual(first);
    const part = (await picture(20, 30).png().toBuffer()).toString('base64');
    const { jobId } = first;
    await app.call('videos.addFrame', { jobId, frame: 0, seconds: 0, part, last: true });
    await app.call('videos.end', { jobId });
    expect(await app.done(jobId)).toMatchObject({ result: { images: 1, added: 1 } });
    expect(await app.call('videos.begin', video)).toEqual({ jobId, missing: [] });
    expect(await kinds()).toEqual(['add-frames']);
    expect(await remembered()).toHaveLength(1);
  });

  it('the id of something else is refused, and nothing is started', async () => {
    const refused = { code: 'invalid-input', details: { place: 'editId' } };
    await app.done((await importing(A)).jobId);
    await expect(app.call('images.add', { folders: [photos], editId: A })).rejects.toMatchObject(refused);
    await app.call('classes.create', { kind: 'object', name: 'other', editId: B });
    const { jobId } = await importing(B);
    expect(await app.ended(jobId)).toMatchObject({ state: 'failed', error: refused });
    expect(await boxes()).toBe(1);
  });
});
