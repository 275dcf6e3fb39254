import { barriers } from './support/axe.ts';
import { expect, test } from './support/test.ts';

test('a run learns from the images of a saved filter, and is evaluated on those of another', async ({
  app,
  server,
}) => {
  test.setTimeout(300_000);
  const { imageIds } = await server.call('images.ids', { filter: { split: 'train' } });
  const order = { sort: 'path', descending: false } as const;
  await server.call('filters.save', {
    name: 'the first',
    filter: { imageIds: imageIds.slice(0, 4) },
    ...order,
  });
  await server.call('filters.save', { name: 'held out', filter: { split: 'val' }, ...order });

  await app.getByRole('link', { name: 'Train' }).click();
  const images = app.getByRole('combobox', { name: 'Train on' });
  await images.selectOption('held out');
  await expect(app.getByText(/match the saved filter “held out” is in the training split/)).toBeVisible();
  await expect(app.getByRole('button', { name: 'Train', exact: true })).toBeDisabled();
  await images.selectOption('the first');
  await expect(app.getByText(/from 4 images/)).toBeVisible();
  await expect(app.getByText(/Validation uses all validation images/)).toBeVisible();
  expect(await barriers(app, 'main')).toEqual([]);
  const settings = ['epochs=1', 'inputSize=64', 'batch=8', 'neckChannels=16'];
  const { runId, jobId } = await server.call('runs.start', { name: 'few', settings, filter: 'the first' });
  await expect
    .poll(async () => (await server.call('jobs.get', { jobId })).state, { timeout: 120_000 })
    .toBe('done');
  await expect(app.getByText(/4 training images of the saved filter “the first”/)).toBeVisible();
  await app.reload();
  await expect(images).toHaveValue('the first');

  await app.getByRole('link', { name: 'Evaluate' }).click();
  await app.getByRole('combobox', { name: 'Split' }).selectOption('none:the first');
  await app.getByRole('button', { name: 'Evaluate', exact: true }).click();
  await expect(app.getByText(/^All 4 images were in the training set when this run was trained/)).toBeVisible(
    { timeout: 60_000 },
  );
  await expect(
    app.getByText(/On the labelled images that matched the saved filter “the first”/),
  ).toBeVisible();
  expect(await barriers(app, 'main')).toEqual([]);
  await server.call('filters.delete', { name: 'the first' });
  await app.reload();
  await expect(app.getByText(/“the first” has been deleted since this evaluation/)).toBeVisible();
  expect((await server.call('runs.get', { runId })).filter).toMatchObject({ name: 'the first', images: 4 });
});
