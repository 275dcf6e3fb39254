import path from 'node:path';
import { barriers } from './support/axe.ts';
import { showsImage } from './support/canvas.ts';
import { Server } from './support/server.ts';
import { expect, test } from './support/test.ts';

for (const colorScheme of ['dark', 'light'] as const) {
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme });

    test('axe finds nothing serious on any page or dialog', async ({ app }) => {
      // Some twenty looks, each of some seconds.
      test.setTimeout(300_000);
      await showsImage(app, 1);
      for (const tab of ['label', 'dataset', 'train', 'evaluate', 'models']) {
        await app.locator(`nav a[href="#/${tab}"]`).click();
        if (tab === 'dataset') await app.getByRole('button', { name: 'Assign splits…' }).click();
        if (tab === 'train') {
          await app.getByRole('button', { name: 'Training settings' }).click();
          await app.getByRole('button', { name: /^All settings/ }).click();
          await expect(app.getByRole('group', { name: /^Augmentation/ })).toBeVisible();
        }
        expect(await barriers(app), tab).toEqual([]);
      }
      await app.locator('nav a[href="#/label"]').click();
      await showsImage(app, 1);
      for (const [key, name] of [
        ['Control+k', 'Commands'],
        ['F1', 'Help'],
        ['?', 'Keyboard shortcuts'],
        ['k', 'New object class'],
        ['g', 'Go to image number or name…'],
        ['Control+,', 'Settings'],
      ] as const) {
        await app.keyboard.press(key);
        await expect(app.getByRole('dialog', { name })).toBeVisible();
        expect(await barriers(app, '[role="dialog"]'), name).toEqual([]);
        // The page has one head and one foot: a dialog's are none of its landmarks.
        const dialog = app.getByRole('dialog');
        await expect(dialog.getByRole('banner').or(dialog.getByRole('contentinfo'))).toHaveCount(0);
        await app.keyboard.press('Escape');
        await expect(app.getByRole('dialog')).toBeHidden();
      }
      // With a box selected and the filter open, the label page shows all that it can.
      await app.locator('[data-canvas]').focus();
      await app.keyboard.press('Tab');
      await expect(app.getByRole('region', { name: 'Attributes' })).toBeVisible();
      await app.getByRole('button', { name: /^Filters/ }).click();
      await app.getByText('History').click();
      expect(await barriers(app), 'label with everything open').toEqual([]);
      // A box hidden, one locked, the view aids open and in use, the menu of the canvas.
      await app.locator('[data-canvas]').focus();
      for (const key of ['Tab', 'l', 'Tab', 'Shift+H', 'Alt+ArrowUp', 'i']) await app.keyboard.press(key);
      await expect(app.getByRole('slider', { name: 'Gamma' })).toBeVisible();
      expect(await barriers(app), 'view aids').toEqual([]);
      await app.keyboard.press('Escape');
      await app.keyboard.press('ContextMenu');
      await expect(app.getByRole('menu')).toBeVisible();
      expect(await barriers(app), 'menu').toEqual([]);
      await app.keyboard.press('Escape');
      await app.keyboard.press('?');
      await app.getByRole('button', { name: 'Change the keys: Draw a box' }).press('Enter');
      await app.keyboard.press('d');
      await expect(app.getByRole('alert')).toBeVisible();
      expect(await barriers(app, '[role="dialog"]'), 'a conflict of keys').toEqual([]);
      await app.getByRole('alert').getByRole('button', { name: 'Cancel' }).press('Enter');
      await app.keyboard.press('Escape');
      await app.locator('nav a[href="#/dataset"]').click();
      await app.getByRole('button', { name: 'Import a dataset' }).click();
      await app.getByRole('dialog').getByRole('button', { name: 'Browse…' }).first().click();
      await expect(app.getByRole('list', { name: 'Folders' })).toBeVisible();
      expect(await barriers(app, '[role="dialog"]'), 'import').toEqual([]);
    });

    test('axe finds nothing serious on the start screen', async ({ page, folder }) => {
      const server = await Server.start(null, path.join(folder, 'user'));
      try {
        await page.goto(server.url);
        await page.getByRole('heading', { level: 1 }).waitFor();
        expect(await barriers(page)).toEqual([]);
        await page.getByRole('button', { name: /^Try the sample/ }).click();
        expect(await barriers(page)).toEqual([]);
      } finally {
        await server.stop();
      }
    });
  });
}
