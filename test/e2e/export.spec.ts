import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { barriers } from './support/axe.ts';
import { expect, test } from './support/test.ts';

test('labels of a split are counted, then written as YOLO with copies of their images; what is not ours stays', async ({
  app,
  server,
  folder,
}) => {
  const { bySplit } = await server.call('project.get', {});
  await app.keyboard.press('Control+k');
  await app.keyboard.type('export labels');
  await app.keyboard.press('Enter');
  const dialog = app.getByRole('dialog');
  const out = path.join(folder, 'for training');
  await dialog.getByLabel('Export to').fill(out);
  await dialog.getByLabel('Format').selectOption({ label: 'YOLO' });
  await dialog.getByLabel('Split').selectOption({ label: 'validation' });
  await dialog.getByText('Blur classes on the copies').click();
  await dialog.getByRole('checkbox', { name: /^3\b/ }).check();
  await expect(dialog.getByText('Blurs 1 class on the copies: 3')).toBeVisible();
  // Linked images would leave as they are.
  await dialog.getByLabel('Image files').selectOption({ label: 'Hard link (needs no space)' });
  await expect(dialog.getByRole('alert')).toContainText('Only copied images can be blurred');
  await expect(dialog.getByRole('button', { name: 'Export', exact: true })).toBeDisabled();
  await dialog.getByLabel('Image files').selectOption({ label: 'Copy' });
  const figure = (name: RegExp) =>
    dialog.getByRole('term').filter({ hasText: name }).locator('..').getByRole('definition');
  await dialog.getByRole('button', { name: 'Count first' }).click();
  await expect(figure(/^Images$/)).toHaveText(String(bySplit.val));
  await expect(dialog.getByText(/boxes? will be blurred, on \d+ of the copied images/)).toBeVisible();
  await expect(stat(out)).rejects.toThrow();
  expect(await barriers(app)).toEqual([]);

  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(dialog).toContainText('Exported');
  await expect(dialog.getByText(/^Blurred \d+ box/)).toBeVisible();
  const names = await readdir(out, { recursive: true });
  expect(names.filter((name) => name.endsWith('.txt'))).toHaveLength(bySplit.val);
  expect(names.filter((name) => name.endsWith('.jpg'))).toHaveLength(bySplit.val);
  expect(await readFile(path.join(out, 'data.yaml'), 'utf8')).toContain('val:');

  // A folder of somebody else is never written over.
  await dialog.getByLabel('Export to').fill(folder);
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(dialog.getByRole('alert')).toBeVisible();
  expect((await stat(path.join(folder, 'digits.twinhead'))).isDirectory()).toBe(true);
});

test('a format shows its own options; a saved filter, a split and a state say which images; the report names the convention', async ({
  app,
  server,
  folder,
}) => {
  const { items } = await server.call('images.list', { filter: { split: 'val' } });
  const [first] = items;
  await server.call('filters.save', {
    name: 'one image',
    filter: { imageIds: [first!.id] },
    sort: 'path',
    descending: false,
  });
  await app.keyboard.press('Control+k');
  await app.keyboard.type('export labels');
  await app.keyboard.press('Enter');
  const dialog = app.getByRole('dialog');
  const figure = (name: RegExp) =>
    dialog.getByRole('term').filter({ hasText: name }).locator('..').getByRole('definition');
  const out = path.join(folder, 'as VOC');
  await dialog.getByLabel('Export to').fill(out);
  await expect(dialog.getByLabel('Coordinates')).toHaveCount(0);
  await dialog.getByLabel('Format').selectOption({ label: 'Pascal VOC' });
  await dialog.getByLabel('Coordinates').selectOption({ label: 'Pixels, from 1' });
  await dialog.getByLabel('Filter').selectOption({ label: 'one image' });
  await dialog.getByLabel('State').selectOption({ label: 'labelled' });
  await dialog.getByRole('button', { name: 'Count first' }).click();
  await expect(figure(/^Images$/)).toHaveText('1');
  await expect(dialog.getByText(/^Coordinates: corners are pixels counted from 1/)).toBeVisible();
  await expect(dialog.getByText(/can’t store the classes of 1 image/)).toBeVisible();
  // What was counted is not what would be written now.
  await dialog.getByLabel('State').selectOption({ label: 'unseen' });
  await expect(figure(/^Images$/)).toHaveCount(0);
  await expect(dialog.getByRole('checkbox', { name: /nobody has reviewed/ })).toBeChecked();
  await dialog.getByRole('button', { name: 'Count first' }).click();
  await expect(figure(/^Images$/)).toHaveText('0');
  await dialog.getByLabel('State').selectOption({ label: 'labelled' });
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(dialog).toContainText('Exported');
  const files = await readdir(path.join(out, 'Annotations'), { recursive: true });
  const [file] = files.filter((name) => name.endsWith('.xml'));
  expect(await readFile(path.join(out, 'Annotations', file!), 'utf8')).toContain('counted from 1');

  // A number that can’t be is refused where it is typed.
  await dialog.getByLabel('Format').selectOption({ label: 'WebDataset' });
  await dialog.getByLabel('Images per shard').fill('0');
  await expect(dialog.getByRole('button', { name: 'Export', exact: true })).toBeDisabled();
  await dialog.getByLabel('Images per shard').fill('10');
  await expect(dialog.getByRole('button', { name: 'Export', exact: true })).toBeEnabled();
  expect(await barriers(app)).toEqual([]);
});
