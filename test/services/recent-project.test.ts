import { rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TestApp } from '../support/app.ts';

let app: TestApp;
beforeEach(async () => {
  app = new TestApp();
  await app.sample({ train: 2, val: 1, test: 1 });
});
afterEach(() => app.remove());

it('a project that is opened for the first time here has its picture in the list while it is open', async () => {
  await app.call('project.close', {});
  await app.call('system.forgetProjects', { paths: [app.project] });
  expect((await app.call('system.info', {})).recentProjects).toEqual([]);
  await app.call('project.open', { path: app.project });
  const recent = async () => (await app.call('system.info', {})).recentProjects;
  await expect
    .poll(recent, { timeout: 20_000 })
    .toMatchObject([
      { open: true, images: 4, picture: expect.stringMatching(/^data:image\/webp/) as string },
    ]);
});

it('a project whose first images are gone has the picture of the next one', async () => {
  const { items } = await app.call('images.list', { filter: {} });
  for (const { id } of items.slice(0, 3)) {
    const { file } = await app.call('images.check', { imageId: id });
    rmSync(file);
  }
  await app.call('project.close', {});
  await app.call('system.forgetProjects', { paths: [app.project] });
  rmSync(path.join(app.project, 'cache'), { recursive: true, force: true });
  await app.call('project.open', { path: app.project });
  await expect
    .poll(async () => (await app.call('system.info', {})).recentProjects, { timeout: 20_000 })
    .toMatchObject([{ picture: expect.stringMatching(/^data:image\/webp/) as string }]);
});
