import { cp } from 'node:fs/promises';
import path from 'node:path';
import { imageAt, saved, showsImage, storedBoxes } from './support/canvas.ts';
import { sampleProject } from './support/command.ts';
import { Server } from './support/server.ts';
import { expect, test, watch } from './support/test.ts';

test('from the start screen to a corrected and verified image without a mouse', async ({
  page,
  folder,
  trouble,
}) => {
  const project = path.join(folder, 'digits.twinhead');
  await cp(sampleProject(), project, { recursive: true });
  const server = await Server.start(null, path.join(folder, 'user'));
  try {
    watch(page, trouble);
    await page.goto(server.url);
    await page.getByRole('button', { name: 'Open a project…' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type(project);
    await page.keyboard.press('Enter');
    await showsImage(page, 1);

    // F6 goes from pane to pane: images, canvas, labels.
    const canvas = page.locator('[data-canvas]');
    await expect(canvas).toBeFocused();
    await page.keyboard.press('F6');
    await expect(page.getByRole('complementary', { name: 'Labels' }).locator(':focus')).toBeVisible();
    await page.keyboard.press('F6');
    await expect(page.getByRole('complementary', { name: 'Images' }).locator(':focus')).toBeVisible();
    await page.keyboard.press('F6');
    await expect(canvas).toBeFocused();

    // Settings begin at the top, whatever there is to choose.
    await page.keyboard.press('Control+,');
    const theme = page.getByRole('radiogroup', { name: 'Theme' });
    await expect(theme.getByRole('radio', { checked: true })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(canvas).toBeFocused();

    await page.keyboard.press('d');
    await showsImage(page, 2);
    const id = await imageAt(server, 1);
    const before = await storedBoxes(server, id);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Shift+ArrowUp');
    await page.keyboard.press('5');
    await saved(page);
    const first = before[0];
    const moved = (await storedBoxes(server, id))[0];
    expect(moved).toMatchObject({
      x: Math.max(0, (first?.x ?? 0) - 1),
      y: Math.max(0, (first?.y ?? 0) - 10),
      width: first?.width,
      height: first?.height,
    });
    const { classes } = await server.call('classes.list', {});
    expect(classes.find((c) => c.id === moved?.classId)?.hotkey).toBe('5');

    await page.keyboard.press('Control+d');
    await saved(page);
    expect(await storedBoxes(server, id)).toHaveLength(before.length + 1);
    await page.keyboard.press('Delete');
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    await saved(page);
    expect(await storedBoxes(server, id)).toHaveLength(before.length);

    await page.keyboard.press('Space');
    await showsImage(page, 3);
    await saved(page);
    expect((await server.call('annotations.get', { imageId: id })).image.verified).toBe(true);

    await page.keyboard.press('g');
    await page.keyboard.type('40');
    await page.keyboard.press('Enter');
    await showsImage(page, 40);
    await page.keyboard.press('Alt+3');
    await expect(page.getByRole('heading', { level: 1, name: 'Train' })).toBeVisible();
    expect(trouble).toEqual([]);
  } finally {
    await server.stop();
  }
});

test('with the CVAT keys the same commands lie where CVAT has them', async ({ app }) => {
  await showsImage(app, 1);
  await app.keyboard.press('Control+,');
  await app.getByRole('radio', { name: 'CVAT' }).check();
  await app.keyboard.press('Escape');
  await app.keyboard.press('f');
  await showsImage(app, 2);
  await app.keyboard.press('v');
  await showsImage(app, 12);
  await app.keyboard.press('d');
  await showsImage(app, 11);
  await app.keyboard.press('n');
  await expect(app.getByRole('button', { name: 'Draw a box' })).toHaveAttribute('aria-pressed', 'true');
  await app.keyboard.press('Escape');
  await expect(app.getByRole('button', { name: 'Draw a box' })).toHaveAttribute('aria-pressed', 'false');
});

test('with the CVAT keys an image is labelled from nothing and verified without a mouse', async ({
  app,
  server,
}) => {
  await showsImage(app, 1);
  const id = await imageAt(server, 0);
  await app.keyboard.press('F2');
  // F2 is CVAT's: with labelImg's keys it does nothing.
  await expect(app.getByRole('dialog')).toBeHidden();
  await app.keyboard.press('Control+,');
  await app.getByRole('radio', { name: 'CVAT' }).press('Space');
  await app.keyboard.press('Escape');

  await app.locator('[data-canvas]').focus();
  await app.keyboard.press('Control+a');
  await app.keyboard.press('Delete');
  await app.keyboard.press('Control+Digit3');
  await app.keyboard.press('Alt+n');
  for (let step = 0; step < 3; step += 1) await app.keyboard.press('Shift+ArrowLeft');
  await app.keyboard.press('Control+ArrowDown');
  await app.keyboard.press('Control+b');
  await saved(app);
  const boxes = await storedBoxes(server, id);
  expect(boxes).toMatchObject([{ x: 18, y: 48, width: 32, height: 33, source: 'person' }]);
  const { classes } = await server.call('classes.list', {});
  expect(classes.find((c) => c.id === boxes[0]?.classId)?.hotkey).toBe('3');

  await app.keyboard.press('Space');
  await showsImage(app, 2);
  expect((await server.call('annotations.get', { imageId: id })).image.verified).toBe(true);
  const next = await storedBoxes(server, await imageAt(server, 1));
  expect(next.at(-1)).toMatchObject({ x: 18, y: 48, width: 32, height: 33 });
});

test('K gives the selected box a class by a part of its name; F1 has the help, in the person’s language', async ({
  app,
  server,
}) => {
  await showsImage(app, 1);
  const id = await imageAt(server, 0);
  const { classes } = await server.call('classes.list', {});
  const wanted = classes.find((c) => c.kind === 'object' && c.name === '8');
  await app.locator('[data-canvas]').focus();
  await app.keyboard.press('k');
  const dialog = app.getByRole('dialog', { name: 'New object class' });
  await dialog.getByLabel('Name').fill('left hand');
  await app.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await app.locator('[data-canvas]').focus();
  await app.keyboard.press('Tab');
  await app.keyboard.press('k');
  const picker = app.getByRole('dialog', { name: 'Class of the selected boxes' });
  await expect(picker.getByRole('option', { name: 'left hand' })).toBeVisible();
  await app.keyboard.type('han');
  await expect(picker.getByRole('option')).toHaveText(['left hand']);
  await app.keyboard.press('Enter');
  await expect(picker).toBeHidden();
  await saved(app);
  const made = (await server.call('classes.list', {})).classes.find((c) => c.name === 'left hand');
  expect((await storedBoxes(server, id)).map((box) => box.classId)).toContain(made?.id);
  await app.keyboard.press('k');
  await app.keyboard.press('8');
  await saved(app);
  expect((await storedBoxes(server, id)).map((box) => box.classId)).not.toContain(made?.id);
  expect((await storedBoxes(server, id)).map((box) => box.classId)).toContain(wanted?.id);

  await app.keyboard.press('F1');
  await expect(app.getByRole('dialog', { name: 'Help' })).toContainText('docs/guide.md');
  await app.keyboard.press('Escape');
  await app.getByRole('button', { name: /^Switch language/ }).click();
  await app.getByRole('button', { name: '帮助' }).click();
  await expect(app.getByRole('dialog', { name: '帮助' })).toContainText('不会丢失任何内容');
});

test('every key that the key sheet lists is shown for both presets', async ({ app }) => {
  await showsImage(app, 1);
  await app.keyboard.press('?');
  const sheet = app.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(sheet.getByText('Verify and go to the next image')).toBeVisible();
  const row = sheet.getByText('Next image', { exact: true }).locator('..');
  await expect(row).toContainText('D');
  // Commands that share a key say when it means them.
  const meanings = sheet.locator('.row').filter({ has: app.getByText('K', { exact: true }) });
  await expect(meanings.filter({ hasText: 'New object class with no box selected' })).toHaveCount(1);
  await expect(meanings.filter({ hasText: 'Change the class of boxes… with a box selected' })).toHaveCount(1);
  await sheet.getByRole('radio', { name: 'CVAT' }).check();
  await expect(row).toContainText('F');
});

test('typing in a field edits no label', async ({ app, server }) => {
  await showsImage(app, 1);
  const id = await imageAt(server, 0);
  const before = await server.call('annotations.get', { imageId: id });
  await app.keyboard.press('/');
  await app.keyboard.type('scene d1e w2');
  await expect(app.getByRole('searchbox', { name: 'Search file names' })).toHaveValue('scene d1e w2');
  expect((await server.call('annotations.get', { imageId: id })).image.revision).toBe(before.image.revision);
});

test('an attribute that was not saved is there when Settings are opened again', async ({ app, server }) => {
  const settings = app.getByRole('dialog', { name: 'Settings' });
  await app.keyboard.press('Control+,');
  await settings.getByRole('button', { name: 'Add an attribute' }).click();
  await expect(settings.getByRole('textbox', { name: 'Attribute name' })).toBeFocused();
  await app.keyboard.type('stain');
  const kept = app.getByText('The attributes aren’t saved yet. You’ll find them in Settings.');
  for (let closed = 0; closed < 2; closed += 1) {
    await app.keyboard.press('Escape');
    await expect(settings).toHaveCount(0);
    await expect(kept).toHaveCount(1);
    await app.keyboard.press('Control+,');
  }
  await expect(settings.getByRole('textbox', { name: 'Attribute name' })).toHaveValue('stain');
  await settings.getByRole('button', { name: 'Save' }).click();
  await expect(settings.getByRole('button', { name: 'Save' })).toHaveCount(0);
  expect((await server.call('project.get', {})).attributes.map(({ name }) => name)).toEqual(['stain']);
});
