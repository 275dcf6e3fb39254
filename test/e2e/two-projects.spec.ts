import { cp } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { CanvasHand, saved } from './support/canvas.ts';
import { expect, test, watch } from './support/test.ts';

async function open(page: Page, project: string): Promise<void> {
  await page.getByRole('button', { name: 'Open a project' }).click();
  await page.getByRole('dialog').getByLabel('Project folder').fill(project);
  await page.getByRole('dialog').getByRole('button', { name: 'Open' }).click();
  await expect(page).toHaveTitle('other – Twinhead');
}

const projectOf = (page: Page): string => new URL(page.url()).searchParams.get('project') ?? '';

test('two tabs show two projects of one server: each labels its own, and a reload comes back to it', async ({
  app,
  server,
  project,
  folder,
  trouble,
}) => {
  const other = path.join(folder, 'other.twinhead');
  await cp(project, other, { recursive: true });
  await expect(app).toHaveTitle('digits – Twinhead');

  await app.keyboard.press('Control+k');
  await app.keyboard.type('new window');
  const opened = app.context().waitForEvent('page');
  await app.keyboard.press('Enter');
  const second = await opened;
  watch(second, trouble);
  // It does not open what the server was started with: that is shown already.
  await open(second, other);
  const ids = { digits: projectOf(app), other: projectOf(second) };
  expect(ids.digits).not.toBe(ids.other);

  const imageId = (await server.callAbout(ids.digits, 'images.list', {})).items[0]!.id;
  const boxesOf = async (id: string) => (await server.callAbout(id, 'annotations.get', { imageId })).boxes;
  const before = { digits: await boxesOf(ids.digits), other: await boxesOf(ids.other) };
  const draw = async (page: Page, to: readonly [number, number]): Promise<void> => {
    await page.bringToFront();
    const hand = await CanvasHand.on(page);
    await page.keyboard.press('w');
    await hand.drag([10, 20], to);
    await page.keyboard.press('1');
    await saved(page);
  };
  await draw(app, [30, 50]);
  await draw(second, [50, 30]);
  const drawn = async (id: string, known: readonly { id: number }[]) =>
    (await boxesOf(id)).filter((box) => !known.some((one) => one.id === box.id));
  expect(await drawn(ids.digits, before.digits)).toMatchObject([{ width: 20, height: 30 }]);
  expect(await drawn(ids.other, before.other)).toMatchObject([{ width: 40, height: 10 }]);

  for (const [page, title] of [
    [app, 'digits'],
    [second, 'other'],
  ] as const) {
    await page.reload();
    await expect(page).toHaveTitle(`${title} – Twinhead`);
    await expect(page.getByRole('contentinfo')).toContainText('1 of 72');
  }
  await expect(second.getByRole('button', { name: /40 × 10/ })).toBeVisible();
  await expect(app.getByRole('button', { name: /20 × 30/ })).toBeVisible();

  // Closing the one leaves the other as it is; what the server was started with stays its own.
  await second.keyboard.press('Control+k');
  await second.keyboard.type('close the project');
  await second.keyboard.press('Enter');
  const recent = second.getByRole('button', { name: /^digits / });
  await expect(recent).toContainText('open');
  await expect(second.getByRole('button', { name: /^other / })).not.toContainText('open');
  await second.reload();
  await expect(second.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(app.getByRole('button', { name: /20 × 30/ })).toBeVisible();
  await server.callAbout(ids.digits, 'project.get', {});

  // The same project in both: one sees the other's edit.
  await recent.click();
  await expect(second).toHaveTitle('digits – Twinhead');
  await app.bringToFront();
  await app.keyboard.press('Control+z');
  await saved(app);
  await second.bringToFront();
  await expect(second.getByRole('contentinfo')).toContainText('1 of 72');
  await expect(second.getByRole('button', { name: /20 × 30/ })).toBeHidden();
});

test('a copy of a tab is a page of its own, and a project is let go with the last page that shows it', async ({
  app,
  server,
  project,
  folder,
  trouble,
}) => {
  const other = path.join(folder, 'other.twinhead');
  await cp(project, other, { recursive: true });
  const isOpen = async () =>
    (await server.call('system.info', {})).recentProjects.find(({ path: at }) => at === other)?.open;
  await app.goto(`${new URL(app.url()).origin}/?project=`);
  await open(app, other);

  // As a browser copies a tab: with its address and what its tab remembers.
  const opened = app.context().waitForEvent('page');
  await app.evaluate('void window.open(location.href)');
  const copy = await opened;
  watch(copy, trouble);
  await expect(copy).toHaveTitle('other – Twinhead');
  await app.goto('about:blank');
  await copy.bringToFront();
  await copy.reload();
  await expect(copy).toHaveTitle('other – Twinhead');
  expect(await isOpen()).toBe(true);
  await copy.goto('about:blank');
  await expect.poll(isOpen, { timeout: 20_000 }).toBe(false);
});

test('what a page has asked is answered before it closes its project', async ({ app, project, folder }) => {
  const other = path.join(folder, 'other.twinhead');
  await cp(project, other, { recursive: true });
  await app.goto(`${new URL(app.url()).origin}/?project=`);
  await open(app, other);
  let close = (): void => undefined;
  const closing = new Promise<void>((resolve) => (close = resolve));
  await app.route('**/api/annotations.list', async (route) => {
    await closing;
    // Long enough for the services to have closed the project, were they asked to before.
    await new Promise((resolve) => setTimeout(resolve, 400));
    await route.continue();
  });
  const asked = app.waitForRequest('**/api/annotations.list');
  await app.locator('[data-canvas]').focus();
  await app.keyboard.press('d');
  await asked;
  await app.keyboard.press('Control+k');
  await app.keyboard.type('close the project');
  const answered = app.waitForResponse('**/api/annotations.list');
  await app.keyboard.press('Enter');
  close();
  expect((await answered).status()).toBe(200);
  await expect(app.getByRole('button', { name: /^other / })).not.toContainText('open');
});

test('five windows on one project all go on: calls are answered, and each hears what another does', async ({
  app,
  server,
  trouble,
}) => {
  const windows = [app];
  for (let more = 0; more < 4; more++) {
    const page = await app.context().newPage();
    watch(page, trouble);
    await page.goto(app.url());
    await expect(page.getByRole('contentinfo')).toContainText('of 72');
    windows.push(page);
  }
  const first = windows[0]!;
  await first.bringToFront();
  const hand = await CanvasHand.on(first);
  await first.keyboard.press('w');
  await hand.drag([10, 20], [30, 50]);
  await first.keyboard.press('1');
  await saved(first);
  for (const page of windows) await expect(page.getByRole('button', { name: /20 × 30/ })).toBeVisible();
  expect(await server.call('project.get', {})).toMatchObject({ images: 72 });
});
