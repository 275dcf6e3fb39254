import { barriers } from './support/axe.ts';
import type { Server } from './support/server.ts';
import { expect, test } from './support/test.ts';

async function done(server: Server, jobId: string): Promise<void> {
  await expect
    .poll(async () => (await server.call('jobs.get', { jobId })).state, { timeout: 120_000 })
    .toBe('done');
}

test('a test set is made on Dataset, evaluated on by its name, and kept while the test set is locked', async ({
  app,
  server,
}) => {
  test.setTimeout(300_000);
  const settings = ['epochs=1', 'inputSize=64', 'batch=8', 'neckChannels=16'];
  const { jobId } = await server.call('runs.start', { name: 'small', settings });
  await done(server, jobId);
  const { total } = await server.call('images.list', { filter: { split: 'test' } });
  const { total: own } = await server.call('images.list', { filter: { split: 'test', text: '1' } });

  await app.getByRole('link', { name: 'Dataset' }).click();
  await app.getByRole('button', { name: 'New test set' }).click();
  await app.getByLabel('Name', { exact: true }).fill('night shift');
  await app.getByLabel('Text in the path').fill('1');
  const { total: named } = await server.call('images.list', { filter: { text: '1' } });
  await expect(app.getByRole('status').filter({ hasText: new RegExp(`^${named} image`) })).toBeVisible();
  expect(await barriers(app, 'main')).toEqual([]);
  await app.getByRole('button', { name: 'Create test set' }).click();
  await expect(app.getByText(`Test set “night shift” has ${named} images`)).toBeVisible();
  const list = app.getByRole('listitem').filter({ hasText: /night shift.*evaluated/ });
  await expect(list).toContainText('evaluated 0 times');
  const splits = await server.call('project.get', {});
  expect(splits.bySplit.test).toBe(total + named - own);

  await app.getByRole('link', { name: 'Evaluate' }).click();
  await app.getByRole('combobox', { name: 'Split' }).selectOption('test:night shift');
  await expect(app).toHaveURL(/set=night/);
  await app.getByRole('button', { name: 'Evaluate', exact: true }).click();
  await expect(app.getByText(/^95% interval/).first()).toBeVisible({ timeout: 60_000 });
  const { testSets, testLooks } = await server.call('project.get', {});
  expect(testSets).toEqual([{ name: 'night shift', images: named, looks: 1 }]);
  expect(testLooks).toBe(0);

  await app.getByRole('link', { name: 'Dataset' }).click();
  await expect(list).toContainText('evaluated once');
  await app.getByRole('button', { name: 'Lock test set' }).click();
  await expect(app.getByRole('button', { name: 'Delete test set night shift' })).toHaveCount(0);
  await app.getByRole('button', { name: `${named} images of test set night shift` }).click();
  await expect(app.getByText('test: night shift')).toBeVisible();
  await expect(app.getByText(`${named} of `)).toBeVisible();
});

test('images chosen in the list become a test set, and others join it, each as one step', async ({
  app,
  server,
}) => {
  const cell = (index: number) =>
    app.getByRole('complementary', { name: 'Images' }).locator('button.cell').nth(index);
  const put = async (name: string, button: string) => {
    const tools = app.getByRole('toolbar', { name: 'Selected images' });
    await tools.getByRole('combobox').selectOption({ label: 'Put into a test set…' });
    const dialog = app.getByRole('dialog', { name: 'Put selected images into a test set' });
    await dialog.getByRole('combobox', { name: 'Name' }).fill(name);
    await dialog.getByRole('button', { name: button }).click();
    await expect(dialog).toHaveCount(0);
  };
  const size = async () => (await server.call('project.get', {})).testSets.map(({ images }) => images);
  await cell(1).click();
  await cell(2).click({ modifiers: ['Shift'] });
  await put('by hand', 'Create test set');
  await expect(app.getByText(/^Test set “by hand” has 2 images/)).toBeVisible();
  expect(await size()).toEqual([2]);
  await cell(4).click();
  await cell(5).click({ modifiers: ['Shift'] });
  await put('by hand', 'Add to test set');
  await expect.poll(size).toEqual([4]);
  await app.getByRole('button', { name: 'Undo', exact: true }).last().click();
  await expect.poll(size).toEqual([2]);
});
