import type { Page } from '@playwright/test';
import { barriers } from './support/axe.ts';
import { CanvasHand, clearBoxes, imageAt, saved, storedBoxes } from './support/canvas.ts';
import type { Server } from './support/server.ts';
import { expect, test } from './support/test.ts';

const guideOf = (app: Page, name: string) => app.getByRole('region', { name: `Guide to ${name}` });
const foldOf = (app: Page, name: string) => guideOf(app, name).locator('[aria-expanded]');

/** The first image with one box of the class “4” that was just drawn, and still is selected. */
async function drawn(app: Page, server: Server): Promise<{ id: number; hand: CanvasHand }> {
  const id = await imageAt(server, 0);
  await clearBoxes(server, id);
  await app.reload();
  await expect(app.getByText('Drag on the image to draw the first box.')).toBeVisible();
  const hand = await CanvasHand.on(app);
  await app.keyboard.press('4');
  await hand.drag([20, 30], [70, 55]);
  return { id, hand };
}

test('a box becomes an example of its class beside the class list, and comes and goes with the box', async ({
  app,
  server,
}) => {
  const { id, hand } = await drawn(app, server);
  await expect(app.getByRole('region', { name: /Guide to/ })).toHaveCount(0);
  await hand.click([40, 40], 'right');
  await app.getByRole('menuitem', { name: 'Use as example of its class' }).click();
  await expect(app.getByText('Added 1 example of “4”.')).toBeVisible();
  const guide = guideOf(app, '4');
  await foldOf(app, '4').click();
  const example = guide.getByRole('button', { name: /^Example 1 of 4: / });
  await expect(example).toBeVisible();
  const [box] = await storedBoxes(server, id);
  const { classes } = await server.call('classes.list', {});
  expect(classes.find(({ name, kind }) => name === '4' && kind === 'object')?.examples).toEqual([box?.id]);
  expect(await barriers(app, 'aside')).toEqual([]);

  await app.keyboard.press('Delete');
  await saved(app);
  await expect(example).toHaveCount(0);
  await app.keyboard.press('Control+z');
  await expect(example).toBeVisible();
  await expect(guideOf(app, '5')).toHaveCount(0);
  await app.keyboard.press('5');
  await expect(guideOf(app, '5')).toContainText('No description or examples yet.');
});

test('an example just added is taken back by undo, and no more than eight are taken', async ({
  app,
  server,
}) => {
  const { hand } = await drawn(app, server);
  await hand.click([40, 40], 'right');
  await app.getByRole('menuitem', { name: 'Use as example of its class' }).click();
  await foldOf(app, '4').click();
  const examples = guideOf(app, '4').getByRole('button', { name: /^Example/ });
  await expect(examples).toHaveCount(1);
  await app.keyboard.press('Control+z');
  await expect(app.getByText(/Undone: added an example to class “4”/)).toBeVisible();
  await expect(examples).toHaveCount(0);

  for (let more = 0; more < 8; more += 1) await app.keyboard.press('Control+d');
  await app.keyboard.press('Control+a');
  await guideOf(app, '4').getByRole('button', { name: 'Use the selected boxes as examples' }).click();
  await expect(app.getByText('“4” can have at most 8 examples. Remove one first.')).toBeVisible();
  await expect(examples).toHaveCount(0);
});

test('the guide is written in the dialog of the class, folded by a key, and used without a mouse', async ({
  app,
  server,
}) => {
  const { id } = await drawn(app, server);
  await app.keyboard.press('Shift+K');
  const guide = guideOf(app, '4');
  await expect(guide).toContainText('No description or examples yet.');
  await guide.getByRole('button', { name: 'Use the selected boxes as examples' }).press('Enter');
  await guide.getByRole('button', { name: 'Edit the guide to 4' }).press('Enter');
  const dialog = app.getByRole('dialog', { name: 'Edit 4' });
  const description = dialog.getByLabel('Description');
  await expect(description).toBeFocused();
  await description.fill('x'.repeat(501));
  await expect(dialog.getByText('A description has at most 500 characters; this one has 501.')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Save' })).toBeDisabled();
  await description.fill('Four strokes at most,\nopen or closed.');
  expect(await barriers(app, '[role="dialog"]')).toEqual([]);
  await dialog.getByRole('button', { name: 'Save' }).press('Enter');
  await expect(guide).toContainText('Four strokes at most, open or closed.');

  await guide.getByRole('button', { name: /^Example 1/ }).press('Enter');
  const large = guide.getByRole('button', { name: 'Back to all examples' });
  await expect(large).toBeFocused();
  await app.keyboard.press('Enter');
  const example = guide.getByRole('button', { name: /^Example 1/ });
  await expect(example).toBeFocused();
  await example.press('Enter');
  await app.keyboard.press('d');
  await guide.getByRole('button', { name: 'Open image' }).press('Enter');
  await expect(app.getByRole('button', { name: /50 × 25/, pressed: true })).toBeVisible();

  await app.keyboard.press('Shift+K');
  await expect(foldOf(app, '4')).toHaveText(/^\s*4\s*Four strokes at most, open or closed\.\s*1 example$/);
  await expect(guide.getByRole('button', { name: /^Example/ })).toHaveCount(0);
  await app.reload();
  await app.getByRole('button', { name: /50 × 25/ }).click();
  await expect(foldOf(app, '4')).toHaveAttribute('aria-expanded', 'false');

  await app.getByRole('button', { name: 'Guide to 4' }).last().press('Enter');
  await guide.getByRole('button', { name: 'Edit the guide to 4' }).press('Enter');
  await dialog.getByRole('button', { name: /^Remove example 1/ }).press('Enter');
  await dialog.getByRole('button', { name: 'Save' }).press('Enter');
  await expect(guide.getByRole('button', { name: /^Example/ })).toHaveCount(0);
  expect(await storedBoxes(server, id)).toHaveLength(1);
});

/** Gives a class examples: its first boxes of the project. */
async function explain(server: Server, name: string, count: number): Promise<void> {
  const { classes } = await server.call('classes.list', {});
  const labelClass = classes.find((one) => one.name === name && one.kind === 'object');
  if (!labelClass) throw new Error(`There is no class ${name}.`);
  const { items } = await server.call('images.list', { filter: { classId: labelClass.id }, limit: 8 });
  const boxes = await Promise.all(items.map(({ id }) => storedBoxes(server, id)));
  const examples = boxes
    .flatMap((some) => some.filter(({ classId }) => classId === labelClass.id).slice(0, 1))
    .map(({ id }) => id)
    .slice(0, count);
  expect(examples).toHaveLength(count);
  await server.call('classes.update', { id: labelClass.id, examples });
}

test('moving and removing examples by the keyboard keeps the focus among them', async ({ app, server }) => {
  await explain(server, '4', 3);
  await app.reload();
  await app.getByRole('button', { name: 'Edit 4' }).last().press('Enter');
  const dialog = app.getByRole('dialog', { name: 'Edit 4' });
  const button = (does: string) => dialog.getByRole('button', { name: new RegExp(`^${does} `) });
  const move = (number: number, to: string) =>
    dialog.getByRole('button', { name: new RegExp(`^Move example ${number} .* ${to}$`) });
  await move(1, 'later').press('Enter');
  await expect(move(2, 'later')).toBeFocused();
  await app.keyboard.press('Enter');
  await expect(move(3, 'earlier')).toBeFocused();
  await button('Remove example 3').press('Enter');
  await expect(button('Remove example 2')).toBeFocused();
  await app.keyboard.press('Enter');
  await expect(button('Remove example 1')).toBeFocused();
  await app.keyboard.press('Enter');
  await expect(dialog.getByRole('list', { name: 'Examples' })).toBeFocused();
  await app.keyboard.press('Enter');
  await expect(dialog).toBeVisible();
});

test('opening the guide or choosing another class moves no row of the boxes, and folded it leaves all parts in sight', async ({
  app,
  server,
}) => {
  const { classes } = await server.call('classes.list', {});
  const others = classes.filter(({ name, kind }) => kind === 'image' || !['3', '4', '7'].includes(name));
  for (const { id } of others) await server.call('classes.delete', { id, reassignTo: null });
  await explain(server, '4', 8);
  await app.setViewportSize({ width: 1280, height: 800 });
  await app.reload();
  const pane = app.getByRole('complementary', { name: 'Labels' });
  const row = pane.getByRole('button', { name: /\d × \d/ }).first();
  const top = async () => (await row.boundingBox())?.y;
  await row.waitFor();
  const before = await top();
  await row.click();
  await app.keyboard.press('7');
  await expect(foldOf(app, '7')).toContainText('No description or examples yet.');
  expect(await top()).toBe(before);
  await expect(pane.getByText('History')).toBeInViewport({ ratio: 1 });

  await foldOf(app, '7').click();
  await expect(guideOf(app, '7')).toContainText('Right-click a box of this class');
  const empty = await guideOf(app, '7').boundingBox();
  expect(empty?.height).toBeLessThan(120);
  expect(await top()).toBe(before);
  await app.keyboard.press('4');
  await expect(guideOf(app, '4').getByRole('button', { name: /^Example 8/ })).toBeVisible();
  expect(await top()).toBe(before);
});
