import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { barriers } from './support/axe.ts';
import { CanvasHand, clearBoxes, imageAt, saved, showsImage, storedBoxes } from './support/canvas.ts';
import type { Server } from './support/server.ts';
import { expect, test } from './support/test.ts';
import type { Page } from '@playwright/test';

async function boxesOf(server: Server, imageId: number): Promise<number[][]> {
  return (await storedBoxes(server, imageId)).map(({ x, y, width, height }) => [x, y, width, height]);
}

async function openEmpty(page: Page, server: Server): Promise<{ id: number; hand: CanvasHand }> {
  const id = await imageAt(server, 0);
  await clearBoxes(server, id);
  await page.reload();
  await expect(page.getByText('Drag on the image to draw the first box.')).toBeVisible();
  return { id, hand: await CanvasHand.on(page) };
}

const status = (page: Page) => page.getByRole('contentinfo');

test('Ctrl with the arrows resizes, and a box is made and placed without a mouse', async ({
  app,
  server,
}) => {
  const { id } = await openEmpty(app, server);
  await app.keyboard.press('1');
  await app.keyboard.press('Shift+W');
  await app.keyboard.press('Control+ArrowRight');
  await app.keyboard.press('Control+Shift+ArrowDown');
  await app.keyboard.press('Control+ArrowUp');
  await saved(app);
  expect(await boxesOf(server, id)).toEqual([[48, 48, 33, 41]]);

  const fields = app.getByRole('group', { name: /Position and size/ });
  await fields.getByRole('spinbutton', { name: 'Left edge' }).fill('7.25');
  await app.keyboard.press('Enter');
  await expect(app.locator('[data-canvas]')).toBeFocused();
  await saved(app);
  expect(await boxesOf(server, id)).toEqual([[7.25, 48, 33, 41]]);
});

test('what is hidden or locked is out of reach, and the list says so', async ({ app, server }) => {
  const { id, hand } = await openEmpty(app, server);
  await app.keyboard.press('1');
  await hand.drag([20, 20], [60, 60]);
  await app.keyboard.press('l');
  await expect(app.getByRole('button', { name: 'Unlock this box' })).toBeVisible();
  await app.keyboard.press('ArrowRight');
  await expect(app.getByText('1 box is locked or hidden and was not changed.')).toBeVisible();
  await hand.drag([30, 30], [50, 50]);
  await saved(app);
  expect(await boxesOf(server, id)).toEqual([
    [20, 20, 40, 40],
    [30, 30, 20, 20],
  ]);

  // Hidden and locked boxes stay so from image to image.
  await app.keyboard.press('Shift+H');
  await app.keyboard.press('d');
  await showsImage(app, 2);
  await app.keyboard.press('a');
  await showsImage(app, 1);
  await expect(app.getByRole('button', { name: 'Unlock this box' })).toBeVisible();
  // And from page to page.
  await app.keyboard.press('Alt+2');
  await expect(app.getByRole('heading', { level: 1, name: 'Dataset' })).toBeVisible();
  await app.keyboard.press('Alt+1');
  await expect(app.getByRole('button', { name: 'Unlock this box' })).toBeVisible();
  await app.getByRole('button', { name: 'Show this box' }).click();
  await expect(app.getByRole('button', { name: 'Show this box' })).toBeHidden();
});

test('the menu of the canvas does what its keys do, by mouse and by keyboard', async ({ app, server }) => {
  const { id, hand } = await openEmpty(app, server);
  await app.keyboard.press('1');
  await hand.drag([20, 20], [60, 60]);
  await hand.click([100, 100]);
  await hand.click([40, 40], 'right');
  const menu = app.getByRole('menu');
  await expect(menu.getByRole('menuitem', { name: /^Change the class/ })).toBeFocused();
  await menu.getByRole('menuitem', { name: /^Duplicate boxes/ }).click();
  await expect(menu).toBeHidden();
  await saved(app);
  expect(await boxesOf(server, id)).toEqual([
    [20, 20, 40, 40],
    [28, 28, 40, 40],
  ]);

  await app.keyboard.press('ContextMenu');
  await app.keyboard.press('ArrowUp');
  await expect(menu.getByRole('menuitem', { name: /^Delete boxes/ })).toBeFocused();
  await app.keyboard.press('Enter');
  await saved(app);
  expect(await boxesOf(server, id)).toEqual([[20, 20, 40, 40]]);
  await app.keyboard.press('ContextMenu');
  await app.keyboard.press('Escape');
  await expect(menu).toBeHidden();
  await expect(app.locator('[data-canvas]')).toBeFocused();
});

test('position and zoom are remembered for each image, through a reload', async ({ app, server }) => {
  await openEmpty(app, server);
  await app.keyboard.press('+');
  await app.keyboard.press('+');
  const zoomed = '156%';
  await expect(status(app)).toContainText(zoomed);
  await app.keyboard.press('d');
  await showsImage(app, 2);
  await expect(status(app)).not.toContainText(zoomed);
  await app.keyboard.press('a');
  await showsImage(app, 1);
  await expect(status(app)).toContainText(zoomed);
  await app.reload();
  await showsImage(app, 1);
  await expect(status(app)).toContainText(zoomed);
});

test('the view aids change what is seen and never what is there, and say so until they are reset', async ({
  app,
  server,
}) => {
  await openEmpty(app, server);
  const canvas = app.locator('[data-canvas] canvas').first();
  await expect(canvas).toHaveCSS('filter', 'none');
  await app.keyboard.press('i');
  const panel = app.getByRole('group', { name: 'Brightness, contrast, gamma' });
  await expect(panel.getByRole('slider', { name: 'Brightness' })).toBeFocused();
  await app.keyboard.press('ArrowRight');
  await app.keyboard.press('ArrowRight');
  await expect(canvas).toHaveCSS('filter', 'url("#view-aids")');
  await app.keyboard.press('Escape');
  await expect(panel).toBeHidden();
  await app.keyboard.press('Alt+Shift+ArrowUp');
  const note = app.getByText('Brightness +10% · Contrast 110%');
  await expect(note).toBeVisible();
  await app.keyboard.press('d');
  await showsImage(app, 2);
  await expect(note).toBeVisible();
  await app.getByRole('button', { name: 'Reset', exact: true }).click();
  await expect(note).toBeHidden();
  await expect(canvas).toHaveCSS('filter', 'none');
});

test('pixels are squares with a grid from 800 %, and a photograph is smooth below', async ({
  app,
  server,
}) => {
  await openEmpty(app, server);
  /** How many colours a row just below the middle of the picture (0) or of what lies over it (1) has. */
  const colours = (layer: number) =>
    app.evaluate<number>(
      `(() => {
        const canvas = document.querySelectorAll('[data-canvas] canvas')[${layer}];
        const copy = new OffscreenCanvas(canvas.width, 1).getContext('2d', { willReadFrequently: true });
        copy.drawImage(canvas, 0, -canvas.height / 2 - 3);
        const { data } = copy.getImageData(0, 0, canvas.width, 1);
        return new Set(new Uint32Array(data.buffer)).size;
      })()`,
    );
  expect(await colours(1)).toBe(1);
  for (let step = 0; step < 10; step += 1) await app.keyboard.press('+');
  await expect(status(app)).toContainText('931%');
  await expect.poll(() => colours(1)).toBeGreaterThan(1);
  await app.keyboard.press('Shift+X');
  await expect.poll(() => colours(1)).toBe(1);
  await app.keyboard.press('Shift+X');
  await app.keyboard.press('-');
  await expect(status(app)).toContainText('745%');
  await expect.poll(() => colours(1)).toBe(1);
});

test('a box is copied to the next image, where it waits for a correction', async ({ app, server }) => {
  const { id, hand } = await openEmpty(app, server);
  const second = await imageAt(server, 1);
  await clearBoxes(server, second);
  await app.keyboard.press('1');
  await hand.drag([20, 20], [60, 60]);
  await app.keyboard.press('Control+b');
  await expect(app.getByText('1 box copied to the next image')).toBeVisible();
  await app.keyboard.press('d');
  await showsImage(app, 2);
  await saved(app);
  expect(await boxesOf(server, second)).toEqual(await boxesOf(server, id));
});

test('a window that loses the focus in the middle of a drag leaves the box where it was', async ({
  app,
  server,
}) => {
  const { id, hand } = await openEmpty(app, server);
  await app.keyboard.press('1');
  await hand.drag([20, 20], [60, 60]);
  await hand.press([40, 40], [90, 90]);
  await app.evaluate('window.dispatchEvent(new Event("blur"))');
  await app.mouse.up();
  await hand.press([40, 40], [90, 90]);
  await app.keyboard.press('d');
  await app.mouse.up();
  await showsImage(app, 2);
  await saved(app);
  expect(await boxesOf(server, id)).toEqual([[20, 20, 40, 40]]);
});

test('panes are resized by mouse and keyboard, keep their width, and leave the canvas room', async ({
  app,
}) => {
  await showsImage(app, 1);
  const left = app.getByRole('separator', { name: 'Width of the image list' });
  const right = app.getByRole('separator', { name: 'Width of the labels' });
  await left.focus();
  await app.keyboard.press('ArrowRight');
  await app.keyboard.press('Shift+ArrowRight');
  await expect(left).toHaveAttribute('aria-valuenow', '328');
  const at = await right.boundingBox();
  await app.mouse.move(at!.x, 400);
  await app.mouse.down();
  await app.mouse.move(at!.x - 40, 400);
  await app.mouse.up();
  await expect(right).toHaveAttribute('aria-valuenow', '304');
  await app.reload();
  await expect(left).toHaveAttribute('aria-valuenow', '328');
  await expect(right).toHaveAttribute('aria-valuenow', '304');
  await right.focus();
  await app.keyboard.press('End');
  await left.focus();
  await app.keyboard.press('End');
  const canvas = await app.locator('[data-canvas]').boundingBox();
  expect(canvas!.width).toBeGreaterThanOrEqual(356);
  await left.dblclick();
  await expect(left).toHaveAttribute('aria-valuenow', '248');
});

test('own keys: a conflict is said, taken over only on purpose, kept for the person, and reset', async ({
  app,
  server,
  browser,
}) => {
  await showsImage(app, 1);
  await app.keyboard.press('?');
  const sheet = app.getByRole('dialog', { name: 'Keyboard shortcuts' });
  const row = sheet.getByText('Draw a box', { exact: true }).locator('..');
  await row.hover();
  await row.getByRole('button', { name: 'Change the keys: Draw a box' }).click();
  await expect(row.getByRole('status')).toHaveText('Press the new keys…');
  await app.keyboard.press('d');
  await expect(row.getByRole('alert')).toContainText('Next image');
  await row.getByRole('button', { name: 'Use it here' }).click();
  await expect(row.locator('kbd')).toHaveText(['D']);
  await expect(sheet.getByText('Next image', { exact: true }).locator('..').locator('kbd')).toHaveCount(0);
  await app.keyboard.press('Escape');
  await expect(sheet).toBeHidden();

  const draw = app.getByRole('button', { name: 'Draw a box' });
  await app.keyboard.press('d');
  await expect(draw).toHaveAttribute('aria-pressed', 'true');
  await app.reload();
  await showsImage(app, 1);
  await app.keyboard.press('d');
  await expect(draw).toHaveAttribute('aria-pressed', 'true');
  await app.keyboard.press('Escape');

  // Another browser of the same person, with a storage of its own.
  const elsewhere = await browser.newContext();
  const page = await elsewhere.newPage();
  await page.goto(server.url);
  await showsImage(page, 1);
  await page.keyboard.press('d');
  await expect(page.getByRole('button', { name: 'Draw a box' })).toHaveAttribute('aria-pressed', 'true');
  await elsewhere.close();

  await app.keyboard.press('?');
  await sheet.getByRole('button', { name: 'Reset all' }).click();
  await expect(row.locator('kbd')).toHaveText(['W']);
  await app.keyboard.press('Escape');
  await app.keyboard.press('d');
  await showsImage(app, 2);
});

test('keys of classes: told to a command that wants one, and said where a command has it', async ({
  app,
  server,
}) => {
  await showsImage(app, 1);
  await app.keyboard.press('k');
  const dialog = app.getByRole('dialog', { name: 'New object class' });
  await dialog.getByLabel('Name').fill('dust');
  // A letter that only CVAT’s keys have is free with labelImg’s.
  await dialog.getByLabel('Key').selectOption('N');
  await dialog.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(dialog).toBeHidden();
  const dust = (await server.call('classes.list', {})).classes.find((c) => c.name === 'dust')!;
  expect(dust.hotkey).toBe('n');
  await app.locator('[data-canvas]').focus();
  await app.keyboard.press('n');
  await expect(app.getByRole('button', { name: /dust/ }).first()).toHaveAttribute('aria-pressed', 'true');

  await app.keyboard.press('?');
  const sheet = app.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await sheet.getByRole('button', { name: 'Change the keys: Draw a box' }).press('Enter');
  await app.keyboard.press('n');
  await expect(sheet.getByRole('alert')).toContainText('selects the class dust');
  await expect(sheet.getByRole('button', { name: 'Use it here' })).toHaveCount(0);
  await sheet.getByRole('button', { name: 'Cancel', exact: true }).press('Enter');
  await expect(sheet.getByRole('status')).toHaveText('');

  await sheet.getByRole('radio', { name: 'CVAT' }).check();
  await expect(sheet.getByRole('status')).toContainText('does not select the class dust');
  await expect(sheet.getByRole('status')).toContainText('Draw a box');
  expect(await barriers(app, '[role="dialog"]')).toEqual([]);
  await app.keyboard.press('Escape');
  await app.getByRole('button', { name: 'Edit dust' }).click();
  await expect(app.getByRole('dialog').getByLabel('Key')).toHaveValue('n');
  await expect(app.getByRole('dialog').getByLabel('Key')).toHaveAccessibleDescription(/Draw a box/);
});

test('CVAT’s keys of two presses, and its arrows that go on where nothing is selected', async ({ app }) => {
  await showsImage(app, 1);
  await app.keyboard.press('Control+,');
  await app.getByRole('radio', { name: 'CVAT' }).check();
  await app.keyboard.press('Escape');
  await app.locator('[data-canvas]').focus();
  await app.keyboard.press('t');
  await app.keyboard.press('h');
  await expect(app.getByRole('button', { name: 'Hide or show all boxes' })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await app.keyboard.press('ArrowRight');
  await showsImage(app, 2);
  await app.keyboard.press('ArrowLeft');
  await showsImage(app, 1);
});

test('the view aids leave the word on a changed file to be read and answered', async ({
  app,
  server,
  project,
}) => {
  const imageId = await imageAt(server, 0);
  const { image } = await server.call('annotations.get', { imageId });
  await appendFile(path.join(project, 'sample', image.path), 'x');
  await app.reload();
  await showsImage(app, 1);
  const notice = app.getByRole('alert').filter({ hasText: 'has changed since' });
  await expect(notice).toBeVisible();
  await app.keyboard.press('i');
  const panel = app.getByRole('group', { name: 'Brightness, contrast, gamma' });
  await expect(panel).toBeVisible();
  const [above, below] = [(await notice.boundingBox())!, (await panel.boundingBox())!];
  expect(below.y).toBeGreaterThanOrEqual(above.y + above.height);
  await notice.getByRole('button', { name: 'Accept the new content' }).click();
  await expect(notice).toBeHidden();
});

test.describe('on a touch screen', () => {
  test.use({ hasTouch: true });

  test('one finger draws, two zoom and pan, a held one opens the menu', async ({ app, server }) => {
    const { id } = await openEmpty(app, server);
    await app.keyboard.press('1');
    const view = (await app.locator('[data-canvas]').boundingBox())!;
    const left = view.x + (view.width - 128) / 2;
    const top = view.y + (view.height - 128) / 2;
    const session = await app.context().newCDPSession(app);
    const touch = (type: string, ...points: [number, number][]) =>
      session.send('Input.dispatchTouchEvent', {
        type: type as 'touchStart',
        touchPoints: points.map(([x, y], fingerId) => ({ x: left + x, y: top + y, id: fingerId })),
      });

    await touch('touchStart', [20, 20]);
    await touch('touchMove', [40, 50]);
    await touch('touchMove', [70, 90]);
    await touch('touchEnd');
    await saved(app);
    expect(await boxesOf(server, id)).toEqual([[20, 20, 50, 70]]);

    await touch('touchStart', [100, 100]);
    await touch('touchMove', [110, 110]);
    await touch('touchStart', [110, 110], [10, 10]);
    await touch('touchMove', [160, 160], [-40, -40]);
    await touch('touchEnd');
    await expect(status(app)).toContainText('200%');
    await saved(app);
    expect(await boxesOf(server, id)).toEqual([[20, 20, 50, 70]]);

    await app.keyboard.press('Shift+Z');
    await touch('touchStart', [45, 55]);
    await app.waitForTimeout(700);
    await touch('touchEnd');
    await expect(app.getByRole('menuitem', { name: /^Delete boxes/ })).toBeVisible();
  });
});

test.describe('on a screen with two pixels to each CSS pixel', () => {
  test.use({ deviceScaleFactor: 2 });

  test('actual size is a pixel for a pixel, and boxes are stored in the image’s', async ({ app, server }) => {
    const id = await imageAt(server, 0);
    await clearBoxes(server, id);
    await app.reload();
    await expect(app.getByText('Drag on the image to draw the first box.')).toBeVisible();
    await app.locator('[data-canvas]').focus();
    await app.keyboard.press('1');
    await app.keyboard.press('Shift+Z');
    await expect(status(app)).toContainText('100%');
    const view = (await app.locator('[data-canvas]').boundingBox())!;
    const canvas = app.locator('[data-canvas] canvas').first();
    await expect(canvas).toHaveJSProperty('width', view.width * 2);
    const left = view.x + (view.width - 64) / 2;
    const top = view.y + (view.height - 64) / 2;
    await app.mouse.move(left + 10, top + 10);
    await app.mouse.down();
    await app.mouse.move(left + 20, top + 20);
    await app.mouse.move(left + 40, top + 50);
    await app.mouse.up();
    await saved(app);
    expect(await boxesOf(server, id)).toEqual([[20, 20, 60, 80]]);
  });
});
