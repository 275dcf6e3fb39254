import type { Page } from '@playwright/test';
import { barriers } from './support/axe.ts';
import { CanvasHand, clearBoxes, imageAt, saved, storedBoxes } from './support/canvas.ts';
import type { Server } from './support/server.ts';
import { expect, test } from './support/test.ts';

const guideOf = (app: Page, name: string) => app.getByRole('region', { name: `Guide to ${name}` });

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
  const examples = guideOf(app, '4').getByRole('button', { name: /^Example/ });
  await expect(examples).toHaveCount(1);
  await app.keyboard.press('Control+z');
  await expect(app.getByText(/Undone: changed the guide to class “4”/)).toBeVisible();
  await expect(examples).toHaveCount(0);

  for (let more = 0; more < 8; more += 1) await app.keyboard.press('Control+d');
  await app.keyboard.press('Control+a');
  await app.keyboard.press('Shift+K');
  await guideOf(app, '4').getByRole('button', { name: 'Use the selected boxes as examples' }).click();
  await expect(app.getByText('“4” can have at most 8 examples. Remove one first.')).toBeVisible();
  await expect(examples).toHaveCount(0);
});

test('the guide is written in the dialog of the class, put away by a key, and used without a mouse', async ({
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
  await dialog.getByLabel('Description').fill('Four strokes at most,\nopen or closed.');
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
  await expect(guide).toHaveCount(0);
  await app.reload();
  await expect(app.getByRole('button', { name: /50 × 25/ })).toBeVisible();
  await expect(guide).toHaveCount(0);

  await app.getByRole('button', { name: 'Guide to 4' }).last().press('Enter');
  await guide.getByRole('button', { name: 'Edit the guide to 4' }).press('Enter');
  await dialog.getByRole('button', { name: /^Remove example 1/ }).press('Enter');
  await dialog.getByRole('button', { name: 'Save' }).press('Enter');
  await expect(guide.getByRole('button', { name: /^Example/ })).toHaveCount(0);
  expect(await storedBoxes(server, id)).toHaveLength(1);
});
