import path from 'node:path';
import { barriers } from './support/axe.ts';
import { showsImage } from './support/canvas.ts';
import { Server } from './support/server.ts';
import { expect, test, watch } from './support/test.ts';

test('the Dataset page says what was checked, and opens the images of a finding', async ({
  page,
  folder,
  project,
  trouble,
}) => {
  const server = await Server.start(project, path.join(folder, 'user'));
  try {
    watch(page, trouble);
    const { items } = await server.call('images.list', { sort: 'path' });
    const third = items[2]!;
    const { boxes } = await server.call('annotations.get', { imageId: third.id });
    const { x, y, width, height, classId } = boxes[0]!;
    await server.call('annotations.edit', {
      imageId: third.id,
      expectedRevision: third.revision,
      editId: crypto.randomUUID(),
      operations: [{ type: 'add-box', box: { x, y, width, height, classId } }],
    });
    await page.goto(server.url);
    await page.getByRole('link', { name: 'Dataset' }).click();
    const finding = page.getByRole('listitem').filter({ hasText: 'overlapping boxes of one class' });
    await expect(finding).toContainText('Spoils the results');
    await expect(page.getByRole('region', { name: 'Worth a look' })).toContainText(
      'Checked: missing, changed and damaged files, identical images, duplicate boxes',
    );
    expect(await barriers(page, 'main')).toEqual([]);
    await finding.getByRole('button', { name: 'Show images' }).click();
    await showsImage(page, 1);
    await expect(page.getByText('Only 1 listed image')).toBeVisible();
    await expect(page.getByText(third.fileName).first()).toBeVisible();
    await page.getByRole('button', { name: 'Show all images again' }).click();
    await expect(page.getByText('Only 1 listed image')).toBeHidden();
    expect(trouble).toEqual([]);
  } finally {
    await server.stop();
  }
});

test('how far each split, folder and video is leads to its images, and so does every figure of the spread', async ({
  app,
  server,
}) => {
  const { items } = await server.call('images.list', { sort: 'path' });
  await app.getByRole('link', { name: 'Dataset' }).click();
  const progress = app.getByRole('region', { name: 'Progress' });
  const row = progress.getByRole('row').filter({ hasText: 'train' }).first();
  const counted = await row
    .getByRole('button', { name: /^train, labelled: show \d+ images?$/ })
    .textContent();
  expect(await barriers(app, 'main')).toEqual([]);
  await row.getByRole('button', { name: /^train, labelled: show/ }).click();
  const count = app.getByText(new RegExp(`^${counted} of ${items.length} images$`));
  await expect(count).toBeVisible();

  await app.getByRole('link', { name: 'Dataset' }).click();
  const spread = app.getByRole('region', { name: 'How labels are spread' });
  await spread.getByRole('region', { name: 'Boxes by width / height' }).getByRole('button').first().click();
  await expect(app.getByRole('textbox', { name: 'Box aspect from' })).toHaveValue('0');

  // Where boxes lie: a part of the map shows its images, by the mouse or by the keyboard.
  const map = spread.getByRole('grid', { name: /^Box centres/ });
  const lies = app.getByText(/^Box centre in column \d+ of 16, row \d+ of 16$/);
  for (const open of [
    () => map.locator('.open').first().click(),
    async () => {
      const part = map.locator('.open').last();
      const column = await part.getAttribute('data-column');
      const row = await part.getAttribute('data-row');
      await map.press('Home');
      for (let at = 0; at < Number(column); at += 1) await map.press('ArrowRight');
      for (let at = 8; at < Number(row); at += 1) await map.press('ArrowDown');
      for (let at = 8; at > Number(row); at -= 1) await map.press('ArrowUp');
      await map.press('Enter');
    },
  ]) {
    await app.getByRole('link', { name: 'Dataset' }).click();
    await open();
    await expect(lies).toBeVisible();
    await expect(app.getByText(new RegExp(`^\\d+ of ${items.length} images$`))).toBeVisible();
  }
  await app.getByRole('link', { name: 'Dataset' }).click();
  expect(await barriers(app, 'main')).toEqual([]);

  await app.getByRole('link', { name: 'Dataset' }).click();
  await spread.getByRole('region', { name: 'Classes on the same image' }).getByRole('button').first().click();
  const together = app.getByText(/^With .+ \+ .+$/);
  await expect(together).toBeVisible();
  await app.getByRole('button', { name: /^No longer only: With / }).click();
  await expect(together).toBeHidden();
  await expect(app.getByText(new RegExp(`^${items.length} images$`))).toBeVisible();
});

test('a snapshot is kept, compared, gone back to and deleted', async ({ app, server }) => {
  await app.getByRole('link', { name: 'Dataset' }).click();
  const panel = app.getByRole('region', { name: 'Snapshots' });
  await panel.getByRole('textbox', { name: 'Name of a snapshot' }).fill('clean');
  await panel.getByRole('button', { name: 'Take a snapshot' }).click();
  const kept = panel.getByRole('listitem').filter({ hasText: 'clean' });
  await expect(kept).toContainText('by hand');

  const before = await server.call('project.get', {});
  const { items } = await server.call('images.list', { sort: 'path' });
  const image = items[4]!;
  const [first] = (await server.call('annotations.get', { imageId: image.id })).boxes;
  await server.call('annotations.edit', {
    imageId: image.id,
    expectedRevision: image.revision,
    editId: crypto.randomUUID(),
    operations: [{ type: 'add-box', box: { x: 1, y: 2, width: 30, height: 40, classId: first!.classId } }],
  });
  await kept.getByRole('button', { name: 'Compare' }).click();
  const diff = panel.getByRole('region', { name: 'Changes since “clean”' });
  await expect(diff).toContainText('Images with changed boxes');
  expect(await barriers(app, 'main')).toEqual([]);
  await diff.getByRole('button', { name: /Images with changed boxes: show the images of 1/ }).click();
  await expect(app.getByText('Only 1 listed image')).toBeVisible();
  await expect(app.getByText(image.fileName).first()).toBeVisible();

  await app.getByRole('link', { name: 'Dataset' }).click();
  const boxes = async () => (await server.call('project.get', {})).boxes;
  await kept.getByRole('button', { name: 'Go back' }).click();
  await expect(app.getByText('Back at “clean”: 1 image changed.')).toBeVisible();
  expect(await boxes()).toBe(before.boxes);
  const undo = app.getByRole('button', { name: 'Undo', exact: true }).last();
  await undo.click();
  await expect.poll(boxes).toBe(before.boxes + 1);

  // Where something else was done meanwhile, the same button takes nothing back.
  await kept.getByRole('button', { name: 'Go back' }).click();
  await expect.poll(boxes).toBe(before.boxes);
  await expect(undo).toBeVisible();
  await server.call('classes.create', { kind: 'object', name: 'later' });
  await undo.click();
  await expect(app.getByText(/^Something else was changed since/)).toBeVisible();
  expect(await boxes()).toBe(before.boxes);
  expect((await server.call('classes.list', {})).classes.map(({ name }) => name)).toContain('later');

  await kept.getByRole('button', { name: 'Delete the snapshot “clean”' }).click();
  const dialog = app.getByRole('dialog', { name: 'Delete the snapshot?' });
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(kept).toBeVisible();
  await kept.getByRole('button', { name: 'Delete the snapshot “clean”' }).click();
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(kept).toBeHidden();
  expect(await boxes()).toBe(before.boxes);
});

test('splits are assigned from the palette of any page, and a reload comes back to the form', async ({
  app,
}) => {
  await app.keyboard.press('Control+k');
  await app.keyboard.type('assign splits');
  await app.keyboard.press('Enter');
  const splits = app.getByRole('region', { name: 'Splits' });
  await expect(splits.getByRole('button', { name: 'Assign', exact: true })).toBeVisible();
  await app.reload();
  for (const wrong of ['2.5', '', '-1']) {
    await splits.getByLabel('Seed').fill(wrong);
    await expect(splits.getByRole('alert')).toHaveText('Enter a whole number, 0 or more.');
    await expect(splits.getByRole('button', { name: 'Assign', exact: true })).toBeDisabled();
  }
  await splits.getByLabel('Seed').fill('７');
  await splits.getByRole('button', { name: 'Assign', exact: true }).click();
  await expect(app.getByText('No image was assigned: every image already has a split.')).toBeVisible();
});
