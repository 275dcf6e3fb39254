import { readdirSync } from 'node:fs';
import { cp, open, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import Database from 'better-sqlite3';
import { barriers } from './support/axe.ts';
import { clearBoxes, imageAt, saved, showsImage } from './support/canvas.ts';
import { Server } from './support/server.ts';
import { expect, test, watch } from './support/test.ts';

/** The refused opening, which these tests provoke. */
const REFUSED = /^(error: Failed to load resource|422:|409:.*undo$)/;

/** Overwrites pages of the file, by default ten from the second on: what a failing disk does. */
async function overwrite(file: string, { from = 2, pages = 10 } = {}): Promise<void> {
  const handle = await open(file, 'r+');
  const { buffer: header } = await handle.read(Buffer.alloc(18), 0, 18, 0);
  const pageSize = header.readUInt16BE(16);
  await handle.write(Buffer.alloc(pages * pageSize, 0xa5), 0, pages * pageSize, (from - 1) * pageSize);
  await handle.close();
}

/** The first page of the table of boxes. */
function pageOfBoxes(file: string): number {
  const database = new Database(file, { readonly: true });
  try {
    return database
      .prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'boxes'")
      .pluck()
      .get() as number;
  } finally {
    database.close();
  }
}

/** Closed, with a backup of all its labels, and remembered as a recent project. Returns what it held. */
async function closedProject(
  project: string,
  userFolder: string,
): Promise<{ images: number; boxes: number }> {
  const backups = path.join(project, 'backups');
  // The one from before the sample was imported; so old that another is due.
  for (const name of await readdir(backups))
    await rename(path.join(backups, name), path.join(backups, '2026-01-02T03-04-05-678Z-auto.db'));
  const server = await Server.start(project, userFolder);
  const { images, boxes } = await server.call('project.get', {});
  await server.stop();
  expect(await readdir(backups)).toHaveLength(2);
  return { images, boxes };
}

/** Every file of the project but the database and what SQLite has beside it. */
function otherFiles(project: string): string[] {
  return readdirSync(project, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.startsWith('project.') && !name.startsWith('cache'))
    .sort();
}

async function chooseTheNewest(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'The project’s file is damaged' });
  await expect(dialog.getByRole('radio')).toHaveCount(2);
  await expect(dialog.getByRole('radio').first()).toBeChecked();
  await expect(dialog.locator('li').first()).toContainText('72 images');
  await expect(dialog.locator('li').last()).toContainText('0 images, 0 boxes');
  await dialog.getByRole('button', { name: 'Restore' }).click();
}

for (const colorScheme of ['dark', 'light'] as const) {
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme });
    test('a project of the recent ones whose file was overwritten is put back from the list of its backups', async ({
      page,
      folder,
      project,
      trouble,
    }) => {
      const userFolder = path.join(folder, 'user');
      const before = await closedProject(project, userFolder);
      const file = path.join(project, 'project.db');
      await overwrite(file);
      const damaged = await readFile(file);
      const others = otherFiles(project);
      const server = await Server.start(null, userFolder);
      try {
        watch(page, trouble);
        await page.goto(server.url);
        await page.getByRole('button', { name: /^digits/ }).click();
        const dialog = page.getByRole('dialog', { name: 'The project’s file is damaged' });
        await expect(dialog).toContainText(file);
        expect(await barriers(page, '[role="dialog"]')).toEqual([]);
        await page.keyboard.press('Escape');
        await expect(dialog).toBeHidden();
        await page.getByRole('button', { name: /^digits/ }).click();
        await chooseTheNewest(page);

        const done = page.getByRole('dialog', { name: 'Backup restored' });
        await expect(done).toBeVisible();
        const kept = (await readdir(project)).find((name) => name.startsWith('project.db.replaced-'));
        await expect(done).toContainText(kept ?? 'a damaged file that is kept');
        expect(await barriers(page, '[role="dialog"]')).toEqual([]);
        expect(await readFile(path.join(project, kept ?? ''))).toEqual(damaged);
        expect(otherFiles(project)).toEqual(others);
        await page.keyboard.press('Escape');

        await showsImage(page, 1);
        expect(await server.call('project.get', {})).toMatchObject(before);
        expect(await server.call('project.check', {})).toEqual({ ok: true, problems: [] });
        // Work goes on.
        await page.locator('[data-canvas]').focus();
        await page.keyboard.press('Control+a');
        await page.keyboard.press('Delete');
        await saved(page);
        expect((await server.call('project.get', {})).boxes).toBeLessThan(before.boxes);
        expect(trouble.filter((line) => !REFUSED.test(line))).toEqual([]);
      } finally {
        await server.stop();
      }
    });
  });
}

test('a project without bytes, opened by its path, whose newest backup is damaged too, is put back from an older one', async ({
  page,
  folder,
  project,
  trouble,
}) => {
  const userFolder = path.join(folder, 'user');
  await closedProject(project, userFolder);
  const backups = path.join(project, 'backups');
  const [older = '', newest = ''] = (await readdir(backups)).sort();
  // What it holds can still be read: it is found out only when it is chosen.
  const unreadable = path.join(backups, newest);
  await overwrite(unreadable, { from: pageOfBoxes(unreadable), pages: 1 });
  await cp(path.join(backups, older), path.join(backups, '2026-01-01T03-04-05-678Z-before-schema-3.db'));
  await writeFile(path.join(backups, '2026-01-01T02-00-00-000Z-auto.db'), 'nothing');
  await truncate(path.join(project, 'project.db'), 0);
  const server = await Server.start(null, userFolder);
  try {
    watch(page, trouble);
    await page.goto(server.url);
    await page.getByRole('button', { name: 'Open a project…' }).click();
    await page.keyboard.type(project);
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'The project’s file is damaged' });
    await expect(dialog).toContainText('it is empty.');
    await expect(dialog.getByRole('radio')).toHaveCount(4);
    await expect(dialog.getByRole('radio').nth(2)).toBeEnabled();
    await expect(dialog.locator('li').nth(2)).toContainText('before Twinhead was updated');
    await expect(dialog.getByRole('radio').nth(3)).toBeDisabled();
    await expect(dialog.locator('li').nth(3)).toContainText('can’t be read');
    expect(await barriers(page, '[role="dialog"]')).toEqual([]);
    await dialog.getByRole('radio').first().check();
    await dialog.getByRole('button', { name: 'Restore' }).click();
    await expect(dialog.getByRole('alert')).toContainText(`The backup ${newest} is damaged.`);
    await dialog.getByRole('radio').nth(1).check();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog', { name: 'Backup restored' })).toBeVisible();
    expect(await server.call('project.get', {})).toMatchObject({ images: 0, boxes: 0 });
    expect(trouble.filter((line) => !REFUSED.test(line))).toEqual([]);
  } finally {
    await server.stop();
  }
});

test.describe('on a system in Chinese', () => {
  test.use({ locale: 'zh-CN' });

  for (const { is, damage, kept } of [
    { is: 'cut off', damage: (file: string) => truncate(file, 20_000), kept: 'project.db.replaced-' },
    { is: 'gone', damage: (file: string) => rm(file), kept: '项目现已恢复到' },
  ])
    test(`a project file that is ${is}, named on the command line, is offered its backups when the page opens`, async ({
      page,
      folder,
      project,
      trouble,
    }) => {
      const userFolder = path.join(folder, 'user');
      const before = await closedProject(project, userFolder);
      await damage(path.join(project, 'project.db'));
      const server = await Server.start(project, userFolder);
      try {
        watch(page, trouble);
        await page.goto(server.url);
        const dialog = page.getByRole('dialog', { name: '项目文件已损坏' });
        await expect(dialog.getByRole('radio')).toHaveCount(2);
        expect(await barriers(page, '[role="dialog"]')).toEqual([]);
        await dialog.getByRole('button', { name: '恢复' }).click();
        await expect(page.getByRole('dialog', { name: '备份已恢复' })).toContainText(kept);
        await page.keyboard.press('Escape');
        await expect(page.getByRole('navigation', { name: '页面' })).toBeVisible();
        expect(await server.call('project.get', {})).toMatchObject(before);
        await page.reload();
        await expect(page.getByRole('navigation', { name: '页面' })).toBeVisible();
        await expect(page.getByRole('dialog')).toBeHidden();
        expect(trouble.filter((line) => !REFUSED.test(line))).toEqual([]);
      } finally {
        await server.stop();
      }
    });
});

test('a damaged project without a backup says what can be done, and is left as it is', async ({
  page,
  folder,
  project,
  trouble,
}) => {
  const file = path.join(project, 'project.db');
  await overwrite(file);
  const damaged = await readFile(file);
  await rm(path.join(project, 'backups'), { recursive: true });
  const server = await Server.start(project, path.join(folder, 'user'));
  try {
    watch(page, trouble);
    await page.goto(server.url);
    const dialog = page.getByRole('dialog', { name: 'The project’s file is damaged' });
    await expect(dialog).toContainText('There is no backup of this project.');
    await expect(dialog).toContainText('replace the damaged file with its project.db');
    await expect(dialog.getByRole('button', { name: 'Restore' })).toBeHidden();
    expect(await barriers(page, '[role="dialog"]')).toEqual([]);
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    expect(await readFile(file)).toEqual(damaged);
    expect(trouble.filter((line) => !REFUSED.test(line))).toEqual([]);
  } finally {
    await server.stop();
  }
});

test('a stranger’s project is read out into a new one, which names what it left out and opens', async ({
  page,
  folder,
  project,
  trouble,
}) => {
  const file = path.join(project, 'project.db');
  const connection = new Database(file);
  const boxes = connection.prepare('SELECT count(*) FROM boxes').pluck().get() as number;
  connection.exec(
    'CREATE TRIGGER theirs AFTER INSERT ON boxes BEGIN DELETE FROM boxes; END; UPDATE boxes SET x = 9000 WHERE id = 1',
  );
  connection.close();
  const server = await Server.start(project, path.join(folder, 'user'));
  try {
    watch(page, trouble);
    await page.goto(server.url);
    const refused = page.getByRole('dialog', { name: 'The project’s file is damaged' });
    await expect(refused).toContainText('trigger theirs is not Twinhead’s');
    await refused.getByRole('button', { name: 'Read it into a new project…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Read the project into a new one' });
    await expect(dialog.getByRole('textbox')).toHaveValue(project.replace('.twinhead', '-rescued.twinhead'));
    expect(await barriers(page, '[role="dialog"]')).toEqual([]);
    await dialog.getByRole('button', { name: 'Read', exact: true }).click();
    const done = page.getByRole('dialog', { name: 'Read into a new project' });
    await expect(done).toContainText(`${boxes - 1} boxes`);
    await expect(done).toContainText('1 box reaches outside the image');
    expect(await barriers(page, '[role="dialog"]')).toEqual([]);
    await done.getByRole('button', { name: 'Open the new project' }).click();
    await showsImage(page, 1);
    expect((await server.call('project.get', {})).boxes).toBe(boxes - 1);
    expect(trouble.filter((line) => !REFUSED.test(line))).toEqual([]);
  } finally {
    await server.stop();
  }
});

test('runs and jobs of a later version are shown by name, with what to do, on every page', async ({
  page,
  folder,
  project,
  trouble,
}) => {
  const database = new Database(path.join(project, 'project.db'));
  const { revision } = database.prepare('SELECT revision FROM project').get() as { revision: number };
  database
    .prepare(
      `INSERT INTO runs (id, name, state, created_at, finished_at, data_revision, app_version, engine, device, seed,
         config, epoch, epochs, step, best_score, best_epoch, seconds)
       VALUES ('r0001', 'outlines', 'stopped', '2027-01-02T03:04:05Z', NULL, ?, '9.1.0', 'cpu', '', 1,
         '{"network":"vit","heads":["polygons"]}', 4, 9, 40, 0.75, 4, 60)`,
    )
    .run(revision);
  database
    .prepare(
      `INSERT INTO jobs (id, kind, title, input, state, done, problems, started_at) VALUES
         ('later', 'segment', '{"key":"jobs.segment","values":{"what":{"unit":"moons","value":3}}}', '{}',
           'running', 0, 0, '2027-01-02T03:04:05Z')`,
    )
    .run();
  database.close();
  const server = await Server.start(project, path.join(folder, 'user'));
  try {
    watch(page, trouble);
    await page.goto(server.url);
    const job = page.getByRole('list', { name: 'Interrupted jobs' }).getByRole('listitem');
    await expect(job.locator('strong')).toHaveText('jobs.segment');
    await expect(job.getByRole('button')).toHaveCount(1);
    const sentence = 'This version of Twinhead can’t use the run “outlines”.';
    const remedy = 'Open the project with the version that trained it, 9.1.0.';
    for (const tab of ['Train', 'Evaluate', 'Models']) {
      await page.getByRole('link', { name: tab, exact: true }).click();
      const note = page.getByRole('note').filter({ hasText: sentence });
      await expect(note).toContainText('vit');
      await expect(note).toContainText(remedy);
      await expect(page.getByRole('main').locator('[aria-busy="true"], .spinner')).toHaveCount(0);
      expect(await barriers(page, 'main')).toEqual([]);
      for (const name of ['Resume', 'Evaluate', 'Export…', 'An image of this project'])
        await expect(page.getByRole('main').getByRole('button', { name, exact: true })).toHaveCount(0);
    }
    await page.getByRole('link', { name: 'Train', exact: true }).click();
    const row = page.getByRole('row').filter({ hasText: 'outlines' });
    await expect(row).toContainText('unknown to this version');
    expect((await server.call('runs.get', { runId: 'outlines' })).state).toBe('stopped');
    expect(trouble).toEqual([]);
  } finally {
    await server.stop();
  }
});

test('a project of a newer version is refused by name, with what to do, and is left as it is', async ({
  page,
  folder,
  project,
  trouble,
}) => {
  const userFolder = path.join(folder, 'user');
  await closedProject(project, userFolder);
  const file = path.join(project, 'project.db');
  const database = new Database(file);
  database.pragma('user_version = 999');
  database.close();
  const [bytes, others] = [await readFile(file), otherFiles(project)];
  const server = await Server.start(null, userFolder);
  try {
    watch(page, trouble);
    await page.goto(server.url);
    await page.getByRole('button', { name: /^digits/ }).click();
    const said = page.getByText('The project was written by a newer version of Twinhead (schema 999');
    await expect(said).toBeVisible();
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByRole('dialog', { name: 'The project’s file is damaged' })).toHaveCount(0);
    expect(await barriers(page, 'main')).toEqual([]);
    expect(await readFile(file)).toEqual(bytes);
    expect(otherFiles(project)).toEqual(others);
    expect(trouble.filter((line) => !REFUSED.test(line))).toEqual([]);
  } finally {
    await server.stop();
  }
});

test('an entry of the history that can’t be read is refused in words, and work goes on', async ({
  page,
  folder,
  project,
  trouble,
}) => {
  const userFolder = path.join(folder, 'user');
  const before = await Server.start(project, userFolder);
  const id = await imageAt(before, 0);
  await clearBoxes(before, id);
  await before.stop();
  const database = new Database(path.join(project, 'project.db'));
  database.prepare(`UPDATE journal SET inverse = '{"v":2,"rotate":90}' WHERE image_id = ?`).run(id);
  database.close();
  const server = await Server.start(project, userFolder);
  try {
    watch(page, trouble);
    await page.goto(server.url);
    await showsImage(page, 1);
    const labels = await server.call('annotations.get', { imageId: id });
    const { images, boxes, undo } = await server.call('project.get', {});
    await page.locator('[data-canvas]').focus();
    await page.keyboard.press('Control+z');
    const refusal = page.getByText('This entry of the history can’t be read. Nothing was changed.');
    await expect(refusal).toHaveCount(1);
    expect(await server.call('annotations.get', { imageId: id })).toEqual(labels);
    // The import can't be undone around it either: what was edited since has to be known.
    await page.getByRole('link', { name: 'Dataset', exact: true }).click();
    await page.getByRole('main').getByRole('button', { name: 'Undo', exact: true }).first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Undo', exact: true }).click();
    await expect(refusal).toHaveCount(2);
    expect(await server.call('project.get', {})).toMatchObject({ images, boxes, undo });
    const { ok, problems } = await server.call('project.check', {});
    expect(ok).toBe(false);
    expect(problems).toMatchObject([{ message: { key: 'store.entry.unreadable' } }]);
    // Work goes on.
    await page.getByRole('link', { name: 'Label', exact: true }).click();
    await showsImage(page, 1);
    await page.keyboard.press('Shift+3');
    await saved(page);
    const { image } = await server.call('annotations.get', { imageId: id });
    expect(image.imageClassIds).not.toEqual(labels.image.imageClassIds);
    expect(trouble.filter((line) => !REFUSED.test(line))).toEqual([]);
  } finally {
    await server.stop();
  }
});
