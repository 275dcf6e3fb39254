import { copyFile, mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import sharp from 'sharp';
import { barriers } from './support/axe.ts';
import { CanvasHand, clearBoxes, imageAt, saved, showsImage, storedBoxes } from './support/canvas.ts';
import { expect, test } from './support/test.ts';

const RED_CELL = 'תא דם (אדום)';
const MARKUP = '<img src=x onerror=alert(1)> & "quotes"';

/** Where the name stands on the page so that it could turn around what is beside it. */
function loose(page: Page, name: string): Promise<string[]> {
  return page.evaluate<string[]>(`(() => {
    const name = ${JSON.stringify(name)};
    const found = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      const text = node.data.replaceAll('\\u2068' + name + '\\u2069', '');
      const isolated = getComputedStyle(node.parentElement).unicodeBidi.startsWith('isolate');
      if (text.includes(name) && !isolated) found.push(node.parentElement.outerHTML.slice(0, 120));
    }
    return found;
  })()`);
}

test('a class name that is empty, doubled or too long is refused as it is typed; markup and right-to-left are names', async ({
  app,
  server,
  trouble,
}) => {
  const id = await imageAt(server, 0);
  await clearBoxes(server, id);
  await app.reload();
  await showsImage(app, 1);
  const alerts: string[] = [];
  app.on('dialog', (dialog) => {
    alerts.push(dialog.message());
    void dialog.dismiss();
  });
  await app.locator('[data-canvas]').focus();
  await app.keyboard.press('k');
  const dialog = app.getByRole('dialog', { name: 'New object class' });
  const name = dialog.getByLabel('Name');
  const create = dialog.getByRole('button', { name: 'Create' });
  for (const [given, words] of [
    ['', null],
    ['  \u200B ', 'A name needs at least one visible character.'],
    [' 7 ', 'A class with this name already exists.'],
    ['n'.repeat(10_000), 'A name has at most 200 characters; this one has 10,000.'],
  ] as const) {
    await name.fill(given);
    if (words !== null) await expect(dialog).toContainText(words);
    await expect(create).toBeDisabled();
    await name.press('Enter');
    await expect(dialog).toBeVisible();
  }
  // What only the services know to refuse.
  await name.fill('a\u202Eb');
  await name.press('Enter');
  await expect(dialog.getByRole('alert')).toContainText(
    'has a line break or a control character; neither is allowed',
  );
  await name.fill(MARKUP);
  await name.press('Enter');
  await expect(dialog).toBeHidden();
  await app.keyboard.press('k');
  await name.fill(RED_CELL);
  await name.press('Enter');
  await expect(dialog).toBeHidden();
  const { classes } = await server.call('classes.list', {});
  expect(classes.filter((one) => one.kind === 'object').map((one) => one.name)).toEqual([
    ...Array.from('0123456789'),
    MARKUP,
    RED_CELL,
  ]);

  // Drawn, listed, chosen, edited, filtered by and counted: nowhere does it turn around what stands beside it.
  const labels = app.getByRole('complementary', { name: 'Labels' });
  await labels.getByRole('button', { name: RED_CELL }).first().click();
  const hand = await CanvasHand.on(app);
  await hand.drag([10, 20], [60, 90]);
  await saved(app);
  await expect(labels.getByRole('button', { name: /50 × 70/ })).toContainText(RED_CELL);
  expect(await loose(app, RED_CELL)).toEqual([]);
  await app.getByRole('button', { name: /^Filters/ }).click();
  await app.getByRole('button', { name: 'Class: Any class' }).click();
  await expect(app.getByRole('list', { name: 'Object classes' })).toContainText(RED_CELL);
  expect(await loose(app, RED_CELL)).toEqual([]);
  await app.locator('[data-canvas]').focus();
  await hand.click([30, 50]);
  await app.keyboard.press('c');
  await labels.getByRole('button', { name: `Edit \u2068${RED_CELL}\u2069` }).click();
  const edit = app.getByRole('dialog');
  expect(await loose(app, RED_CELL)).toEqual([]);
  await edit.getByRole('button', { name: 'Merge…' }).click();
  await expect(edit).toContainText(`They become 0, and \u2068${RED_CELL}\u2069 is deleted.`);
  expect(await loose(app, RED_CELL)).toEqual([]);
  expect(await barriers(app, '[role="dialog"]')).toEqual([]);
  await app.keyboard.press('Escape');
  await app.locator('nav a[href="#/dataset"]').click();
  await expect(app.getByText(RED_CELL).first()).toBeVisible();
  expect(await loose(app, RED_CELL)).toEqual([]);
  expect(alerts).toEqual([]);
  // The one name that was sent and refused.
  trouble.splice(0, trouble.length, ...trouble.filter((line) => !/400/.test(line)));
});

test('of a folder with files that are cut off, empty, no pictures, or named wrongly, each is told and the good ones are added', async ({
  app,
  server,
  project,
  folder,
}) => {
  const photos = path.join(folder, 'photos');
  await mkdir(photos);
  const { image } = await server.call('annotations.get', { imageId: await imageAt(server, 0) });
  const good = path.join(project, 'sample', image.path);
  const noise = Buffer.from(Array.from({ length: 90 * 60 * 3 }, (_, n) => (n * 7919) % 256));
  const png = await sharp(noise, { raw: { width: 90, height: 60, channels: 3 } })
    .png()
    .toBuffer();
  await copyFile(good, path.join(photos, 'cut.jpg'));
  await truncate(path.join(photos, 'cut.jpg'), Math.floor((await readFile(good)).length / 2));
  await writeFile(path.join(photos, 'empty.jpg'), '');
  await writeFile(path.join(photos, 'text.jpg'), 'this is no picture');
  await writeFile(path.join(photos, 'really-png.jpg'), png);
  await writeFile(path.join(photos, 'fine.png'), png);
  await writeFile(path.join(photos, 'cut.png'), png.subarray(0, png.length / 2));

  await app.locator('nav a[href="#/dataset"]').click();
  await app.getByRole('button', { name: 'Add a folder' }).click();
  const dialog = app.getByRole('dialog', { name: 'Add a folder' });
  await dialog.getByLabel('Folder of images').fill(photos);
  await dialog.getByRole('button', { name: 'Add images' }).click();
  const told = (file: string) => dialog.getByRole('row').filter({ hasText: file });
  await expect(told('empty.jpg')).toContainText('The file is empty');
  await expect(told('text.jpg')).toContainText('isn’t an image file');
  await expect(told('cut.jpg')).toContainText('ends before the image is complete');
  await expect(told('cut.png')).toContainText('ends before the image is complete');
  await expect(told('really-png.jpg')).toContainText('PNG');
  await expect(told('fine.png')).toBeHidden();
  expect(await barriers(app, '[role="dialog"]')).toEqual([]);
  const { items } = await server.call('images.list', { limit: 1000 });
  const added = items.map((one) => one.path).filter((name) => !/^(train|val|test)\//.test(name));
  expect(added).toEqual(['fine.png', 'really-png.jpg']);
});

test('a labelled image whose file is cut off, emptied or becomes too small keeps its labels, and says what is wrong', async ({
  app,
  server,
  project,
  trouble,
}) => {
  const id = await imageAt(server, 0);
  const { image } = await server.call('annotations.get', { imageId: id });
  const file = path.join(project, 'sample', image.path);
  const whole = await readFile(file);
  const labels = await storedBoxes(server, id);
  expect(labels.length).toBeGreaterThan(0);
  const notice = app.getByRole('alert').filter({ has: app.getByRole('button', { name: 'Find it…' }) });

  for (const content of [whole.subarray(0, whole.length / 2), Buffer.alloc(0), Buffer.from('no picture')]) {
    await writeFile(file, content);
    await app.reload();
    await expect(notice).toContainText('This file can no longer be read as an image.');
    await expect(notice).toContainText('The labels are kept.');
    // The picture that can't be had is not told a second time.
    await expect(app.getByRole('alert')).toHaveCount(1);
    await expect(notice.getByRole('button', { name: 'Accept the new content' })).toBeHidden();
    expect(await storedBoxes(server, id)).toEqual(labels);
  }
  await writeFile(file, await sharp(whole).resize(8, 8).jpeg().toBuffer());
  await app.reload();
  await expect(notice).toContainText(/boxes? would lie outside the new image/);
  await expect(notice.getByRole('button', { name: 'Accept the new content' })).toBeHidden();

  // The cause gone, all is as it was.
  await writeFile(file, whole);
  await app.reload();
  await showsImage(app, 1);
  await expect(app.getByRole('button', { name: 'Verify' })).toBeEnabled();
  await expect(notice).toBeHidden();
  expect(await storedBoxes(server, id)).toEqual(labels);
  expect(await server.call('project.check', {})).toMatchObject({ ok: true });
  // The picture of a file that is none can't be had: that is what this test provokes.
  trouble.splice(0, trouble.length, ...trouble.filter((line) => !/404|422|500|image\//.test(line)));
});

test.describe('on a Chinese page', () => {
  test.use({ locale: 'zh-CN' });

  test('a file that is overwritten loses its old thumbnail, and all that is said of it is Chinese', async ({
    app,
    server,
    project,
    trouble,
  }) => {
    const { image } = await server.call('annotations.get', { imageId: await imageAt(server, 0) });
    const file = path.join(project, 'sample', image.path);
    const whole = await readFile(file);
    const thumbnail = app.getByTitle(image.path).locator('img');
    const failure = app.locator('[data-canvas]').getByRole('alert');
    const comeBack = async (): Promise<void> => {
      await app.locator('[data-canvas]').focus();
      await app.keyboard.press('d');
      await showsImage(app, 2);
      await app.keyboard.press('a');
      await showsImage(app, 1);
    };
    await showsImage(app, 1);
    await expect(thumbnail).toBeVisible();

    await writeFile(file, 'no picture');
    await comeBack();
    await expect(app.getByText('该文件已无法作为图像读取。')).toBeVisible();
    // Said once.
    await expect(failure).toBeHidden();
    await expect(thumbnail).toBeHidden();

    // Of what is cut off the services send what there is, and the browser decodes none of it.
    await writeFile(file, whole.subarray(0, whole.length / 2));
    await comeBack();
    await expect(app.getByText('该文件已无法作为图像读取。')).toBeVisible();
    await expect(failure).toBeHidden();

    await writeFile(file, whole);
    await comeBack();
    await expect(app.getByText('该文件已无法作为图像读取。')).toBeHidden();
    await expect(failure).toBeHidden();
    await expect(thumbnail).toBeVisible();
    // The picture of a file that is none can't be had: that is what this test provokes.
    trouble.splice(0, trouble.length, ...trouble.filter((line) => !/422|image\//.test(line)));
  });
});

test('an edit on a state that another window has changed is made on top of the new one; of the same box, theirs stays', async ({
  app,
  server,
  trouble,
}) => {
  const id = await imageAt(server, 0);
  await clearBoxes(server, id);
  await app.reload();
  await showsImage(app, 1);
  const hand = await CanvasHand.on(app);
  await app.keyboard.press('1');
  await hand.drag([10, 10], [40, 40]);
  await saved(app);
  const [box] = await storedBoxes(server, id);

  /** Another window's edit is stored while this one's is on its way. */
  const overtake = (work: (revision: number) => Promise<unknown>) =>
    app.route(
      '**/api/annotations.edit',
      async (route) => {
        await work((await server.call('annotations.get', { imageId: id })).image.revision);
        await route.continue();
      },
      { times: 1 },
    );
  const elsewhere = { y: 100, width: 20, height: 20, attributes: {}, source: 'person', score: null } as const;

  await overtake((expectedRevision) =>
    server.call('annotations.edit', {
      imageId: id,
      expectedRevision,
      editId: crypto.randomUUID(),
      operations: [{ type: 'add-box', box: { ...elsewhere, x: 100, classId: box!.classId } }],
    }),
  );
  await hand.click([120, 10]);
  await hand.drag([60, 10], [90, 50]);
  await saved(app);
  await expect(app.getByRole('button', { name: /20 × 20/ })).toBeVisible();
  await expect(app.getByRole('button', { name: /30 × 40/ })).toBeVisible();
  expect(await storedBoxes(server, id)).toMatchObject([
    { x: 10, width: 30 },
    { x: 100, width: 20 },
    { x: 60, width: 30, height: 40 },
  ]);

  await overtake((expectedRevision) =>
    server.call('annotations.edit', {
      imageId: id,
      expectedRevision,
      editId: crypto.randomUUID(),
      operations: [
        { type: 'update-box', boxId: box!.id, changes: { geometry: { x: 5, y: 5, width: 30, height: 30 } } },
      ],
    }),
  );
  await hand.click([120, 60]);
  await hand.click([25, 25]);
  await hand.drag([25, 25], [25, 65]);
  await expect(app.getByText(/This image was changed elsewhere in the meantime/)).toBeVisible();
  await saved(app);
  expect(await storedBoxes(server, id)).toMatchObject([{ x: 5, y: 5 }, { x: 100 }, { x: 60 }]);
  // And the work goes on.
  await hand.click([120, 60]);
  await hand.click([20, 20]);
  await hand.drag([20, 20], [20, 30]);
  await saved(app);
  expect(await storedBoxes(server, id)).toMatchObject([{ x: 5, y: 15 }, { x: 100 }, { x: 60 }]);
  trouble.splice(0, trouble.length, ...trouble.filter((line) => !/409/.test(line)));
});
