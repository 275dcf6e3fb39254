import { CanvasHand, clearBoxes, imageAt, saved, showsImage } from './support/canvas.ts';
import { expect, test } from './support/test.ts';

test('several images are chosen, removed and brought back; the history lists what was done', async ({
  app,
  server,
}) => {
  const before = await server.call('project.get', {});
  const cell = (index: number) =>
    app.getByRole('complementary', { name: 'Images' }).locator('button.cell').nth(index);
  await cell(1).click();
  await cell(3).click({ modifiers: ['Shift'] });
  await expect(app.getByText('3 selected')).toBeVisible();
  await cell(2).click({ modifiers: ['Control'] });
  await expect(app.getByText('2 selected')).toBeVisible();
  await app.getByRole('button', { name: 'Remove selected images from the project' }).click();
  await expect(app.getByText('2 images removed. Their files stay where they are.')).toBeVisible();
  expect((await server.call('project.get', {})).images).toBe(before.images - 2);
  await app.getByRole('button', { name: 'Undo', exact: true }).last().click();
  await expect.poll(async () => (await server.call('project.get', {})).boxes).toBe(before.boxes);

  // An area that is dragged over thumbnails with Shift chooses those that it touches, and opens none.
  const [from, to] = [await cell(0).boundingBox(), await cell(1).boundingBox()];
  const opened = await app.getByRole('toolbar', { name: 'Tools' }).textContent();
  await app.keyboard.down('Shift');
  await app.mouse.move(from!.x + 20, from!.y + 20);
  await app.mouse.down();
  await app.mouse.move(to!.x + 20, to!.y + 30, { steps: 4 });
  await app.mouse.up();
  await app.keyboard.up('Shift');
  await expect(app.getByText('2 selected')).toBeVisible();
  await expect(app.getByRole('toolbar', { name: 'Tools' })).toHaveText(opened!);
  await app.getByRole('button', { name: 'Clear selection' }).click();

  // Several are flagged and unflagged, each as one step.
  await cell(1).click();
  await cell(2).click({ modifiers: ['Shift'] });
  const flagged = async () => (await server.call('images.list', { filter: { flagged: true } })).total;
  await app.getByRole('button', { name: 'Flag selected images' }).click();
  await expect.poll(flagged).toBe(2);
  const tools = app.getByRole('toolbar', { name: 'Selected images' });
  await tools.getByRole('combobox').selectOption({ label: 'Unflag' });
  await expect.poll(flagged).toBe(0);
  await expect(tools.getByRole('combobox')).toHaveValue('');
  // Only the word on the newest step stays, with its Undo.
  await expect(app.getByText('Unflagged 2 images', { exact: true })).toBeVisible();
  await expect(app.getByText('Flagged 2 images', { exact: true })).toHaveCount(0);
  await app.getByRole('button', { name: 'Undo', exact: true }).last().click();
  await expect.poll(flagged).toBe(2);
  await app.getByRole('button', { name: 'Clear selection' }).click();
  // Removing is the newest step again.
  await app.keyboard.press('Control+k');
  await app.keyboard.type('undo flagged');
  await expect(app.getByRole('dialog').getByRole('option').first()).toContainText(/Undo: flagged/i);
  await app.keyboard.press('Enter');
  await expect.poll(flagged).toBe(0);

  await app.getByRole('link', { name: 'Dataset' }).click();
  const history = app.getByRole('region', { name: 'Project history' });
  await expect(history).toContainText(/Removed 2 images with \d+ boxes/);
  await expect(history).toContainText('Unflagged 2 images');
  await expect(history.locator('ol > li').last()).toContainText('Imported sample: 72 images');
  await history.scrollIntoViewIfNeeded();
  // An entry that is pointed at shows its images, with the boxes that it brought outlined.
  await history.getByRole('listitem').filter({ hasText: 'Imported sample' }).first().hover();
  const shown = history.getByRole('figure');
  await expect(shown).toContainText('Imported sample: 72 images');
  await expect(shown.getByRole('button')).toHaveCount(6);
  await expect(shown.locator('[data-step-box]').first()).toBeVisible();
  // An entry leads to the images that it has changed.
  await history.getByRole('button', { name: /^Show images: Unflagged 2 images/ }).click();
  await expect(app.getByRole('contentinfo')).toContainText('of 2');
  await app.getByRole('button', { name: 'Show all images again' }).click();
  await app.getByRole('link', { name: 'Dataset' }).click();

  // The sample was made before this window was opened: its undo is asked about.
  await app.keyboard.press('Control+k');
  await app.keyboard.type('undo imp');
  await expect(app.getByRole('option').first()).toContainText('Undo: imported sample: 72 images');
  await app.keyboard.press('Enter');
  await expect(app.getByRole('dialog')).toContainText('This undoes: imported sample');
  // Another window changes something while it is asked: what was asked about isn't undone, and that is said.
  const { items } = await server.call('images.list', { limit: 1 });
  await server.call('images.setSplit', { imageIds: [items[0]!.id], split: 'none' });
  await expect(app.getByText('Removed an image from its split').first()).toBeVisible();
  await app.getByRole('dialog').getByRole('button', { name: 'Undo' }).click();
  await expect(app.getByText('Something else was changed since.')).toBeVisible();
  expect((await server.call('project.get', {})).images).toBe(before.images);

  // An entry of an image says class and position of its boxes, and shows them on the picture.
  await app.getByRole('link', { name: 'Label' }).click();
  const hand = await CanvasHand.on(app);
  await app.keyboard.press('8');
  await app.keyboard.press('w');
  await hand.drag([20, 30], [60, 90]);
  await saved(app);
  await app.keyboard.press('Escape');
  await app.getByText('History', { exact: true }).click();
  const entry = app.getByRole('button', { name: /^Added a box/ }).first();
  await expect(entry).toContainText('8, 40 × 60 at 20, 30');
  const painted = () =>
    app
      .locator('[data-canvas] canvas')
      .last()
      .evaluate((canvas) => (canvas as unknown as { toDataURL(): string }).toDataURL());
  await app.mouse.move(640, 20);
  const blank = await painted();
  await entry.hover();
  await expect.poll(painted).not.toBe(blank);
  await app.mouse.move(640, 20);
  await expect.poll(painted).toBe(blank);

  // What was done before this sitting is undone with a word, its date, and a way back.
  const drawn = async () => (await server.call('project.get', {})).boxes;
  expect(await drawn()).toBe(before.boxes + 1);
  await app.getByRole('button', { name: /Back to the start/ }).click();
  await app.getByRole('button', { name: /digits\.twinhead/ }).click();
  await showsImage(app, 2);
  await app.locator('[data-canvas]').focus();
  await app.keyboard.press('Control+z');
  const toast = app.getByText(/^Undone, from .*: added a box/);
  await expect(toast).toContainText(String(new Date().getFullYear()));
  await expect.poll(drawn).toBe(before.boxes);
  await app.getByRole('button', { name: 'Redo', exact: true }).last().click();
  await expect.poll(drawn).toBe(before.boxes + 1);
});

test('an import that was undone leaves nothing on show and is redone by its name, or from the word on it', async ({
  app,
  server,
}) => {
  const count = async () => (await server.call('project.get', {})).images;
  const palette = app.getByRole('dialog');
  const status = app.getByRole('contentinfo');
  await showsImage(app, 1);
  await app.keyboard.press('Control+k');
  await app.keyboard.type('redo');
  await expect(palette.getByRole('option').first()).toBeVisible();
  await expect(palette.getByRole('option', { name: /^Redo/ })).toHaveCount(0);
  await app.keyboard.press('Escape');

  await app.keyboard.press('Control+k');
  await app.keyboard.type('undo import');
  await app.keyboard.press('Enter');
  await app.getByRole('dialog').getByRole('button', { name: 'Undo' }).click();
  await expect(app.getByText('No images yet')).toBeVisible();
  await expect(status).not.toContainText(' of ');
  expect(await count()).toBe(0);

  await app.keyboard.press('Control+k');
  await app.keyboard.type('redo');
  await expect(palette.getByRole('option').first()).toContainText('Redo: imported sample: 72 images');
  await app.keyboard.press('Enter');
  await expect.poll(count).toBe(72);
  await showsImage(app, 1);

  await app.getByRole('link', { name: 'Dataset' }).click();
  const history = app.getByRole('region', { name: 'Project history' });
  await history.getByRole('button', { name: 'Undo' }).click();
  await app.getByRole('dialog').getByRole('button', { name: 'Undo' }).click();
  await expect.poll(count).toBe(0);
  await app.getByRole('button', { name: 'Redo', exact: true }).last().click();
  await expect.poll(count).toBe(72);
});

test('an image’s history says which class a box had before', async ({ app, server }) => {
  await clearBoxes(server, await imageAt(server, 0));
  await app.reload();
  await showsImage(app, 1);
  const hand = await CanvasHand.on(app);
  await app.keyboard.press('8');
  await app.keyboard.press('w');
  await hand.drag([20, 30], [60, 90]);
  await app.keyboard.press('3');
  await saved(app);
  await app.getByText('History', { exact: true }).click();
  await expect(app.locator('[data-box]').first()).toHaveText(/^class 8 → 3, 40 × 60 at 20, 30$/);
});
