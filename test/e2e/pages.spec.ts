import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { barriers } from './support/axe.ts';
import { expect, test } from './support/test.ts';

test('pages of a file are chosen when its folder is added', async ({ app, server, folder }) => {
  const pages = await Promise.all(
    [10, 100, 200].map((red) =>
      sharp({ create: { width: 90, height: 60, channels: 3, background: { r: red, g: 5, b: 5 } } })
        .png()
        .toBuffer(),
    ),
  );
  const photos = path.join(folder, 'photos');
  await mkdir(photos);
  await writeFile(
    path.join(photos, 'stack.tif'),
    await sharp(pages, { join: { animated: true } })
      .tiff({ compression: 'lzw' })
      .toBuffer(),
  );
  await app.locator('nav a[href="#/dataset"]').click();
  await app.getByRole('button', { name: 'Add a folder' }).click();
  const dialog = app.getByRole('dialog', { name: 'Add a folder' });
  await dialog.getByLabel('Folder of images').fill(photos);
  await dialog.getByLabel('Multi-page files').selectOption('These pages…');
  await dialog.getByLabel('Pages', { exact: true }).fill('3-1');
  await expect(dialog.getByRole('alert')).toHaveText('Page numbers start at 1, for example 1, 3, 5-8.');
  await expect(dialog.getByRole('button', { name: 'Add images' })).toBeDisabled();
  expect(await barriers(app, '[role="dialog"]')).toEqual([]);
  await dialog.getByLabel('Pages', { exact: true }).fill('1, 3');
  await dialog.getByRole('button', { name: 'Add images' }).click();
  await expect(dialog.getByText('No problems found.')).toBeVisible();
  // What is left to do has the focus.
  await expect(dialog.locator('footer, .foot').getByRole('button', { name: 'Close' })).toBeFocused();
  const { items } = await server.call('images.list', { filter: { text: 'stack' }, sort: 'path' });
  expect(items.map((image) => [image.path, image.group])).toEqual([
    ['stack.tif', 'pages:stack.tif'],
    ['stack.tif/page-0003.tif', 'pages:stack.tif'],
  ]);
});
