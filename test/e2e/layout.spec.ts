import type { Locator } from '@playwright/test';
import { barriers } from './support/axe.ts';
import { showsImage } from './support/canvas.ts';
import { tooWide, WINDOWS } from './support/layout.ts';
import { expect, test } from './support/test.ts';

test('nothing is cut or scrolls sideways in small windows and at large zooms: panes fold', async ({
  app,
}) => {
  await showsImage(app, 1);
  for (const [width, height] of WINDOWS) {
    await app.setViewportSize({ width, height });
    for (const tab of ['Dataset', 'Train', 'Evaluate', 'Models', 'Label']) {
      await app.getByRole('link', { name: tab, exact: true }).click();
      await expect(app.getByRole('heading', { level: 1, name: tab })).toBeAttached();
      expect(await tooWide(app), `${tab} at ${width}`).toEqual([]);
    }
    const verify = app.getByRole('button', { name: 'Verify', exact: true });
    await expect(verify).toBeInViewport({ ratio: 1 });
    const [button, bar] = [await verify.boundingBox(), await app.getByRole('toolbar').boundingBox()];
    expect((button?.x ?? 0) + (button?.width ?? 0)).toBeLessThanOrEqual((bar?.x ?? 0) + (bar?.width ?? 0));
    await expect(app.getByRole('toolbar').getByText('scene-00001.jpg')).toBeInViewport({ ratio: 1 });
  }
  // What has no place in a narrow bar is a press away.
  const bar = app.getByRole('toolbar');
  await expect(bar.getByRole('button', { name: 'Zoom in' })).toBeHidden();
  await bar.getByRole('button', { name: 'More' }).click();
  for (const name of ['Zoom in', 'Zoom out', 'Keyboard shortcuts'])
    await expect(app.getByRole('menuitem', { name })).toBeVisible();
  await app.keyboard.press('Escape');
  await expect(bar.getByRole('button', { name: 'More' })).toBeFocused();
  // One pane at a time, by a button each.
  const [images, labels] = [
    app.getByRole('complementary', { name: 'Images' }),
    app.getByRole('complementary', { name: 'Labels' }),
  ];
  await expect(labels).toBeVisible();
  await expect(images).toHaveCount(0);
  // In a low window it scrolls as a whole: fields keep their height, short names are whole.
  await expect(labels.getByRole('searchbox', { name: 'Search classes' }).first()).toHaveCSS('height', '26px');
  const cut = await app.evaluate(
    `[...document.querySelectorAll('.choose .name')].filter((one) => one.scrollWidth > one.clientWidth).length`,
  );
  expect(cut).toBe(0);
  await app.getByRole('toolbar').getByRole('button', { name: 'Images' }).click();
  await expect(images).toBeVisible();
  await expect(labels).toHaveCount(0);
  expect(await barriers(app)).toEqual([]);
  await app.setViewportSize({ width: 1280, height: 800 });
  await expect(labels).toBeVisible();
});

test('tick boxes stand in the middle of the first line of their label', async ({ app }) => {
  const dialog = app.getByRole('dialog');
  const rectangle = async (locator: Locator) => (await locator.boundingBox())!;
  /** How far the box is from the middle of the first line, pixels. */
  const off = async (box: Locator): Promise<number> => {
    const words = box.locator('xpath=following-sibling::*[1]');
    const hint = words.locator('xpath=*[1]');
    const [own, { y, height }] = [await rectangle(box), await rectangle(words)];
    const end = (await hint.count()) > 0 ? (await rectangle(hint)).y : y + height;
    return Math.abs(own.y + own.height / 2 - (y + end) / 2);
  };
  for (const name of ['Settings', 'Pack into an archive', 'Export labels', 'Import a dataset']) {
    await app.keyboard.press('Control+k');
    await app.keyboard.type(name);
    await app.keyboard.press('Enter');
    await expect(dialog.getByRole('checkbox').first()).toBeVisible();
    for (const box of await dialog.getByRole('checkbox').all()) expect(await off(box)).toBeLessThan(1);
    await app.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
  }
});

test('what is said for a moment covers neither pane of Label', async ({ app }) => {
  for (const [width, height] of [
    [1280, 800],
    [1024, 690],
  ] as const) {
    await app.setViewportSize({ width, height });
    // A page that has just said it doesn't say it again.
    await app.reload();
    await showsImage(app, 1);
    await app.keyboard.press('Control+z');
    const toast = app.locator('.toast').first();
    await expect(toast).toContainText('There is nothing to undo on this image');
    const [box, images, labels] = [
      await toast.boundingBox(),
      await app.getByRole('complementary', { name: 'Images' }).boundingBox(),
      await app.getByRole('complementary', { name: 'Labels' }).boundingBox(),
    ];
    expect(box!.x, `left at ${width}`).toBeGreaterThanOrEqual(images!.x + images!.width);
    expect(box!.x + box!.width, `right at ${width}`).toBeLessThanOrEqual(labels!.x);
    await app.getByRole('button', { name: 'Dismiss' }).click();
    await expect(toast).toHaveCount(0);
  }
});
