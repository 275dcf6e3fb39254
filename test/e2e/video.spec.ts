import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Locator, Page } from '@playwright/test';
import type { ImageSummary } from '../../electron/common/entities.ts';
import { momentOf } from '../../electron/common/video-frames.ts';
import { barriers } from './support/axe.ts';
import { CanvasHand, showsImage } from './support/canvas.ts';
import { root } from './support/command.ts';
import type { Server } from './support/server.ts';
import { expect, test } from './support/test.ts';
import { CODE, makeVideo, readFrameNumber, steady } from './support/video.ts';

// Encoders and decoders without a graphics card take their time.
test.describe.configure({ timeout: 180_000 });
const DONE = { timeout: 90_000 };
const fixture = (name: string): string => path.join(root, 'test', 'e2e', 'fixtures', name);

/** Whether it could be mounted, as by root on Linux. */
function mount(...args: string[]): Promise<boolean> {
  return promisify(execFile)('mount', args).then(
    () => true,
    () => false,
  );
}

async function openDialog(app: Page): Promise<Locator> {
  await app.locator('nav a[href="#/dataset"]').click();
  await app.getByRole('button', { name: 'Add frames of a video' }).click();
  return app.getByRole('dialog', { name: 'Add frames of a video' });
}

async function openVideo(app: Page, file: string): Promise<Locator> {
  const dialog = await openDialog(app);
  await dialog.locator('input[type="file"]').setInputFiles(file);
  return dialog;
}

/** Adds the frames that are chosen. */
async function add(dialog: Locator, button: string | RegExp, added: string | RegExp): Promise<void> {
  await dialog.getByRole('button', { name: button }).click();
  await expect(dialog.getByText(added)).toBeVisible(DONE);
}

async function everyNth(dialog: Locator, n: number): Promise<void> {
  await dialog.getByText('Every nth frame', { exact: true }).click();
  await dialog.getByLabel('Every nth frame, n =').fill(String(n));
}

async function framesOf(server: Server, text: string): Promise<ImageSummary[]> {
  const { items } = await server.call('images.list', { filter: { text }, sort: 'path', limit: 1000 });
  return items;
}

/**
 * That each frame's picture is the frame that its name says.
 * @param first number of the picture of frame 0
 * @param turned what the file tells players to turn the picture by
 */
async function expectRightPictures(
  project: string,
  frames: readonly ImageSummary[],
  { first = 0, turned = 0 }: { first?: number; turned?: 0 | 90 | 180 | 270 } = {},
): Promise<void> {
  for (const frame of frames) {
    const file = path.join(project, 'images', ...frame.path.split('/'));
    expect(await readFrameNumber(file, turned), frame.path).toBe(first + momentOf(frame)!.frame);
  }
}

test('every fifth frame of a video becomes an image with its number and time, grouped, and can be labelled', async ({
  app,
  browser,
  server,
  folder,
  project,
}) => {
  const file = path.join(folder, 'two cells.webm');
  await writeFile(file, await makeVideo(browser, { codec: 'vp9', container: 'webm', times: steady(60, 30) }));
  const dialog = await openVideo(app, file);
  await expect(dialog.getByText('160 × 120 · 60 frames · 2 s')).toBeVisible();
  await everyNth(dialog, 5);
  await expect(dialog.getByText('12 frames', { exact: true })).toBeVisible();
  await expect(dialog.getByRole('img', { name: 'Frame 55, 00:00:01.833' })).toBeVisible();
  await add(dialog, 'Add 12 frames', '12 images were added.');
  await dialog.getByRole('button', { name: 'Close' }).last().click();

  const frames = await framesOf(server, 'frame-');
  expect(frames.map((frame) => momentOf(frame)?.frame)).toEqual([
    0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55,
  ]);
  expect(frames[1]).toMatchObject({
    path: 'two cells.webm/frame-000005_00-00-00.167.png',
    group: 'video:two cells.webm',
    ...CODE,
  });
  await expectRightPictures(project, frames);

  // All in one split, whichever it is.
  await server.call('splits.assign', { train: 0.5, val: 0.25, test: 0.25, seed: 7 });
  expect(new Set((await framesOf(server, 'frame-')).map(({ split }) => split)).size).toBe(1);

  // Labelled like any other image; the status line says which moment it is.
  await app.locator('nav a[href="#/label"]').click();
  await app.getByLabel('Search file names').fill('frame-000010');
  await showsImage(app, 1);
  await expect(app.getByRole('contentinfo')).toContainText('two cells.webm · frame 10 · 00:00:00.333');
  const hand = await CanvasHand.on(app, CODE);
  await app.keyboard.press('1');
  await hand.drag([20, 20], [70, 60]);
  await expect.poll(async () => (await framesOf(server, 'frame-000010'))[0]?.boxCount).toBe(1);

  // The same video again, more of its frames: none twice, and the label stays.
  const again = await openVideo(app, file);
  await everyNth(again, 2);
  await add(again, 'Add 30 frames', '24 images were added.');
  expect(await framesOf(server, 'frame-')).toHaveLength(36);
  expect((await framesOf(server, 'frame-000010'))[0]?.boxCount).toBe(1);
});

test('another video of the same name gets a folder and a group of its own', async ({
  app,
  browser,
  server,
  folder,
}) => {
  for (const [place, count] of [20, 30].entries()) {
    const file = path.join(folder, String(place), 'clip.mp4');
    await mkdir(path.dirname(file));
    await writeFile(
      file,
      await makeVideo(browser, { codec: 'avc', container: 'mp4', times: steady(count, 10) }),
    );
    const dialog = await openVideo(app, file);
    await everyNth(dialog, 10);
    await add(dialog, /^Add [23] frames/, /images were added/);
    await dialog.getByRole('button', { name: 'Close' }).last().click();
  }
  const groups = (await framesOf(server, 'frame-')).map(({ group }) => group);
  expect(groups.filter((group) => group === 'video:clip.mp4')).toHaveLength(2);
  expect(groups.filter((group) => group === 'video:clip.mp4 (2)')).toHaveLength(3);
});

const RECIPES = [
  {
    name: 'H.264 in MP4, turned by a quarter',
    recipe: { codec: 'avc', container: 'mp4', rotation: 90 },
    times: steady(24, 30000 / 1001),
  },
  {
    name: 'H.264 in QuickTime, upside down',
    recipe: { codec: 'avc', container: 'mov', rotation: 180 },
    times: steady(8, 25),
  },
  {
    name: 'VP9 in MP4, turned by three quarters',
    recipe: { codec: 'vp9', container: 'mp4', rotation: 270 },
    times: steady(8, 25),
  },
  {
    name: 'VP8 in Matroska with key frames every half second, from ten seconds on',
    recipe: { codec: 'vp8', container: 'mkv', keyFrameInterval: 0.5 },
    times: steady(40, 24, 10),
  },
  { name: 'AV1 in MP4', recipe: { codec: 'av1', container: 'mp4' }, times: steady(8, 25) },
  { name: 'H.264 in QuickTime', recipe: { codec: 'avc', container: 'mov' }, times: steady(20, 60) },
  { name: 'H.264 in MPEG-TS', recipe: { codec: 'avc', container: 'ts' }, times: steady(20, 30) },
  {
    name: 'VP9 of a variable frame rate',
    recipe: { codec: 'vp9', container: 'webm' },
    times: [0, 0.02, 0.05, 0.4, 0.41, 0.42, 1.5, 1.6, 3, 3.001, 3.002, 5],
  },
] as const;

test('each picture is its frame, and each time is right, whatever the codec, container, turn and frame rate', async ({
  app,
  browser,
  server,
  folder,
  project,
}) => {
  for (const [index, { name, recipe, times }] of RECIPES.entries()) {
    await test.step(name, async () => {
      const clip = `clip-${index}.${recipe.container}`;
      const file = path.join(folder, clip);
      await writeFile(file, await makeVideo(browser, { ...recipe, times }));
      const dialog = await openVideo(app, file);
      await everyNth(dialog, 1);
      await add(dialog, `Add ${times.length} frames`, `${times.length} images were added.`);
      await dialog.getByRole('button', { name: 'Close' }).last().click();
      const frames = await framesOf(server, clip);
      expect(frames.map((frame) => momentOf(frame)?.frame)).toEqual(times.map((_, frame) => frame));
      for (const [position, frame] of frames.entries())
        expect(momentOf(frame)?.seconds, frame.path).toBeCloseTo(times[position] ?? -1, 2);
      const turned = 'rotation' in recipe ? recipe.rotation : 0;
      expect(frames[0]).toMatchObject(turned % 180 === 0 ? CODE : { width: CODE.height, height: CODE.width });
      await expectRightPictures(project, frames, { turned });
    });
  }
});

test('frames where the picture changes are found, by any threshold after one look', async ({
  app,
  browser,
  server,
  folder,
  project,
}) => {
  const file = path.join(folder, 'scenes.webm');
  const cuts = [30, 47, 80];
  await writeFile(
    file,
    await makeVideo(browser, {
      codec: 'vp9',
      container: 'webm',
      times: steady(100, 25),
      cuts,
      width: 640,
      height: 360,
    }),
  );
  const dialog = await openVideo(app, file);
  await dialog.getByText('When the picture changes').click();
  await dialog.getByRole('button', { name: 'Look for changes' }).click();
  await expect(dialog.getByText('4 frames', { exact: true })).toBeVisible(DONE);
  await dialog.getByLabel('Picture changes by').fill('0.5');
  await expect(dialog.getByText('1 frame', { exact: true })).toBeVisible();
  await dialog.getByLabel('Picture changes by').fill('0.1');
  await add(dialog, 'Add 4 frames', '4 images were added.');
  const frames = await framesOf(server, 'frame-');
  expect(frames.map((frame) => momentOf(frame)?.frame)).toEqual([0, ...cuts]);
  await expectRightPictures(project, frames);
});

test('a cancelled import keeps what was added, and goes on when the video is chosen again', async ({
  app,
  browser,
  server,
  folder,
  project,
}) => {
  const file = path.join(folder, 'long.webm');
  const times = steady(60, 30);
  await writeFile(
    file,
    await makeVideo(browser, { codec: 'vp8', container: 'webm', times, width: 1280, height: 720 }),
  );
  const dialog = await openVideo(app, file);
  await expect(dialog.getByText(/ · VP8$/)).toBeVisible();
  await everyNth(dialog, 2.5);
  await expect(dialog.getByText('Enter a whole number, at least 1.')).toBeVisible();
  await everyNth(dialog, 1);
  await dialog.getByRole('button', { name: 'Add 60 frames' }).click();
  await expect.poll(async () => (await framesOf(server, 'frame-')).length).toBeGreaterThan(2);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog.getByText(/^Stopped\./)).toBeVisible();
  const before = await framesOf(server, 'frame-');
  expect(before.length).toBeLessThan(60);
  await dialog.getByRole('button', { name: 'Close' }).last().click();

  const again = await openVideo(app, file);
  await everyNth(again, 1);
  await add(again, 'Add 60 frames', `${60 - before.length} images were added.`);
  const frames = await framesOf(server, 'frame-');
  expect(frames).toHaveLength(60);
  expect(frames.slice(0, before.length).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  await expectRightPictures(project, frames);
  const left = await readdir(path.join(project, 'images', 'long.webm'));
  expect(left.filter((name) => !name.startsWith('frame-'))).toEqual(['source.json']);
});

test('pictures and times are right with B-frames and open groups, hidden frames of VP8, and an edit list', async ({
  app,
  server,
  project,
}) => {
  for (const { file, count, first } of [
    { file: 'b-frames.mp4', count: 60, first: 0 },
    { file: 'hidden-frames.webm', count: 60, first: 0 },
    { file: 'edit-list.mp4', count: 45, first: 15 },
  ]) {
    await test.step(file, async () => {
      const dialog = await openVideo(app, fixture(file));
      await everyNth(dialog, 2);
      const chosen = Math.ceil(count / 2);
      await add(dialog, `Add ${chosen} frames`, `${chosen} images were added.`);
      await dialog.getByRole('button', { name: 'Close' }).last().click();
      const frames = await framesOf(server, file);
      expect(frames).toHaveLength(chosen);
      for (const frame of frames) {
        const moment = momentOf(frame)!;
        expect(moment.seconds, frame.path).toBeCloseTo(moment.frame / 30, 2);
      }
      await expectRightPictures(project, frames, { first });
    });
  }
});

test('what is no video, or can’t be decoded, is told with its file and what to do', async ({
  app,
  server,
  folder,
}) => {
  const whole = await readFile(fixture('edit-list.mp4'));
  const files = {
    empty: path.join(folder, 'empty.mp4'),
    text: path.join(folder, 'text.mp4'),
    cut: path.join(folder, 'cut.mp4'),
  };
  await writeFile(files.empty, '');
  await writeFile(files.text, 'This is no video.\n'.repeat(100));
  // Its index is at the end, and gone.
  await writeFile(files.cut, whole.subarray(0, whole.length / 2));
  const dialog = await openDialog(app);
  for (const [file, message] of [
    [files.empty, 'The file is empty (0 bytes).'],
    [files.text, 'This isn’t a video file Twinhead can read.'],
    [files.cut, 'The video is damaged or cut off.'],
    [fixture('sound-only.webm'), 'This file has no picture; it may hold only sound.'],
    [fixture('hevc.mp4'), /The browser can’t decode this video \(h[ev][vc]1/],
  ] as const) {
    await dialog.locator('input[type="file"]').setInputFiles(file);
    const alert = dialog.getByRole('alert');
    await expect(alert).toContainText(message);
    await expect(alert).toContainText(path.basename(file));
    await expect(dialog.getByRole('button', { name: /^Add 0 frames/ })).toBeDisabled();
  }
  // After all that, a good one.
  await dialog.locator('input[type="file"]').setInputFiles(fixture('b-frames.mp4'));
  await expect(dialog.getByRole('button', { name: 'Add 2 frames' })).toBeEnabled();
  expect((await server.call('project.get', {})).images).toBe(72);
});

for (const recipe of [
  { codec: 'vp8', container: 'webm' },
  { codec: 'avc', container: 'mp4' },
] as const) {
  test(`of a ${recipe.container} file that is cut off, the frames before the cut are added`, async ({
    app,
    browser,
    server,
    folder,
    project,
  }) => {
    const whole = await makeVideo(browser, { ...recipe, times: steady(90, 30), keyFrameInterval: 1 });
    const cut = path.join(folder, `cut.${recipe.container}`);
    await writeFile(cut, whole.subarray(0, Math.floor(whole.length * 0.6)));
    const dialog = await openVideo(app, cut);
    await everyNth(dialog, 3);
    await add(dialog, /^Add \d+ frames/, /images were added\./);
    const frames = await framesOf(server, 'frame-');
    expect(frames.length).toBeGreaterThanOrEqual(10);
    expect(frames.length).toBeLessThan(30);
    await expectRightPictures(project, frames);
    // An index at the beginning promises frames that are gone: their place is named.
    if (recipe.container === 'mp4')
      await expect(dialog.getByRole('cell', { name: /frames from \d+ on/ })).toBeVisible();
  });
}

test('a full disk ends the adding with a word, keeps what is there, and goes on once there is room', async ({
  app,
  browser,
  server,
  folder,
  project,
  trouble,
}) => {
  const images = path.join(project, 'images');
  await mkdir(images);
  test.skip(
    !(await mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', images)),
    'only root can make a small disk',
  );
  try {
    const file = path.join(folder, 'clip.webm');
    await writeFile(
      file,
      await makeVideo(browser, { codec: 'vp8', container: 'webm', times: steady(60, 30) }),
    );
    const dialog = await openVideo(app, file);
    await everyNth(dialog, 1);
    await dialog.getByRole('button', { name: 'Add 60 frames' }).click();
    await expect(dialog.getByRole('alert')).toContainText('disk is full', DONE);
    expect(await barriers(app, '[role="dialog"]')).toEqual([]);
    const before = await framesOf(server, 'frame-');
    expect(before.length).toBeGreaterThan(2);
    expect(before.length).toBeLessThan(60);
    await expectRightPictures(project, before);
    const kept = (await readdir(path.join(images, 'clip.webm'))).filter((name) => name !== 'source.json');
    expect(kept.sort()).toEqual(before.map((frame) => path.basename(frame.path)));
    trouble.splice(0);

    expect(await mount('-o', 'remount,size=8m', images)).toBe(true);
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    const again = await openVideo(app, file);
    await everyNth(again, 1);
    await add(again, 'Add 60 frames', `${60 - before.length} images were added.`);
    await expectRightPictures(project, await framesOf(server, 'frame-'));
  } finally {
    await promisify(execFile)('umount', ['--lazy', images]);
  }
});

test('the whole way by keyboard, in both languages, without barriers', async ({ app, server }) => {
  await app.keyboard.press('Control+k');
  await app.keyboard.type('frames of a video');
  await app.keyboard.press('Enter');
  let dialog = app.getByRole('dialog', { name: 'Add frames of a video' });
  const choose = dialog.getByRole('button', { name: 'Video file: Choose a file…' });
  await expect(choose).toBeFocused();
  expect(await barriers(app, '[role="dialog"]')).toEqual([]);
  // A busy browser now and then opens no chooser for a key that comes right after the search for barriers.
  await expect(async () => {
    const chooser = app.waitForEvent('filechooser', { timeout: 3000 });
    await app.keyboard.press('Space');
    await (await chooser).setFiles(fixture('b-frames.mp4'));
  }).toPass();
  await expect(dialog.getByRole('img')).toHaveCount(2);
  expect(await barriers(app, '[role="dialog"]')).toEqual([]);
  await app.keyboard.press('Tab');
  await app.keyboard.press('ArrowRight');
  await expect(dialog.getByLabel('Every nth frame, n =')).toHaveValue('10');
  await app.keyboard.press('Tab');
  await app.keyboard.press('Control+a');
  await app.keyboard.type('30');
  await app.keyboard.press('Enter');
  await expect(dialog.getByText('2 images were added.')).toBeVisible(DONE);
  await app.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  expect(await framesOf(server, 'frame-')).toHaveLength(2);

  await app.getByRole('button', { name: /Switch language/ }).click();
  await app.locator('nav a[href="#/dataset"]').click();
  await app.getByRole('button', { name: '添加视频帧', exact: true }).click();
  dialog = app.getByRole('dialog', { name: '添加视频帧', exact: true });
  await dialog.locator('input[type="file"]').setInputFiles(fixture('hevc.mp4'));
  await expect(dialog.getByRole('alert')).toContainText('浏览器无法解码此视频（hev1');
});
