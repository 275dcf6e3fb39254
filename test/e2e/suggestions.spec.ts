import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { barriers } from './support/axe.ts';
import { CanvasHand, clearBoxes, imageAt, saved, showsImage, storedBoxes } from './support/canvas.ts';
import type { Server } from './support/server.ts';
import { expect, test } from './support/test.ts';

/** Takes three boxes in as suggestions for the first image, as a detector's COCO file has them. */
async function suggest(
  server: Server,
  folder: string,
  project: string,
  { name = 'detector.json', y = 20 } = {},
): Promise<number> {
  const id = await imageAt(server, 0);
  await clearBoxes(server, id);
  const { image } = await server.call('annotations.get', { imageId: id });
  const file = path.join(folder, name);
  const annotation = (place: number, score: number) => ({
    id: place,
    image_id: 1,
    category_id: 1,
    bbox: [10 * place, y, 15.5, 25],
    score,
  });
  await writeFile(
    file,
    JSON.stringify({
      images: [{ id: 1, file_name: image.path, width: image.width, height: image.height }],
      categories: [{ id: 1, name: '3' }],
      annotations: [annotation(1, 0.91), annotation(4, 0.72), annotation(7, 0.15)],
    }),
  );
  const { jobId } = await server.call('dataset.import', {
    paths: [file],
    imageFolders: [path.join(project, 'sample')],
    asSuggestions: true,
  });
  await expect.poll(async () => (await server.call('jobs.get', { jobId })).state).toBe('done');
  expect((await server.call('jobs.get', { jobId })).result).toMatchObject({ suggestions: 3, imagesAdded: 0 });
  return id;
}

test('suggestions are accepted and rejected by key, count as nothing before, and undo brings them back', async ({
  app,
  server,
  folder,
  project,
}) => {
  const id = await suggest(server, folder, project);
  await app.reload();
  await showsImage(app, 1);
  const list = app.getByRole('region', { name: 'Suggestions' });
  await expect(list.getByRole('button', { name: /^3 / })).toHaveText([/91%/, /72%/, /15%/]);
  expect(await storedBoxes(server, id)).toEqual([]);
  // They take no rows from the lists of classes: the pane scrolls.
  for (const height of [690, 800]) {
    await app.setViewportSize({ width: 1280, height });
    const rows = `[...document.querySelectorAll('.choose')].map((row) => row.closest('ul'))
      .filter((list, index, all) => all.indexOf(list) === index)
      .map((list) => list.clientHeight >= Math.min(list.scrollHeight, 3 * 28))`;
    expect(await app.evaluate(rows)).toEqual([true, true]);
  }

  await app.locator('[data-canvas]').focus();
  await app.keyboard.press('Enter');
  await saved(app);
  expect(await storedBoxes(server, id)).toMatchObject([
    { x: 10, y: 20, width: 15.5, height: 25, source: 'import', score: 0.91 },
  ]);
  await app.keyboard.press(']');
  await app.keyboard.press('Backspace');
  await saved(app);
  await expect(list.getByRole('button', { name: /^3 / })).toHaveText([/72%/]);

  await app.keyboard.press('Control+z');
  await app.keyboard.press('Control+z');
  await saved(app);
  await expect(list.getByRole('button', { name: /^3 / })).toHaveText([/91%/, /72%/, /15%/]);
  expect(await storedBoxes(server, id)).toEqual([]);

  const hand = await CanvasHand.on(app);
  await hand.click([45, 30]);
  await expect(list.getByRole('button', { name: /^3 72%/ })).toHaveAttribute('aria-pressed', 'true');
  await app.keyboard.press('Enter');
  await saved(app);
  expect(await storedBoxes(server, id)).toMatchObject([{ x: 40, score: 0.72 }]);
  await hand.click([75, 30], 'right');
  await app.getByRole('menuitem', { name: /^Reject the suggestion/ }).click();
  await saved(app);
  await expect(list.getByRole('button', { name: /^3 / })).toHaveText([/91%/]);
  await app.keyboard.press('Control+z');
  await app.keyboard.press('Control+z');
  await saved(app);
  await expect(list.getByRole('button', { name: /^3 / })).toHaveText([/91%/, /72%/, /15%/]);

  await app.keyboard.press('Shift+Enter');
  await saved(app);
  await expect(list.getByRole('button', { name: /^3 / })).toHaveText([/15%/]);
  expect((await storedBoxes(server, id)).map(({ score }) => score)).toEqual([0.91, 0.72]);
  await list.getByRole('button', { name: 'Reject all' }).click();
  await saved(app);
  await expect(list).toBeHidden();
  await app.reload();
  await showsImage(app, 1);
  await expect(app.getByRole('button', { name: /16 × 25/ })).toHaveCount(2);
});

test('the sources of suggestions are listed with their counts, and cleared one by one or all, until undo', async ({
  app,
  server,
  folder,
  project,
}) => {
  await showsImage(app, 1);
  await app.keyboard.press('Control+k');
  await app.keyboard.type('sources of');
  await app.keyboard.press('Enter');
  const dialog = app.getByRole('dialog', { name: 'Sources of suggestions' });
  await expect(dialog.getByText('No suggestions are waiting')).toBeVisible();
  await suggest(server, folder, project);
  await suggest(server, folder, project, { name: 'other.json', y: 60 });
  const rows = dialog.getByRole('row');
  await expect(rows).toHaveText([/Source/, /^ *other\.json.*Import.*31/, /^ *detector\.json/]);
  expect(await barriers(app, '[role="dialog"]'), 'the list').toEqual([]);

  const waiting = async (): Promise<string[]> =>
    (await server.call('suggestions.sources', {})).sources.map(({ name }) => name);
  await dialog.getByRole('button', { name: 'Clear the suggestions of other.json' }).press('Enter');
  await expect(dialog.getByRole('alert')).toContainText('Reject 3 suggestions of other.json on 1 image?');
  await expect(dialog.getByRole('button', { name: 'Back' })).toBeFocused();
  expect(await barriers(app, '[role="dialog"]'), 'the question').toEqual([]);
  await app.keyboard.press('Enter');
  expect(await waiting()).toEqual(['other.json', 'detector.json']);

  await dialog.getByRole('button', { name: 'Clear the suggestions of other.json' }).click();
  await dialog.getByRole('button', { name: 'Reject' }).click();
  await expect(dialog.getByRole('status')).toHaveText('Rejected 3 suggestions on 1 image.');
  await expect(rows).toHaveCount(2);
  expect(await waiting()).toEqual(['detector.json']);
  await expect(dialog.getByRole('button', { name: 'Undo' })).toBeFocused();
  await app.keyboard.press('Enter');
  await expect(rows).toHaveCount(3);
  expect(await waiting()).toEqual(['other.json', 'detector.json']);

  await dialog.getByRole('button', { name: 'Clear all…' }).click();
  await expect(dialog.getByRole('alert')).toContainText('Reject all 6 suggestions?');
  await dialog.getByRole('button', { name: 'Reject' }).click();
  await expect(dialog.getByText('No suggestions are waiting')).toBeVisible();
  expect(await waiting()).toEqual([]);
});
