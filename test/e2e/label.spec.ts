import type { Page } from '@playwright/test';
import type { ImageFilter } from '../../electron/common/entities.ts';
import { CanvasHand, clearBoxes, imageAt, saved, showsImage, storedBoxes } from './support/canvas.ts';
import type { Server } from './support/server.ts';
import { expect, test, watch } from './support/test.ts';

async function boxesOf(server: Server, imageId: number): Promise<number[][]> {
  return (await storedBoxes(server, imageId)).map(({ x, y, width, height }) => [x, y, width, height]);
}

async function openEmpty(page: Page, server: Server, index = 0): Promise<{ id: number; hand: CanvasHand }> {
  const id = await imageAt(server, index);
  await clearBoxes(server, id);
  await page.reload();
  await expect(page.getByText('Drag on the image to draw the first box.')).toBeVisible();
  return { id, hand: await CanvasHand.on(page) };
}

test('a box drawn with the mouse is stored exactly, and is there after a reload', async ({ app, server }) => {
  const { id, hand } = await openEmpty(app, server);
  await app.keyboard.press('4');
  await hand.drag([20, 30], [70, 55]);
  await saved(app);

  const [box, ...others] = await storedBoxes(server, id);
  expect(others).toEqual([]);
  expect(box).toMatchObject({ x: 20, y: 30, width: 50, height: 25, source: 'person', score: null });
  const { classes } = await server.call('classes.list', {});
  expect(classes.find((c) => c.id === box?.classId)?.hotkey).toBe('4');

  await app.reload();
  await expect(app.getByRole('button', { name: /50 × 25/ })).toBeVisible();
  expect(await boxesOf(server, id)).toEqual([[20, 30, 50, 25]]);
});

test('a box is moved, resized, given another class, nudged and deleted', async ({ app, server }) => {
  const { id, hand } = await openEmpty(app, server);
  await app.keyboard.press('1');
  await hand.drag([10, 10], [50, 50]);
  await hand.drag([30, 30], [45, 50]);
  await saved(app);
  expect(await boxesOf(server, id)).toEqual([[25, 30, 40, 40]]);

  await hand.drag([65, 70], [90, 100]);
  await saved(app);
  expect(await boxesOf(server, id)).toEqual([[25, 30, 65, 70]]);

  await hand.drag([25, 65], [15, 65]);
  await app.keyboard.press('ArrowRight');
  await app.keyboard.press('Shift+ArrowDown');
  await app.keyboard.press('8');
  await saved(app);
  expect(await boxesOf(server, id)).toEqual([[16, 40, 75, 70]]);
  const [box] = await storedBoxes(server, id);
  const { classes } = await server.call('classes.list', {});
  expect(classes.find((c) => c.id === box?.classId)?.hotkey).toBe('8');

  await app.keyboard.press('Delete');
  await saved(app);
  expect(await boxesOf(server, id)).toEqual([]);
});

test('an own edit is one call: it does not come back, and figures are asked for only where they change', async ({
  app,
  server,
}) => {
  const { hand } = await openEmpty(app, server);
  await app.keyboard.press('4');
  const figures = () => app.waitForResponse((response) => response.url().endsWith('/api/classes.list'));
  const drawn = figures();
  await hand.drag([10, 10], [50, 50]);
  await drawn;
  await saved(app);
  const calls: string[] = [];
  app.on('request', (request) => {
    const call = /\/api\/([a-z]+\.[A-Za-z]+)$/.exec(new URL(request.url()).pathname)?.[1];
    if (call !== undefined) calls.push(call);
  });
  await hand.drag([30, 30], [45, 50]);
  await saved(app);
  const added = figures();
  await hand.click([110, 110]);
  await hand.drag([70, 70], [100, 100]);
  await added;
  await saved(app);
  expect(calls.toSorted()).toEqual(['annotations.edit', 'annotations.edit', 'classes.list', 'project.get']);
});

test('a box dragged over the edge stays inside the image', async ({ app, server }) => {
  const { id, hand } = await openEmpty(app, server);
  await app.keyboard.press('1');
  await hand.drag([100, 100], [180, 170]);
  await saved(app);
  expect(await boxesOf(server, id)).toEqual([[100, 100, 28, 28]]);
  await hand.drag([114, 114], [20, 114]);
  await hand.drag([20, 114], [-60, 114]);
  await saved(app);
  expect(await boxesOf(server, id)).toEqual([[0, 100, 28, 28]]);
});

test('undo and redo go back and forth, and undo survives a reload', async ({ app, server }) => {
  const { id, hand } = await openEmpty(app, server);
  await app.keyboard.press('1');
  await hand.drag([10, 10], [40, 40]);
  await hand.drag([25, 25], [60, 60]);
  await app.keyboard.press('Delete');
  await saved(app);
  expect(await boxesOf(server, id)).toEqual([]);

  await app.keyboard.press('Control+z');
  await saved(app);
  expect(await boxesOf(server, id)).toEqual([[45, 45, 30, 30]]);
  await app.keyboard.press('Control+z');
  await saved(app);
  expect(await boxesOf(server, id)).toEqual([[10, 10, 30, 30]]);
  await app.keyboard.press('Control+Shift+z');
  await saved(app);
  expect(await boxesOf(server, id)).toEqual([[45, 45, 30, 30]]);

  await app.reload();
  await expect(app.getByRole('button', { name: /30 × 30/ })).toBeVisible();
  await app.getByRole('button', { name: 'Undo', exact: true }).click();
  await saved(app);
  expect(await boxesOf(server, id)).toEqual([[10, 10, 30, 30]]);
  await app.getByRole('button', { name: 'Redo', exact: true }).click();
  await saved(app);
  expect(await boxesOf(server, id)).toEqual([[45, 45, 30, 30]]);
});

test('Escape in the middle of a gesture leaves everything as it was', async ({ app, server }) => {
  const { id, hand } = await openEmpty(app, server);
  await app.keyboard.press('1');
  await hand.drag([10, 10], [40, 40]);
  await hand.press([25, 25], [80, 80]);
  await app.keyboard.press('Escape');
  await app.mouse.up();
  await hand.press([100, 20], [120, 60]);
  await app.keyboard.press('Escape');
  await app.mouse.up();
  await saved(app);
  expect(await boxesOf(server, id)).toEqual([[10, 10, 30, 30]]);
});

test('a first box asks for its class where there is none yet', async ({ app, server }) => {
  const { id, hand } = await openEmpty(app, server);
  await hand.drag([10, 10], [40, 40]);
  const dialog = app.getByRole('dialog', { name: 'What is in this box?' });
  await expect(dialog).toBeVisible();
  await app.keyboard.press('3');
  await saved(app);
  const [box] = await storedBoxes(server, id);
  const { classes } = await server.call('classes.list', {});
  expect(classes.find((c) => c.id === box?.classId)?.hotkey).toBe('3');
});

test('the boxes of the image before are copied by a key', async ({ app, server }) => {
  const first = await imageAt(server, 0);
  const second = await imageAt(server, 1);
  await clearBoxes(server, second);
  await app.reload();
  await showsImage(app, 1);
  await app.locator('[data-canvas]').focus();
  await app.keyboard.press('d');
  await showsImage(app, 2);
  await app.keyboard.press('Control+Shift+v');
  await expect(app.getByText(/boxes copied from the previous image/)).toBeVisible();
  await saved(app);
  expect(await boxesOf(server, second)).toEqual(await boxesOf(server, first));
});

test('the image class is chosen by key and by click; verifying goes on to the next image', async ({
  app,
  server,
}) => {
  const id = await imageAt(server, 0);
  const { classes } = await server.call('classes.list', {});
  const imageClasses = classes.filter((c) => c.kind === 'image');
  await showsImage(app, 1);
  await app.locator('[data-canvas]').focus();
  await app.keyboard.press('Shift+Digit5');
  await saved(app);
  const chosen = async () => (await server.call('annotations.get', { imageId: id })).image;
  expect((await chosen()).imageClassIds).toEqual([imageClasses[5]?.id]);

  const list = app.getByRole('complementary', { name: 'Labels' });
  await list.getByRole('button', { name: /^2 / }).first().click();
  await saved(app);
  expect((await chosen()).imageClassIds).toEqual([imageClasses[2]?.id]);

  await app.keyboard.press('Space');
  await showsImage(app, 2);
  expect((await chosen()).verified).toBe(true);
});

test('an image without anything in it is said to be empty, and can be unsaid', async ({ app, server }) => {
  const { id } = await openEmpty(app, server);
  const { image } = await server.call('annotations.get', { imageId: id });
  await server.call('annotations.edit', {
    imageId: id,
    expectedRevision: image.revision,
    editId: crypto.randomUUID(),
    operations: [{ type: 'set-image-classes', classIds: [] }],
  });
  await app.reload();
  await expect(app.getByRole('contentinfo')).toContainText('unseen');
  await app.keyboard.press('e');
  await saved(app);
  await expect(app.getByRole('contentinfo')).toContainText('empty');
  expect((await server.call('annotations.get', { imageId: id })).image.state).toBe('empty');
  await app.keyboard.press('e');
  await saved(app);
  expect((await server.call('annotations.get', { imageId: id })).image.state).toBe('unseen');
});

test('the list is filtered by name, split and classes', async ({ app, server }) => {
  const images = app.getByRole('complementary', { name: 'Images' });
  await images.getByRole('searchbox').fill('scene-00003');
  await expect(images.getByText('3 of 72 images')).toBeVisible();
  await images.getByRole('button', { name: /^Filters/ }).click();
  await images.getByRole('combobox', { name: 'Split' }).selectOption({ label: 'test' });
  await expect(images.getByText('1 of 72 images')).toBeVisible();
  await images.getByRole('searchbox').fill('');
  const counted = async (filter: ImageFilter): Promise<number> =>
    (await server.call('images.list', { filter: { split: 'test', ...filter } })).total;
  const { classes } = await server.call('classes.list', {});
  const [three, eight] = ['3', '8'].map(
    (name) => classes.find((c) => c.kind === 'object' && c.name === name)!.id,
  );
  await images.getByRole('button', { name: 'Class: Any class' }).click();
  // Classes of images have the same names.
  const list = images.getByRole('list', { name: 'Object classes' });
  await list.getByRole('checkbox', { name: '3 (object class)' }).check();
  await expect(images.getByRole('button', { name: 'Class: 3 (object class)' })).toBeVisible();
  await list.getByRole('checkbox', { name: '8 (object class)' }).check();
  const both = await counted({ classIds: [three!, eight!] });
  expect(both).toBeGreaterThan(await counted({ classId: three! }));
  await expect(images.getByText(`${both} of 72 images`)).toBeVisible();
  await expect(images.getByRole('button', { name: 'Class: Any of 2 classes' })).toBeVisible();
  await images.getByRole('searchbox').fill('no such name');
  await images.getByRole('button', { name: 'Clear the filter' }).click();
  await expect(images.getByText('72 images')).toBeVisible();
});

test('classes are made, renamed and deleted, and the deletion is taken back', async ({
  app,
  server,
  trouble,
}) => {
  const labels = app.getByRole('complementary', { name: 'Labels' });
  const names = async (): Promise<string[]> =>
    (await server.call('classes.list', {})).classes.filter((c) => c.kind === 'object').map((c) => c.name);

  await showsImage(app, 1);
  await app.locator('[data-canvas]').focus();
  await app.keyboard.press('k');
  await app.getByRole('dialog').getByLabel('Name').fill('<b>comma, “quote”</b>');
  await app.keyboard.press('Enter');
  await expect(app.getByRole('dialog')).toBeHidden();
  expect(await names()).toContain('<b>comma, “quote”</b>');
  await expect(labels.getByText('<b>comma, “quote”</b>')).toBeVisible();

  await app.keyboard.press('k');
  await app.getByRole('dialog').getByLabel('Name').fill('7');
  await expect(app.getByRole('dialog').getByText('A class with this name already exists.')).toBeVisible();
  await app.keyboard.press('Escape');

  // A refusal is said of the values that were refused, and of no others.
  await app.keyboard.press('k');
  const dialog = app.getByRole('dialog');
  await dialog.getByLabel('Name').fill('late');
  await dialog.getByLabel('Key').selectOption('q');
  await server.call('classes.create', { kind: 'object', name: 'first', color: '#0072B2', hotkey: 'q' });
  await app.keyboard.press('Enter');
  await expect(dialog.getByRole('alert')).toBeVisible();
  await dialog.getByLabel('Key').selectOption('');
  await expect(dialog.getByRole('alert')).toBeHidden();
  await app.keyboard.press('Escape');
  expect(trouble.splice(0).every((line) => line.includes('400'))).toBe(true);

  await labels.getByRole('button', { name: 'Edit 7' }).last().click();
  await app.getByRole('button', { name: 'Delete…' }).click();
  await app.getByRole('button', { name: 'Delete class' }).click();
  await expect(app.getByRole('dialog')).toBeHidden();
  expect(await names()).not.toContain('7');
  const without = (await server.call('project.get', {})).boxes;

  await app.keyboard.press('Control+k');
  await app.keyboard.type('undo deleted');
  await expect(app.getByRole('option', { name: /^Undo: deleted/ })).toBeVisible();
  await app.keyboard.press('Enter');
  await expect(app.getByText(/^Undone: /)).toBeVisible();
  expect(await names()).toContain('7');
  expect((await server.call('project.get', {})).boxes).toBeGreaterThan(without);
});

test('a class is merged after a count of what changes, moved by key, and found by search', async ({
  app,
  server,
}) => {
  const labels = app.getByRole('complementary', { name: 'Labels' });
  const objects = async () =>
    (await server.call('classes.list', {})).classes.filter((c) => c.kind === 'object');
  const before = await objects();
  const [two, seven] = [before.find((c) => c.name === '2')!, before.find((c) => c.name === '7')!];
  const { images } = await server.call('classes.effect', { id: seven.id });

  await labels.getByRole('button', { name: 'Edit 7' }).last().click();
  await app.getByRole('button', { name: 'Merge…' }).click();
  const dialog = app.getByRole('dialog');
  await expect(dialog).toContainText(`${seven.uses} labels on ${images} images, and 0 suggestions`);
  await dialog.getByRole('combobox', { name: 'Merge into' }).selectOption({ label: '2' });
  await expect(dialog).toContainText('They become 2, and 7 is deleted.');
  await dialog.getByRole('button', { name: 'Merge', exact: true }).click();
  await expect(dialog).toBeHidden();
  const merged = await objects();
  expect(merged.find((c) => c.name === '2')?.uses).toBe(two.uses + seven.uses);
  expect(merged.map((c) => c.name)).not.toContain('7');

  const list = labels.getByRole('list').last();
  await list.getByRole('button', { name: /^9 / }).focus();
  await app.keyboard.press('Alt+ArrowUp');
  await expect.poll(async () => (await objects()).map((c) => c.name).slice(-2)).toEqual(['9', '8']);

  await labels.getByRole('searchbox', { name: 'Search classes' }).last().fill('９');
  await expect(list.getByRole('listitem')).toHaveCount(1);
  await app.keyboard.press('Escape');
  await expect(list.getByRole('listitem')).toHaveCount(9);
});

test('an image is put into another split by command, menu or list, and project undo takes it back', async ({
  app,
  server,
}) => {
  await showsImage(app, 1);
  const imageId = await imageAt(server, 0);
  const stored = async (): Promise<string> => (await server.call('annotations.get', { imageId })).image.split;
  const shown = app.getByLabel('Split', { exact: true });
  const status = app.getByRole('contentinfo');
  expect(await stored()).toBe('test');
  await expect(shown).toHaveValue('test');
  await expect(status).toContainText('test');

  await app.keyboard.press('Control+k');
  await app.keyboard.type('move image train');
  await app.keyboard.press('Enter');
  await expect.poll(stored).toBe('train');
  await expect(shown).toHaveValue('train');
  await expect(status).toContainText('train');
  const said = app.getByText(/ is now in the training set\.$/);
  await expect(said).toBeVisible();
  await said.locator('..').getByRole('button', { name: 'Undo' }).click();
  await expect.poll(stored).toBe('test');
  await expect(shown).toHaveValue('test');

  await app.locator('[data-canvas]').focus();
  await app.keyboard.press('ContextMenu');
  await expect(app.getByRole('menuitem', { name: 'Move image to test set' })).toHaveCount(0);
  await app.getByRole('menuitem', { name: 'Move image to validation set' }).click();
  await expect.poll(stored).toBe('val');

  await shown.selectOption('no split');
  await expect.poll(stored).toBe('none');
  await app.locator('[data-canvas]').focus();
  await app.keyboard.press('Control+k');
  await app.keyboard.type('undo removed');
  await app.keyboard.press('Enter');
  await expect.poll(stored).toBe('val');
  await expect(shown).toHaveValue('val');
});

test('a list that was chosen from follows the image that is shown', async ({ app, server }) => {
  await showsImage(app, 1);
  const [first, second] = [await imageAt(server, 0), await imageAt(server, 1)];
  await server.call('images.setSplit', { imageIds: [first, second], split: 'train' });
  const list = app.getByRole('combobox', { name: 'Split', exact: true }).last();
  await expect(list).toHaveValue('train');
  await list.selectOption('val');
  await expect(app.getByText(/ is now in the validation set\.$/)).toBeVisible();
  await app.locator('[data-canvas]').focus();
  await app.keyboard.press('d');
  await showsImage(app, 2);
  await expect(list).toHaveValue('train');
  await app.keyboard.press('a');
  await showsImage(app, 1);
  await expect(list).toHaveValue('val');
});

test('a split that is refused, since the test set is locked, is not shown as chosen', async ({
  app,
  server,
  trouble,
}) => {
  await showsImage(app, 1);
  const list = app.getByRole('combobox', { name: 'Split', exact: true }).last();
  await expect(list).toHaveValue('test');
  await server.call('project.updateSettings', { testLocked: true });
  await list.selectOption('train');
  await expect(app.getByText(/^The test set is locked/)).toBeVisible();
  await expect(list).toHaveValue('test');
  trouble.splice(0, trouble.length, ...trouble.filter((line) => !line.includes('409')));
});

test('after a choice from a list by mouse, keys go to the canvas again', async ({ app, server }) => {
  const { id, hand } = await openEmpty(app, server);
  const list = app.getByRole('combobox', { name: 'Split', exact: true }).last();
  const split = await list.inputValue();
  const other = split === 'test' ? 'val' : 'test';
  await list.click();
  await list.selectOption(other);
  await expect
    .poll(async () => (await server.call('annotations.get', { imageId: id })).image.split)
    .toBe(other);
  // Names of splits begin with these letters: a list that kept the focus would take them.
  for (const key of ['t', 'v', 'n']) await app.keyboard.press(key);
  await app.keyboard.press('1');
  await app.keyboard.press('w');
  await hand.drag([20, 20], [60, 60]);
  await saved(app);
  expect(await boxesOf(server, id)).toEqual([[20, 20, 40, 40]]);
  await expect(list).toHaveValue(other);
});

test('after a box is ticked by mouse, keys go to the canvas: Space verifies and leaves the tick', async ({
  app,
  server,
}) => {
  const { id, hand } = await openEmpty(app, server);
  await app.keyboard.press('1');
  await hand.drag([20, 20], [60, 60]);
  const truncated = app.getByRole('checkbox', { name: 'truncated' });
  await truncated.click();
  await saved(app);
  await app.keyboard.press('Space');
  await showsImage(app, 2);
  await app.keyboard.press('a');
  await showsImage(app, 1);
  await hand.click([40, 40]);
  // Its name is a part of it, too.
  await app.locator('label').filter({ hasText: 'occluded' }).getByText('occluded').click();
  await app.keyboard.press('d');
  await showsImage(app, 2);
  await app.keyboard.press('Space');
  await showsImage(app, 3);
  expect(await storedBoxes(server, id)).toMatchObject([{ attributes: { truncated: true, occluded: true } }]);
  expect((await server.call('annotations.get', { imageId: id })).image.verified).toBe(true);
});

test('while boxes are drawn the page says which class the next one gets, whatever the selected one is', async ({
  app,
  server,
}) => {
  const { id, hand } = await openEmpty(app, server);
  await app.keyboard.press('4');
  await hand.drag([20, 20], [60, 60]);
  await app.keyboard.press('Escape');
  await app.keyboard.press('5');
  await hand.click([40, 40]);
  const classes = app.locator('section.object');
  const next = app.getByText('Next box:');
  await expect(next).toBeHidden();
  const pressed = classes.locator('button[aria-pressed="true"] .name');
  await expect(pressed).toHaveText('4');

  await app.keyboard.press('w');
  await expect(next).toHaveText('Next box: 5');
  await expect(pressed).toHaveText('5');
  await hand.drag([70, 70], [100, 100]);
  await saved(app);
  const stored = await server.call('classes.list', {});
  const keys = (await storedBoxes(server, id)).map(
    ({ classId }) => stored.classes.find((one) => one.id === classId)?.hotkey,
  );
  expect(keys).toEqual(['4', '5']);

  await app.keyboard.press('Control+k');
  await app.keyboard.type('keep drawing');
  await app.keyboard.press('Enter');
  await expect(app.getByText('Keep drawing until Escape: on')).toBeVisible();
});

test('in a window of 1280 × 800 the class of a selected box and its attributes are seen whole', async ({
  app,
  server,
}) => {
  const { hand } = await openEmpty(app, server);
  await app.keyboard.press('9');
  await hand.drag([20, 20], [60, 60]);
  for (const part of [
    app.getByRole('checkbox', { name: 'difficult' }),
    app.locator('section.object button[aria-pressed="true"]'),
  ])
    await expect(part).toBeInViewport({ ratio: 0.95 });
});

test('two windows on one project see each other’s edits', async ({ app, server, context, trouble }) => {
  const { id, hand } = await openEmpty(app, server);
  const other = await context.newPage();
  watch(other, trouble);
  await other.goto(new URL(server.url).origin);
  await expect(other.getByText('Drag on the image to draw the first box.')).toBeVisible();

  await app.bringToFront();
  await app.keyboard.press('1');
  await hand.drag([20, 20], [60, 70]);
  await saved(app);
  await expect(other.getByRole('button', { name: /40 × 50/ })).toBeVisible();

  await other.bringToFront();
  const otherHand = await CanvasHand.on(other);
  await otherHand.click([40, 45]);
  await otherHand.drag([40, 45], [50, 45]);
  await saved(other);
  expect(await boxesOf(server, id)).toEqual([[30, 20, 40, 50]]);
  await app.bringToFront();
  await hand.click([90, 100]);
  await hand.click([50, 45]);
  await hand.drag([50, 45], [55, 45]);
  await saved(app);
  expect(await boxesOf(server, id)).toEqual([[35, 20, 40, 50]]);
});

test('an edit that is still on its way is there when Label is opened again, and is not said to be saved', async ({
  app,
  server,
}) => {
  await showsImage(app, 1);
  const imageId = await imageAt(server, 0);
  await clearBoxes(server, imageId);
  await expect(app.getByRole('heading', { name: /^Boxes/ })).toHaveText(/^Boxes\s*$/);
  const held: (() => void)[] = [];
  await app.route('**/api/annotations.edit', async (route) => {
    if (held.length === 0) await new Promise<void>((resolve) => held.push(resolve));
    await route.continue();
  });
  const hand = await CanvasHand.on(app);
  const draw = async (from: readonly [number, number], to: readonly [number, number]): Promise<void> => {
    await app.keyboard.press('w');
    await hand.drag(from, to);
    await app.keyboard.press('1');
  };
  await draw([10, 10], [40, 40]);
  await app.getByRole('link', { name: 'Train' }).click();
  await expect(app.getByRole('contentinfo')).toContainText('Saving');
  await app.getByRole('link', { name: 'Label' }).click();
  await showsImage(app, 1);
  await expect(app.getByRole('heading', { name: /^Boxes/ })).toHaveText('Boxes 1');
  await draw([60, 60], [90, 90]);
  await expect(app.getByRole('heading', { name: /^Boxes/ })).toHaveText('Boxes 2');
  await expect(app.getByRole('contentinfo')).toContainText('Saving');
  expect((await server.call('annotations.get', { imageId })).boxes).toHaveLength(0);
  held[0]!();
  await saved(app);
  expect((await server.call('annotations.get', { imageId })).boxes).toHaveLength(2);
});

test('an image is verified only once its picture is there to be seen', async ({ app, server }) => {
  const { items } = await server.call('images.list', { limit: 2 });
  const [first, second] = items.map(({ id }) => id) as [number, number];
  const verified = async (imageId: number): Promise<boolean> =>
    (await server.call('annotations.get', { imageId })).image.verified;
  const picture = Promise.withResolvers<undefined>();
  await app.route(
    (url) => url.pathname === `/image/${second}` && url.searchParams.get('size') !== '256',
    async (route) => {
      await picture.promise;
      await route.continue();
    },
  );
  await app.reload();
  await showsImage(app, 1);
  await app.locator('[data-canvas]').focus();
  await app.keyboard.press('Space');
  await expect(app.getByRole('contentinfo')).toContainText('2 of 72');
  for (let press = 0; press < 3; press++) await app.keyboard.press('Space');
  await saved(app);
  expect([await verified(first), await verified(second)]).toEqual([true, false]);
  picture.resolve(undefined);
  await expect
    .poll(async () => {
      await app.keyboard.press('Space');
      return verified(second);
    })
    .toBe(true);
});

test('an edit of an image that another window has removed waits, says so, and can be given up', async ({
  app,
  server,
  trouble,
}) => {
  await showsImage(app, 1);
  const imageId = await imageAt(server, 0);
  const removed = Promise.withResolvers<undefined>();
  await app.route('**/api/annotations.edit', async (route) => {
    await removed.promise;
    await route.continue();
  });
  const hand = await CanvasHand.on(app);
  await app.keyboard.press('w');
  await hand.drag([10, 10], [40, 40]);
  await app.keyboard.press('1');
  await expect(app.getByRole('contentinfo')).toContainText('Saving');
  await server.call('images.remove', { imageIds: [imageId] });
  removed.resolve(undefined);
  const status = app.getByRole('contentinfo');
  await expect(status).toContainText('Their image is no longer in the project.');
  await app.keyboard.press('Control+k');
  await app.keyboard.type('close the project');
  await app.keyboard.press('Enter');
  await expect(app.getByText(/not saved yet/).last()).toBeVisible();
  await app.getByRole('button', { name: 'Close and give these edits up' }).click();
  await expect(app.getByRole('button', { name: 'Open a project' })).toBeVisible();
  expect(trouble.every((one) => one.includes('404'))).toBe(true);
  trouble.length = 0;
});
