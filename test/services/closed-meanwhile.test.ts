import { writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestApp } from '../support/app.ts';

let app: TestApp;
beforeEach(async () => {
  app = new TestApp();
  await app.call('project.open', { path: app.project, create: true });
});
afterEach(() => app.remove());

test('a call that is under way while its project closes ends with a word of its own', async () => {
  const file = path.join(app.folder, 'a.png');
  const picture = (red: number) =>
    sharp({ create: { width: 8, height: 8, channels: 3, background: { r: red, g: 0, b: 0 } } })
      .png()
      .toBuffer();
  writeFileSync(file, await picture(0));
  await app.done((await app.call('images.add', { folders: [app.folder] })).jobId);
  const imageId = (await app.call('images.list', {})).items[0]!.id;
  writeFileSync(file, await picture(200));
  await app.call('images.check', { imageId });
  // It reads the file first; a restore closes the project at once.
  const accepting = app.call('images.acceptContent', { imageId });
  const refused = expect(accepting).rejects.toMatchObject({
    code: 'project-closed',
    message: 'The project was closed before this was done.',
  });
  await app.call('project.restore', { path: app.project }).catch(() => undefined);
  await refused;
});
