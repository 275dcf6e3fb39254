import { copyFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { CanvasHand, clearBoxes, imageAt, saved, showsImage, storedBoxes } from './support/canvas.ts';
import { expect, test } from './support/test.ts';

test('attributes, a note and a flag are set, filtered by, and taken back by putting the image back', async ({
  app,
  server,
}) => {
  const id = await imageAt(server, 0);
  await clearBoxes(server, id);
  await server.call('project.updateSettings', {
    attributes: [{ name: 'stage', type: 'choice', choices: ['early', 'late'] }],
  });
  await app.reload();
  await showsImage(app, 1);
  const hand = await CanvasHand.on(app);
  await app.keyboard.press('1');
  await hand.drag([20, 20], [60, 60]);
  await saved(app);

  const attributes = app.getByRole('region', { name: 'Attributes' });
  await attributes.getByLabel('occluded').check();
  await attributes.getByLabel('stage').selectOption('late');
  await app.locator('[data-canvas]').focus();
  await app.keyboard.press('b');
  const note = app.getByRole('textbox', { name: 'Note' });
  await note.fill('要确认 <b>');
  await note.blur();
  await saved(app);
  expect(await storedBoxes(server, id)).toMatchObject([{ attributes: { occluded: true, stage: 'late' } }]);
  expect(await server.call('annotations.get', { imageId: id })).toMatchObject({
    note: '要确认 <b>',
    image: { flagged: true },
  });

  const images = app.getByRole('complementary', { name: 'Images' });
  await images.getByRole('button', { name: /^Filters/ }).click();
  await images.getByRole('combobox', { name: 'Attribute' }).selectOption({ label: 'stage' });
  await expect(images.getByText('1 of 72 images')).toBeVisible();
  await images.getByRole('combobox', { name: 'Mark' }).selectOption({ label: 'flagged' });
  await expect(images.getByText('1 of 72 images')).toBeVisible();

  await images.getByRole('textbox', { name: 'Save this filter as…' }).fill('late ones');
  await images.getByRole('button', { name: 'Save' }).click();
  await expect(images.getByRole('combobox', { name: 'Saved filters' })).toHaveValue('late ones');
  await images.getByRole('textbox', { name: 'Boxes from' }).fill('9');
  await expect(images.getByText('No image matches')).toBeVisible();
  await images.getByRole('button', { name: 'Clear the filter' }).click();
  await expect(images.getByText('72 images')).toBeVisible();
  await app.reload();
  await images.getByRole('button', { name: /^Filters/ }).click();
  await images.getByRole('combobox', { name: 'Saved filters' }).selectOption('late ones');
  await expect(images.getByText('1 of 72 images')).toBeVisible();

  await app.getByText('History').click();
  await app.getByRole('button', { name: 'Restore the image to its state after: Added a box' }).click();
  await expect(note).toHaveValue('');
  expect(await storedBoxes(server, id)).toMatchObject([{ attributes: {} }]);
  await app.locator('[data-canvas]').focus();
  await app.keyboard.press('Control+z');
  await saved(app);
  expect(await storedBoxes(server, id)).toMatchObject([{ attributes: { occluded: true, stage: 'late' } }]);
  await expect(note).toHaveValue('要确认 <b>');
});

test('an image is gone to by its name, a part of it or its number, and which it was is said', async ({
  app,
}) => {
  await showsImage(app, 1);
  const go = async (typed: string): Promise<void> => {
    await app.locator('[data-canvas]').focus();
    await app.keyboard.press('g');
    await app.getByRole('dialog').getByRole('textbox').fill(typed);
    await app.keyboard.press('Enter');
  };
  await go('scene-00003');
  await expect(app.getByRole('toolbar', { name: 'Tools' })).toContainText(/scene-00003/);
  await go('00007');
  await expect(app.getByRole('toolbar', { name: 'Tools' })).toContainText(/scene-00007/);
  await expect(app.getByText(/^By name: .*scene-00007/)).toBeVisible();
  await go('7');
  await showsImage(app, 7);
  await expect(app.getByText(/^Number 7 in the list: /)).toBeVisible();
});

test('a file that is gone or has other content is said to be so, its labels stay, and it is found or accepted', async ({
  app,
  server,
  project,
  trouble,
}) => {
  const id = await imageAt(server, 0);
  const { image } = await server.call('annotations.get', { imageId: id });
  const other = (await server.call('annotations.get', { imageId: await imageAt(server, 1) })).image;
  const [file, moved, another] = [image.path, 'moved away.jpg', other.path].map((one) =>
    path.join(project, 'sample', one),
  ) as [string, string, string];
  const labels = await storedBoxes(server, id);

  const third = (await server.call('annotations.get', { imageId: await imageAt(server, 2) })).image;
  await rename(file, moved);
  await rename(path.join(project, 'sample', third.path), path.join(project, 'sample', 'went along.jpg'));
  await app.reload();
  const notice = app.getByRole('alert').filter({ hasText: 'This file is no longer where it was.' });
  await expect(notice).toContainText('The labels are kept.');
  await notice.getByRole('button', { name: 'Find it…' }).click();
  const dialog = app.getByRole('dialog');
  await dialog.getByRole('textbox').fill(another);
  await dialog.getByRole('button', { name: 'Use this file' }).click();
  await expect(dialog).toContainText('is another image');
  await dialog.getByRole('textbox').fill(moved);
  await dialog.getByRole('button', { name: 'Use this file' }).click();
  await expect(dialog).toBeHidden();
  await expect(notice).toBeHidden();
  await expect(app.getByRole('toolbar')).toContainText('moved away.jpg');
  await expect(app.getByText('Found 1 more missing image.')).toBeVisible();
  expect((await server.call('images.check', { imageId: third.id })).state).toBe('same');

  await rm(moved);
  await copyFile(another, moved);
  await app.reload();
  const changed = app.getByRole('alert').filter({ hasText: 'This file has changed since it was labelled' });
  await changed.getByRole('button', { name: 'Accept the new content' }).click();
  await expect(changed).toBeHidden();
  const after = await server.call('annotations.get', { imageId: id });
  expect(after.boxes).toEqual(labels);
  expect(after.image.content).toBe(other.content);
  expect(await server.call('project.check', {})).toMatchObject({ ok: true });
  // The picture of a file that is gone can't be had: that is what this test provokes.
  trouble.splice(0, trouble.length, ...trouble.filter((line) => !/404|422|500|image\//.test(line)));
});

test('a thumbnail whose file was missing is shown again once the file is back', async ({
  app,
  server,
  project,
  trouble,
}) => {
  await showsImage(app, 1);
  const id = await imageAt(server, 2);
  const { path: file } = (await server.call('annotations.get', { imageId: id })).image;
  const [at, moved] = [file, 'moved away.jpg'].map((one) => path.join(project, 'sample', one)) as [
    string,
    string,
  ];
  const cell = app.getByRole('complementary', { name: 'Images' }).getByTitle(file);
  await expect(cell.getByRole('img')).toBeVisible();
  await rename(at, moved);
  expect(await server.call('images.check', { imageId: id })).toMatchObject({ state: 'missing' });
  // At once, though no revision is raised.
  await expect(cell.getByRole('img')).toHaveCount(0);
  await app.reload();
  await expect(cell.getByRole('img')).toHaveCount(0);
  await rename(moved, at);
  await app.getByRole('link', { name: 'Models' }).click();
  await app.getByRole('link', { name: 'Label' }).click();
  await expect(cell.getByRole('img')).toBeVisible();
  trouble.splice(0, trouble.length, ...trouble.filter((line) => !/404|image\//.test(line)));
});

test('a file with another picture is shown as it is now, before and after it is accepted', async ({
  app,
  server,
  project,
}) => {
  const imageId = await imageAt(server, 0);
  // The services vouch for the file, and the browser keeps its picture.
  const image = await server.call('images.acceptContent', { imageId });
  const picture = app.waitForResponse((response) => response.url().includes(`/image/${imageId}?size=full`));
  await app.reload();
  await (await picture).finished();
  const middle = (): Promise<number[]> =>
    app.evaluate(`(() => {
      const canvas = document.querySelector('[data-canvas] canvas');
      const { width, height } = canvas;
      const pixel = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
      pixel.drawImage(canvas, width / 2, height / 2, 1, 1, 0, 0, 1, 1);
      return [...pixel.getImageData(0, 0, 1, 1).data.slice(0, 3)];
    })()`);
  const thumbnail = (): Promise<number[]> =>
    app.evaluate(`(() => {
      const pixel = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
      pixel.drawImage(document.querySelector('[aria-current="true"] img'), 0, 0, 1, 1);
      return [...pixel.getImageData(0, 0, 1, 1).data.slice(0, 3)].map((value) => Math.round(value / 255));
    })()`);
  const red = [254, 0, 0];
  const { width, height } = image;
  await sharp({ create: { width, height, channels: 3, background: '#ff0000' } })
    .jpeg()
    .toFile(path.join(project, 'sample', image.path));
  await app.reload();
  const changed = app.getByRole('alert').filter({ hasText: 'This file has changed since it was labelled' });
  await expect(changed).toBeVisible();
  await expect.poll(middle).toEqual(red);
  await expect.poll(thumbnail).toEqual([1, 0, 0]);
  await changed.getByRole('button', { name: 'Accept the new content' }).click();
  await expect(changed).toBeHidden();
  await expect.poll(middle).toEqual(red);
  await expect.poll(thumbnail).toEqual([1, 0, 0]);
});
