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
