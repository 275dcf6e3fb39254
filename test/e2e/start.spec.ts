import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CanvasHand, saved, storedBoxes } from './support/canvas.ts';
import { sampleProject } from './support/command.ts';
import { Server } from './support/server.ts';
import { expect, test, watch } from './support/test.ts';

async function picture(): Promise<string> {
  const sampleImages = path.join(sampleProject(), 'sample');
  const files = await readdir(sampleImages, { recursive: true });
  const first = files.filter((name) => name.endsWith('.jpg')).sort()[0];
  if (first === undefined) throw new Error('the sample has no pictures');
  return path.join(sampleImages, first);
}

test('from the start screen to the first labelled image of an own folder', async ({
  page,
  folder,
  trouble,
}) => {
  const photos = path.join(folder, 'my photos');
  await cp(await picture(), path.join(photos, 'a 图.jpg'));
  await cp(await picture(), path.join(photos, 'deeper', 'b.jpg'));
  const server = await Server.start(null, path.join(folder, 'user'));
  try {
    watch(page, trouble);
    await page.goto(server.url);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByText('Projects that you open appear here.')).toBeVisible();

    await page.getByRole('button', { name: /^Open a folder of images/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Folder of images').fill(photos);
    await expect(dialog.getByLabel('Project folder')).toHaveValue(/my photos\.twinhead$/);
    await dialog.getByLabel('Project folder').fill(path.join(folder, 'photos'));
    await dialog.getByRole('button', { name: 'Create project' }).click();
    await expect(page.getByRole('contentinfo')).toContainText('1 of');
    await expect(page.getByText('2 images')).toBeVisible();

    const hand = await CanvasHand.on(page);
    await hand.drag([10, 20], [60, 90]);
    await page.getByRole('dialog').getByLabel('Name').fill('cell');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('button', { name: /50 × 70/ })).toBeVisible();
    await saved(page);
    const { items } = await server.call('images.list', {});
    const boxes = await storedBoxes(server, items[0]?.id ?? 0);
    expect(boxes).toMatchObject([{ x: 10, y: 20, width: 50, height: 70 }]);

    await page.keyboard.press('Control+k');
    await page.keyboard.type('close the project');
    await page.keyboard.press('Enter');
    const recent = page.getByRole('listitem').filter({ hasText: 'photos.twinhead' });
    await expect(recent).toContainText('2 images, 1 box');
    await expect(recent).toContainText(String(new Date().getFullYear()));
    await expect(recent.locator('img')).toHaveJSProperty('naturalWidth', 128);
    await page.getByRole('button', { name: /^photos/ }).click();
    await expect(page.getByRole('button', { name: /50 × 70/ })).toBeVisible();

    await page.getByRole('button', { name: 'Back to the start' }).click();
    await expect(recent).toContainText('2 images, 1 box');
    await rename(path.join(folder, 'photos.twinhead'), path.join(folder, 'elsewhere.twinhead'));
    await page.reload();
    // What is gone stands apart, and takes no other project's place.
    await page.getByText('1 project not found').click();
    await expect(recent).toContainText('not found');
    await expect(recent.getByRole('button', { name: /^photos/ })).toBeDisabled();
    await rename(path.join(folder, 'elsewhere.twinhead'), path.join(folder, 'photos.twinhead'));
    await recent.getByRole('button', { name: 'Remove photos from this list' }).click();
    await expect(page.getByText('Projects that you open appear here.')).toBeVisible();
    expect(existsSync(path.join(folder, 'photos.twinhead', 'project.db'))).toBe(true);
    expect(trouble).toEqual([]);
  } finally {
    await server.stop();
  }
});

test('a folder that is new is reported on: what was left out and why; an empty one, and one that is a project, make none', async ({
  page,
  folder,
  trouble,
}) => {
  const photos = path.join(folder, 'photos');
  await cp(await picture(), path.join(photos, 'a.jpg'));
  await cp(await picture(), path.join(photos, 'c.png'));
  await writeFile(
    path.join(photos, 'a_scan_of_the_second_field_b.jp2'),
    Buffer.from('\0\0\0\x0cjP  \r\n\x87\n', 'latin1'),
  );
  await mkdir(path.join(folder, 'empty'));
  const server = await Server.start(null, path.join(folder, 'user'));
  try {
    watch(page, trouble);
    await page.goto(server.url);
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: 'Open a project…', exact: true }).click();
    await dialog.getByLabel('Project folder').fill(path.join(folder, 'empty'));
    await dialog.getByRole('button', { name: 'Open', exact: true }).click();
    const refusal = dialog.getByRole('alert');
    await expect(refusal).toContainText('There is no Twinhead project in');
    expect((await refusal.innerText()).split(path.join(folder, 'empty'))).toHaveLength(2);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    const create = async (from: string, to: string): Promise<void> => {
      await dialog.getByLabel('Folder of images').fill(path.join(folder, from));
      await dialog.getByLabel('Project folder').fill(path.join(folder, to));
      await dialog.getByRole('button', { name: 'Create project' }).click();
    };
    await page.getByRole('button', { name: /^Open a folder of images/ }).click();
    await create('empty', 'mine');
    await expect(dialog.getByRole('alert')).toContainText('no usable image');
    expect(existsSync(path.join(folder, 'mine.twinhead'))).toBe(false);
    await create('photos', 'mine');
    // Where nothing has a place in its file there is no column for it; files are named within their folder.
    const skipped = dialog.getByRole('group', { name: '1 file was skipped:' });
    await expect(skipped.getByRole('columnheader')).toHaveText(['Severity', 'File in photos/', 'Problem']);
    await expect(
      dialog.getByRole('cell', { name: 'a_scan_of_the_second_field_b.jp2', exact: true }),
    ).toBeVisible();
    await expect(
      dialog.getByRole('row').filter({ hasText: 'a_scan_of_the_second_field_b.jp2' }),
    ).toContainText('JPEG 2000');
    const name = await dialog.getByText('a_scan_of_the_second_field_b.jp2').boundingBox();
    expect(name!.height, 'the name on one line').toBeLessThan(24);
    await expect(dialog.getByText('1 note:')).toBeVisible();
    await expect(dialog.getByRole('row').filter({ hasText: 'c.png' })).toContainText('JPEG');
    await expect(dialog.getByRole('status')).toHaveText('Added 2 images.');
    await dialog.getByRole('button', { name: 'Add images' }).click();
    await expect(dialog.getByRole('status')).toHaveText(
      'Added 0 images. 2 images were already in the project.',
    );
    await expect(dialog.getByRole('button', { name: 'Close' }).last()).toHaveClass(/primary/);
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('close the project');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /^Open a folder of images/ }).click();
    await create('photos', 'mine');
    await expect(dialog.getByRole('alert')).toContainText('is already a project');
    await dialog.getByRole('button', { name: 'Open this project' }).click();
    await expect(page.getByRole('contentinfo')).toContainText('1 of 2');
    await expect(dialog).toHaveCount(0);
  } finally {
    await server.stop();
  }
});

test('a dataset is checked first, then imported into a new project', async ({ page, folder, trouble }) => {
  const server = await Server.start(null, path.join(folder, 'user'));
  try {
    watch(page, trouble);
    await page.goto(server.url);
    await page.getByRole('button', { name: /^Import a dataset/ }).click();
    let dialog = page.getByRole('dialog');
    await dialog.getByLabel('Dataset').fill(path.join(folder, 'no such'));
    await dialog.getByLabel('Project folder').fill(path.join(folder, 'imported'));
    await dialog.getByRole('button', { name: 'Create project' }).click();
    await expect(dialog.getByRole('alert')).toContainText('There is no file or folder');
    expect(existsSync(path.join(folder, 'imported.twinhead'))).toBe(false);

    const source = path.join(folder, 'voc');
    await cp(await picture(), path.join(source, 'JPEGImages', 'one.jpg'));
    await writeVoc(path.join(source, 'Annotations', 'one.xml'));
    await dialog.getByLabel('Dataset').fill(source);
    await dialog.getByRole('button', { name: 'Create project' }).click();
    dialog = page.getByRole('dialog', { name: 'Import a dataset' });
    await dialog.getByRole('button', { name: 'Check first' }).click();
    await expect(dialog.getByText('Checked; nothing was changed yet.')).toBeVisible();
    expect((await server.call('project.get', {})).images).toBe(0);
    await dialog.getByRole('button', { name: 'Import', exact: true }).click();
    await expect(dialog.getByText('Imported.')).toBeVisible();
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await expect(page.getByRole('button', { name: /31 × 41/ })).toBeVisible();
    expect(await server.call('project.get', {})).toMatchObject({ images: 1, boxes: 1 });
    expect(trouble.filter((line) => !/^(error: Failed to load|4\d\d:)/.test(line))).toEqual([]);
  } finally {
    await server.stop();
  }
});

async function writeVoc(file: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(
    file,
    `<annotation><filename>one.jpg</filename><size><width>128</width><height>128</height><depth>3</depth></size>
     <object><name>cell</name><bndbox><xmin>11</xmin><ymin>21</ymin><xmax>41</xmax><ymax>61</ymax></bndbox></object></annotation>`,
  );
}

test('an address without the code, or with a wrong one, opens nothing', async ({ page, server, trouble }) => {
  const { origin } = new URL(server.url);
  for (const address of [origin, `${origin}/#code=wrong`]) {
    await page.goto(address);
    await expect(page.getByText('Not signed in')).toBeVisible();
    await expect.poll(() => new URL(page.url()).hash).toBe('');
  }
  expect(trouble.every((line) => line.includes('401'))).toBe(true);
  trouble.length = 0;
});

test.describe('in a Chinese browser', () => {
  test.use({ locale: 'zh-CN' });

  test('an address without the code is told in Chinese', async ({ page, server, trouble }) => {
    await page.goto(new URL(server.url).origin);
    await expect(page.getByText('未登录')).toBeVisible();
    await expect(page.getByText(/signed in|Open the/)).toHaveCount(0);
    trouble.length = 0;
  });
});

test('a project is packed, and unpacked as another one with the same labels', async ({
  app,
  server,
  folder,
}) => {
  const { items } = await server.call('images.list', {});
  const before = await storedBoxes(server, items[0]?.id ?? 0);
  await app.getByRole('link', { name: 'Dataset' }).click();
  await app.getByRole('button', { name: 'Pack into an archive' }).click();
  const dialog = app.getByRole('dialog');
  await expect(dialog.getByLabel('File name')).toHaveValue('digits.zip');
  const pack = dialog.getByRole('button', { name: 'Pack', exact: true });
  await dialog.getByLabel('Folder of the archive').fill(' ');
  await expect(dialog.getByRole('alert')).toHaveText('Choose a folder.');
  await dialog.getByLabel('Folder of the archive').fill(folder);
  for (const [name, words] of [
    ['', 'Enter a file name.'],
    ['.zip', 'Enter a file name.'],
    ['..', 'A file name can’t consist of dots only.'],
    ['../x.zip', 'A file name can’t contain / or \\.'],
    ['a\\b', 'A file name can’t contain / or \\.'],
  ] as const) {
    await dialog.getByLabel('File name').fill(name);
    await expect(dialog.getByRole('alert')).toHaveText(words);
    await expect(pack).toBeDisabled();
  }
  await dialog.getByLabel('File name').fill('kept');
  await dialog.getByRole('checkbox', { name: /trained models/ }).uncheck();
  await dialog.getByRole('button', { name: 'Pack', exact: true }).click();
  await expect(dialog).toContainText(`${items.length} of them images`);
  await dialog.getByRole('button', { name: 'Close' }).last().click();

  await app.keyboard.press('Control+k');
  await app.keyboard.type('pack into');
  await app.keyboard.press('Enter');
  await dialog.getByLabel('Folder of the archive').fill(folder);
  await dialog.getByLabel('File name').fill('kept.zip');
  await dialog.getByRole('button', { name: 'Pack', exact: true }).click();
  await expect(dialog.getByRole('alert')).toContainText('already exists');
  await app.keyboard.press('Escape');

  await app.keyboard.press('Control+k');
  await app.keyboard.type('close the project');
  await app.keyboard.press('Enter');
  await app.getByRole('button', { name: 'Unpack an archive…' }).click();
  await dialog.getByLabel('Archive').fill(path.join(folder, 'missing.zip'));
  await expect(dialog.getByLabel('Project folder')).toHaveValue(/missing\.twinhead$/);
  await dialog.getByLabel('Project folder').fill(path.join(folder, 'again'));
  await dialog.getByRole('button', { name: 'Unpack', exact: true }).click();
  await expect(dialog.getByRole('alert')).toContainText('The file does not exist.');
  await dialog.getByLabel('Archive').fill(path.join(folder, 'kept.zip'));
  await expect(dialog.getByRole('alert')).toHaveCount(0);

  // Held until it is cancelled: meanwhile no field takes anything.
  const held = Promise.withResolvers<void>();
  await app.route(/jobs\.get/, async (route) => {
    await held.promise;
    await route.continue();
  });
  await dialog.getByLabel('Project folder').fill(path.join(folder, 'stopped'));
  await dialog.getByRole('button', { name: 'Unpack', exact: true }).click();
  await expect(dialog.getByLabel('Archive')).toBeDisabled();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  held.resolve();
  await expect(dialog.getByRole('status')).toContainText('Unpack again to continue.');
  await dialog.getByLabel('Project folder').fill(path.join(folder, 'again'));
  await expect(dialog.getByRole('status')).toHaveCount(0);
  await dialog.getByRole('button', { name: 'Unpack', exact: true }).click();
  await expect(app.getByRole('contentinfo')).toContainText(`1 of ${items.length}`);
  await expect(app.getByRole('banner')).toContainText('again');
  await expect(app.getByRole('heading', { name: /^Boxes/ })).toContainText(String(before.length));
});
