import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestApp } from '../support/app.ts';

let app: TestApp;
beforeEach(() => (app = new TestApp()));
afterEach(() => app.remove());

test('images are listed by name with numbers in their order, page by page, whenever they were added', async () => {
  const names = ['10.png', '2.png', 'frame_1200.png', '1.png', 'frame_200.png', 'b.png', 'A.png'];
  await app.call('project.open', { path: app.project, create: true });
  for (const [index, name] of names.entries()) {
    const folder = path.join(app.folder, 'photos');
    mkdirSync(folder, { recursive: true });
    const create = { width: 8, height: 8, channels: 3, background: { r: 30 * index, g: 1, b: 1 } } as const;
    writeFileSync(path.join(folder, name), await sharp({ create }).png().toBuffer());
    await app.done((await app.call('images.add', { folders: [folder] })).jobId);
  }
  const pages = [0, 3, 6].map((offset) => app.call('images.list', { offset, limit: 3 }));
  const listed = (await Promise.all(pages)).flatMap(({ items }) => items.map(({ fileName }) => fileName));
  expect(listed).toEqual(['1.png', '2.png', '10.png', 'A.png', 'b.png', 'frame_200.png', 'frame_1200.png']);
});
