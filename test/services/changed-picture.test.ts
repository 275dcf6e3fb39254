import { mkdirSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TestApp } from '../support/app.ts';

let app: TestApp;
let file: string;
beforeEach(async () => {
  app = new TestApp();
  const folder = path.join(app.folder, 'photos');
  mkdirSync(folder);
  file = path.join(folder, 'a.png');
  await paint('#0000ff');
  await app.call('project.open', { path: app.project, create: true });
  await app.done((await app.call('images.add', { folders: [folder] })).jobId);
});
afterEach(() => app.remove());

async function paint(color: string): Promise<void> {
  await sharp({ create: { width: 9, height: 9, channels: 3, background: color } })
    .png()
    .toFile(file);
}

/** The colour of a picture's first pixel, and whether the browser may keep it. */
async function shown(size: string): Promise<[number[], boolean]> {
  const { id } = await app.call('project.get', {});
  const answer = await app.picture(`http://x/image/1?project=${id}&size=${size}`);
  const pixels = await sharp(await answer.arrayBuffer())
    .removeAlpha()
    .raw()
    .toBuffer();
  return [[...pixels.subarray(0, 3)].map((value) => (value > 127 ? 1 : 0)), answer.headers.has('etag')];
}

it.each(['256', 'overview', 'full'])('a changed file is shown as it is now, at size %s', async (size) => {
  expect(await shown(size)).toEqual([[0, 0, 1], true]);
  await paint('#ff0000');
  expect(await shown(size)).toEqual([[1, 0, 0], false]);
  await paint('#00ff00');
  expect(await shown(size)).toEqual([[0, 1, 0], false]);
});

it('the check of a file says by what its new picture is known, before and after it is accepted', async () => {
  expect((await app.call('images.check', { imageId: 1 })).content).toBeNull();
  await paint('#ff0000');
  const { state, content } = await app.call('images.check', { imageId: 1 });
  expect(state).toBe('changed');
  expect((await app.call('images.acceptContent', { imageId: 1 })).content).toBe(content);
  expect(await shown('256')).toEqual([[1, 0, 0], true]);
});
