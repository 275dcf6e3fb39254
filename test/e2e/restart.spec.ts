import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator, Page } from '@playwright/test';
import sharp from 'sharp';
import { barriers } from './support/axe.ts';
import { clearBoxes, imageAt, showsImage, storedBoxes } from './support/canvas.ts';
import { Server } from './support/server.ts';
import { expect, test, watch } from './support/test.ts';

/** What a killed server leaves in the browser's log, and a call that meets the next one before the page is signed in. */
const LOST = /ERR_(CONNECTION|INCOMPLETE|EMPTY|SOCKET)|\b401\b/;

const WORDS = {
  English: { locale: 'en-US', saved: 'Saved' },
  Chinese: { locale: 'zh-CN', saved: '已保存' },
} as const;

const statusOf = (page: Page): Locator => page.getByRole('contentinfo').getByRole('status');

async function hasFocus(control: Locator): Promise<boolean> {
  return (await control.and(control.page().locator(':focus')).count()) > 0;
}

/** Goes on with the Tab key until the control has the focus. */
async function tabTo(page: Page, control: Locator): Promise<void> {
  await expect(control).toBeVisible();
  for (let presses = 0; presses < 60; presses += 1) {
    if (await hasFocus(control)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the Tab key does not reach ${String(control)}`);
}

/** With F6 from pane to pane to the canvas. */
async function toCanvas(page: Page): Promise<void> {
  const canvas = page.locator('[data-canvas]');
  for (let presses = 0; presses < 4; presses += 1) {
    if (await hasFocus(canvas)) return;
    await page.keyboard.press('F6');
  }
  await expect(canvas).toBeFocused();
}

async function pictures(folder: string, count: number, size = 200): Promise<void> {
  await mkdir(folder);
  for (let n = 0; n < count; n += 1) {
    const background = { r: n % 256, g: Math.floor(n / 256), b: 90 };
    const picture = sharp({ create: { width: size, height: size, channels: 3, background } });
    await writeFile(path.join(folder, `${String(n).padStart(4, '0')}.png`), await picture.png().toBuffer());
  }
}

for (const { language, preset, names, classKey, place } of [
  {
    language: 'English',
    preset: 'labelImg',
    names: {
      start: /^Open a folder of images/,
      source: 'Folder of images',
      project: 'Project folder',
      class: 'New object class',
      name: 'cell',
    },
    classKey: '1',
    place: 'Shift+w',
  },
  {
    language: 'Chinese',
    preset: 'CVAT',
    names: {
      start: /^打开图像文件夹/,
      source: '图像文件夹',
      project: '项目文件夹',
      class: '新建目标类别',
      name: '细胞',
    },
    classKey: 'Control+1',
    place: 'Alt+n',
  },
] as const) {
  test.describe(`in ${language} with the keys of ${preset}`, () => {
    const { locale, saved } = WORDS[language];
    test.use({ locale });

    test('from nothing to a verified image with the keyboard alone, though the server is killed twice on the way', async ({
      page,
      folder,
      trouble,
    }) => {
      const photos = path.join(folder, 'photos');
      await pictures(photos, 2);
      const userFolder = path.join(folder, 'user');
      const project = path.join(folder, 'mine.twinhead');
      let server = await Server.start(null, userFolder);
      try {
        watch(page, trouble);
        await page.goto(server.url);
        await tabTo(page, page.getByRole('button', { name: names.start }));
        await page.keyboard.press('Enter');
        const dialog = page.getByRole('dialog');
        await tabTo(page, dialog.getByLabel(names.source));
        await page.keyboard.type(photos);
        await tabTo(page, dialog.getByLabel(names.project));
        await page.keyboard.press('Control+a');
        await page.keyboard.type(project);
        await page.keyboard.press('Enter');
        await showsImage(page, 1);

        await page.keyboard.press('Control+,');
        await tabTo(page, page.getByRole('radio', { name: 'labelImg' }));
        if (preset === 'CVAT') await page.keyboard.press('ArrowRight');
        await expect(page.getByRole('radio', { name: preset })).toBeChecked();
        await page.keyboard.press('Escape');
        await expect(page.getByRole('dialog')).toBeHidden();
        await toCanvas(page);

        // Killed with the dialog of a new class open: what was typed stays, and is made once the server is back.
        await page.keyboard.press('k');
        await expect(page.getByRole('dialog', { name: names.class })).toBeVisible();
        await page.keyboard.insertText(names.name);
        server = await server.restart(project, userFolder, page);
        await page.keyboard.press('Enter');
        await expect(page.getByRole('dialog')).toBeHidden();
        const { classes } = await server.call('classes.list', {});
        expect(classes.map(({ name }) => name)).toEqual([names.name]);

        // Killed right after a box was placed, whether it was stored by then or not.
        await toCanvas(page);
        await page.keyboard.press(classKey);
        await page.keyboard.press(place);
        server = await server.restart(project, userFolder, page);
        await page.keyboard.press('Shift+ArrowLeft');
        await page.keyboard.press('Control+ArrowDown');
        await expect(statusOf(page)).toHaveText(saved, { timeout: 20_000 });
        const id = await imageAt(server, 0);
        expect(await storedBoxes(server, id)).toMatchObject([
          { x: 65, y: 75, width: 50, height: 51, classId: classes[0]?.id, source: 'person' },
        ]);

        await page.keyboard.press('Space');
        await showsImage(page, 2);
        await expect(statusOf(page)).toHaveText(saved);
        expect((await server.call('annotations.get', { imageId: id })).image).toMatchObject({
          verified: true,
          state: 'labelled',
        });
        // The keys and the language are the person's, and outlive servers.
        await page.reload();
        await showsImage(page, 2);
        await expect(page.locator('html')).toHaveAttribute('lang', language === 'Chinese' ? 'zh-CN' : 'en');
        expect((await server.call('system.preferences', {})).preferences).toMatchObject(
          preset === 'CVAT' ? { keyPreset: 'cvat' } : {},
        );
        expect(await server.call('project.check', {})).toEqual({ ok: true, problems: [] });
        expect(trouble.filter((line) => !LOST.test(line))).toEqual([]);
      } finally {
        await server.stop();
      }
    });
  });
}

test('a server that is killed while a class is deleted has done it whole or not at all, and it can be done again', async ({
  page,
  folder,
  project,
  trouble,
}) => {
  const userFolder = path.join(folder, 'user');
  let server = await Server.start(project, userFolder);
  try {
    watch(page, trouble);
    await page.goto(server.url);
    await showsImage(page, 1);
    const labels = page.getByRole('complementary', { name: 'Labels' });
    const objects = async () =>
      (await server.call('classes.list', {})).classes.filter((one) => one.kind === 'object');
    const before = await objects();
    const [two, seven] = [before.find(({ name }) => name === '2')!, before.find(({ name }) => name === '7')!];

    await labels.getByRole('button', { name: 'Edit 7' }).last().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Merge…' }).click();
    await dialog.getByRole('combobox', { name: 'Merge into' }).selectOption({ label: '2' });
    await expect(dialog).toContainText('They become 2, and 7 is deleted.');
    await dialog.getByRole('button', { name: 'Merge', exact: true }).click();
    server = await server.restart(project, userFolder, page);

    const after = await objects();
    const total = two.uses + seven.uses;
    const done = !after.some(({ name }) => name === '7');
    expect(after.find(({ name }) => name === '2')?.uses).toBe(done ? total : two.uses);
    expect(await server.call('project.check', {})).toEqual({ ok: true, problems: [] });
    if (await dialog.isVisible()) await page.keyboard.press('Escape');
    await page.reload();
    await showsImage(page, 1);
    if (!done) {
      await labels.getByRole('button', { name: 'Edit 7' }).last().click();
      await dialog.getByRole('button', { name: 'Merge…' }).click();
      await dialog.getByRole('combobox', { name: 'Merge into' }).selectOption({ label: '2' });
      await dialog.getByRole('button', { name: 'Merge', exact: true }).click();
      await expect(dialog).toBeHidden();
    }
    expect((await objects()).find(({ name }) => name === '2')?.uses).toBe(total);

    // Its undo outlives the server too.
    server = await server.restart(project, userFolder, page);
    await page.reload();
    await showsImage(page, 1);
    await page.keyboard.press('Control+k');
    await page.keyboard.type('undo merged');
    await page.keyboard.press('Enter');
    await expect(page.getByText(/^Undone: /)).toBeVisible();
    expect(await objects()).toEqual(before);
    expect(trouble.filter((line) => !LOST.test(line))).toEqual([]);
  } finally {
    await server.stop();
  }
});

/** A detector's COCO file beside the sample's images, with so many boxes on each. */
async function writeCoco(server: Server, project: string, boxes: number, className = '3'): Promise<string> {
  const { items } = await server.call('images.list', { limit: 1000 });
  const file = path.join(project, 'sample', 'detector.json');
  await writeFile(
    file,
    JSON.stringify({
      images: items.map(({ id, path: name, width, height }) => ({ id, file_name: name, width, height })),
      categories: [{ id: 1, name: className }],
      annotations: items.flatMap((image) =>
        Array.from({ length: boxes }, (_, n) => ({
          id: image.id * boxes + n,
          image_id: image.id,
          category_id: 1,
          bbox: [n % 97, (n * 31) % 89, 12.5, 20],
          score: 0.9,
        })),
      ),
    }),
  );
  return file;
}

test('a server that is killed while suggestions are accepted: each is accepted once, in the end all', async ({
  page,
  folder,
  project,
  trouble,
}) => {
  const userFolder = path.join(folder, 'user');
  let server = await Server.start(project, userFolder);
  try {
    const id = await imageAt(server, 0);
    await clearBoxes(server, id);
    const { jobId } = await server.call('dataset.import', {
      paths: [await writeCoco(server, project, 6)],
      asSuggestions: true,
    });
    await expect.poll(async () => (await server.call('jobs.get', { jobId })).state).toBe('done');
    watch(page, trouble);
    await page.goto(server.url);
    await showsImage(page, 1);
    const list = page.getByRole('region', { name: 'Suggestions' });
    await expect(list.getByRole('button', { name: /^3 / })).toHaveCount(6);
    await page.locator('[data-canvas]').focus();
    await page.keyboard.press('Enter');
    server = await server.restart(project, userFolder, page);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Shift+Enter');
    server = await server.restart(project, userFolder, page);
    await expect(statusOf(page)).toHaveText('Saved', { timeout: 20_000 });
    await expect(list).toBeHidden();
    const { boxes, suggestions } = await server.call('annotations.get', { imageId: id });
    expect(suggestions).toEqual([]);
    expect(boxes.map(({ x, score }) => [x, score]).sort()).toEqual(
      Array.from({ length: 6 }, (_, n) => [n, 0.9]),
    );
    expect(await server.call('project.check', {})).toEqual({ ok: true, problems: [] });
    expect(trouble.filter((line) => !LOST.test(line))).toEqual([]);
  } finally {
    await server.stop();
  }
});

/** Kills the server once the page's job has got somewhere. */
async function killAtWork(server: Server, begin: () => Promise<void>): Promise<{ readonly cut: boolean }> {
  const known = (await server.call('jobs.list', {})).jobs.map(({ id }) => id);
  await begin();
  let state = 'running';
  await expect
    .poll(
      async () => {
        const job = (await server.call('jobs.list', {})).jobs.find(({ id }) => !known.includes(id));
        state = job?.state ?? 'running';
        return job !== undefined && (job.done > 0 || job.state !== 'running');
      },
      { intervals: [2], timeout: 40_000 },
    )
    .toBe(true);
  await server.kill();
  return { cut: state === 'running' };
}

test('an import that a killed server has left half done is gone when the project is opened, and goes through anew', async ({
  page,
  folder,
  project,
  trouble,
}) => {
  const userFolder = path.join(folder, 'user');
  let server = await Server.start(project, userFolder);
  try {
    const before = await server.call('project.get', {});
    // A class of its own: boxes of one that is here already may be taken for corrections.
    const file = await writeCoco(server, project, 300, 'detected');
    watch(page, trouble);
    await page.goto(server.url);
    const dialog = page.getByRole('dialog', { name: 'Import a dataset' });
    const start = async (): Promise<void> => {
      await page.locator('nav a[href="#/dataset"]').click();
      await page.getByRole('button', { name: 'Import a dataset' }).click();
      await dialog.getByLabel('Dataset').fill(file);
      await dialog.getByRole('button', { name: 'Check first' }).click();
      await expect(dialog.getByText('Checked; nothing was changed yet.')).toBeVisible({ timeout: 30_000 });
    };
    const go = (): Promise<void> => dialog.getByRole('button', { name: 'Import', exact: true }).click();
    await start();
    const { cut } = await killAtWork(server, go);
    server = await Server.start(project, userFolder, server.port);
    const left = await server.call('project.get', {});
    expect(await server.call('project.check', {})).toEqual({ ok: true, problems: [] });
    if (cut) expect(left.boxes).toBe(before.boxes);

    await page.goto(server.url);
    await start();
    await go();
    await expect(dialog.getByText('Imported.')).toBeVisible({ timeout: 30_000 });
    expect(await server.call('project.get', {})).toMatchObject({ images: before.images });
    const { boxes } = await server.call('project.get', {});
    expect(boxes - before.boxes).toBe(72 * 300);
    expect(await server.call('project.check', {})).toEqual({ ok: true, problems: [] });
    expect(trouble.filter((line) => !LOST.test(line))).toEqual([]);
  } finally {
    await server.stop();
  }
});

test('a folder whose images a killed server was adding is added again: each image is there once', async ({
  page,
  folder,
  project,
  trouble,
}) => {
  const photos = path.join(folder, 'photos');
  await pictures(photos, 400, 24);
  const userFolder = path.join(folder, 'user');
  let server = await Server.start(project, userFolder);
  try {
    watch(page, trouble);
    await page.goto(server.url);
    const dialog = page.getByRole('dialog', { name: 'Add a folder' });
    const start = async (): Promise<void> => {
      await page.locator('nav a[href="#/dataset"]').click();
      await page.getByRole('button', { name: 'Add a folder' }).click();
      await dialog.getByLabel('Folder of images').fill(photos);
      await dialog.getByRole('button', { name: 'Add images' }).click();
    };
    await killAtWork(server, start);
    server = await Server.start(project, userFolder, server.port);
    const left = await server.call('project.get', {});
    expect(left.images).toBeGreaterThanOrEqual(72);
    expect(left.images).toBeLessThanOrEqual(472);
    expect(await server.call('project.check', {})).toEqual({ ok: true, problems: [] });

    await page.goto(server.url);
    await start();
    await expect(dialog.getByText('No problems found.')).toBeVisible({ timeout: 30_000 });
    const { items, total } = await server.call('images.list', { limit: 1000 });
    expect(total).toBe(472);
    expect(new Set(items.map((image) => image.path)).size).toBe(472);
    expect(await server.call('project.check', {})).toEqual({ ok: true, problems: [] });
    expect(trouble.filter((line) => !LOST.test(line))).toEqual([]);
  } finally {
    await server.stop();
  }
});

test('what a killed server had under way is offered when it is back: started again by the keyboard, or dismissed for good', async ({
  page,
  folder,
  project,
  trouble,
}) => {
  test.setTimeout(240_000);
  const photos = path.join(folder, 'photos');
  await pictures(photos, 400, 24);
  const userFolder = path.join(folder, 'user');
  let server = await Server.start(project, userFolder);
  try {
    watch(page, trouble);
    await page.goto(server.url);
    await showsImage(page, 1);
    const list = page.getByRole('list', { name: 'Interrupted jobs' });
    await expect(list).toHaveCount(0);
    const add = async (): Promise<void> => {
      await server.call('images.add', { folders: [photos] });
    };
    const { cut } = await killAtWork(server, add);
    expect(cut).toBe(true);
    // The page that was open all the while hears of it, too.
    server = await Server.start(project, userFolder, server.port);
    await server.signIn(page.context());
    await page.bringToFront();
    const offer = list.getByRole('listitem');
    await expect(offer).toHaveCount(1, { timeout: 20_000 });
    await expect(offer).toContainText('Add photos');
    await expect(offer).toContainText(/Interrupted (at \d+%)?/);
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('banner').getByRole('button', { name: 'Settings' }).focus();
    await tabTo(page, page.getByRole('button', { name: 'Start again: Add photos' }));
    await page.keyboard.press('Enter');
    await expect(page.getByText('Done: Add photos')).toBeVisible({ timeout: 30_000 });
    await expect(list).toHaveCount(0);
    expect(await server.call('project.get', {})).toMatchObject({ images: 472 });

    const { runId } = await server.call('runs.start', { config: { epochs: 300 }, name: 'cut off' });
    const training = async (): Promise<void> => {
      await expect
        .poll(async () => (await server.call('runs.get', { runId })).epoch, { timeout: 60_000 })
        .toBeGreaterThanOrEqual(1);
    };
    await training();
    await server.kill();
    server = await Server.start(project, userFolder, server.port);
    await server.signIn(page.context());
    await page.bringToFront();
    await page.getByRole('button', { name: 'Resume training: Train cut off' }).click({ timeout: 20_000 });
    await expect(list).toHaveCount(0);
    await training();
    expect((await server.call('runs.list', {})).runs).toHaveLength(1);
    await server.kill();

    server = await Server.start(project, userFolder, server.port);
    await server.signIn(page.context());
    await page.bringToFront();
    await page.getByRole('button', { name: 'Dismiss: Train cut off' }).click({ timeout: 20_000 });
    await expect(list).toHaveCount(0);
    await server.kill();
    server = await Server.start(project, userFolder, server.port);
    await server.signIn(page.context());
    await page.bringToFront();
    await page.reload();
    await expect(statusOf(page)).toHaveText('Saved', { timeout: 20_000 });
    const { jobs } = await server.call('jobs.history', {});
    expect(jobs.filter(({ state }) => state === 'interrupted')).toEqual([]);
    await expect(list).toHaveCount(0);
    expect(trouble.filter((line) => !LOST.test(line))).toEqual([]);
  } finally {
    await server.stop();
  }
});
