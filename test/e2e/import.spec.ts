import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { barriers } from './support/axe.ts';
import { encodeText } from '../support/encode-text.ts';
import { imageAt } from './support/canvas.ts';
import { expect, test } from './support/test.ts';

/** The dialog of imports, with the paths of a table and of its pictures. */
async function openImport(app: Page, table: string, pictures: string): Promise<Locator> {
  await app.keyboard.press('Control+k');
  await app.keyboard.type('import a dataset');
  await app.keyboard.press('Enter');
  const dialog = app.getByRole('dialog');
  await dialog
    .getByLabel(/dataset/i)
    .first()
    .fill(table);
  await dialog.getByLabel(/Folder of the images/).fill(pictures);
  return dialog;
}

test('a table with columns of any names is imported by a mapping that is proposed, checked and remembered', async ({
  app,
  server,
  folder,
  project,
}) => {
  const pictures = path.join(project, 'sample');
  const { image } = await server.call('annotations.get', { imageId: await imageAt(server, 0) });
  const table = path.join(folder, 'boxes.csv');
  const picture = image.path;
  await writeFile(
    table,
    `foto,kind,links,oben,rechts,unten\n${picture},odd class,3,4,23,34\n${picture},odd class,30,40,50,60\n`,
  );

  const open = async (): Promise<Locator> => {
    const dialog = await openImport(app, table, pictures);
    await dialog.getByRole('button', { name: 'Check first' }).click();
    return dialog;
  };
  const dialog = await open();
  const columns = dialog.getByRole('region', { name: 'What the columns mean' });
  await expect(columns).toContainText('guessed from the values');
  const of = (name: string) => columns.getByRole('combobox', { name: `Meaning of the column ${name}` });
  await expect(of('foto').locator('option:checked')).toHaveText(/Image/);
  await expect(of('unten').locator('option:checked')).toHaveText(/Bottom/);
  expect(await barriers(app)).toEqual([]);

  // A role that is taken away is asked for again.
  await of('kind').selectOption('–');
  await expect(columns.getByRole('status')).toContainText('Class of the box');
  await of('kind').selectOption('Class of the box');
  await dialog.getByRole('button', { name: 'Check first' }).click();
  await expect(dialog).toContainText('Checked; nothing was changed yet.');
  await expect(dialog).toContainText('Not sure');
  // As it would come in: its picture with both boxes, each a line and what makes it seen on any picture.
  const sample = dialog.getByRole('figure', { name: /Preview of some images/ });
  await expect(sample.getByRole('img', { name: `${picture}, 2 boxes` })).toBeVisible();
  await expect(sample.locator('rect')).toHaveCount(4);
  await dialog.locator('summary').filter({ hasText: 'Classes: 1' }).click();
  const becomes = dialog.getByRole('combobox', { name: 'What odd class becomes' });
  await becomes.selectOption('Leave out');
  await expect(dialog.getByRole('button', { name: 'Import', exact: true })).toBeDisabled();
  await becomes.selectOption('A new class');
  expect(await barriers(app)).toEqual([]);
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(dialog).toContainText('Imported.');
  const { classes } = await server.call('classes.list', {});
  expect(classes.map(({ name }) => name)).toContain('odd class');
  await dialog.getByRole('button', { name: 'Close' }).last().click();

  await expect((await open()).getByRole('region', { name: 'What the columns mean' })).toContainText('before');
});

test('names that could be read in several encodings are shown in each, and come in as chosen', async ({
  app,
  server,
  folder,
  project,
}) => {
  const { image } = await server.call('annotations.get', { imageId: await imageAt(server, 0) });
  const table = path.join(folder, 'gbk.csv');
  const rows = `filename,class,xmin,ymin,xmax,ymax\n${image.path},汽车,3,4,23,34\n`;
  await writeFile(table, encodeText(rows, 'GBK')!);

  const dialog = await openImport(app, table, path.join(project, 'sample'));
  await expect(dialog.getByLabel('Text encoding')).toHaveCount(0);
  await dialog.getByRole('button', { name: 'Check first' }).click();
  await expect(dialog.getByRole('alert')).toContainText('GBK: “汽车”');
  await dialog.getByLabel('Text encoding').selectOption('GBK');
  expect(await barriers(app)).toEqual([]);
  await dialog.getByRole('button', { name: 'Check first' }).click();
  await expect(dialog).toContainText('Checked; nothing was changed yet.');
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(dialog).toContainText('Imported.');
  const { classes } = await server.call('classes.list', {});
  expect(classes.map(({ name }) => name)).toContain('汽车');
});

/** A COCO file of one box on the picture. */
async function writeCoco(file: string, picture: string, className: string): Promise<void> {
  const top = {
    images: [{ id: 1, file_name: picture, width: 128, height: 128 }],
    categories: [{ id: 1, name: className }],
    annotations: [{ id: 1, image_id: 1, category_id: 1, bbox: [3, 4, 20, 30] }],
  };
  await writeFile(file, JSON.stringify(top));
}

test('several files are chosen in the browser of folders, or dropped, and come in by one import', async ({
  app,
  server,
  folder,
  project,
}) => {
  const [first, second] = await Promise.all(
    [0, 1].map(async (at) => server.call('annotations.get', { imageId: await imageAt(server, at) })),
  );
  const files = ['instances_train.json', 'instances_val.json'].map((name) => path.join(folder, name));
  await writeCoco(files[0]!, first!.image.path, 'train class');
  await writeCoco(files[1]!, second!.image.path, 'val class');
  const pictures = path.join(project, 'sample');

  const dialog = await openImport(app, folder, pictures);
  const field = dialog.getByRole('textbox', { name: 'Dataset', exact: true });
  await dialog.getByRole('button', { name: 'Browse…' }).first().click();
  const list = dialog.getByRole('list', { name: 'Folders and files' });
  for (const file of files) await list.getByRole('button', { name: path.basename(file) }).click();
  await expect(field).toHaveValue(files.join('\n'));
  const chosen = list.getByRole('button', { name: 'instances_val.json' });
  await expect(chosen).toHaveAttribute('aria-pressed', 'true');
  await chosen.click();
  await expect(field).toHaveValue(files[0]!);
  expect(await barriers(app)).toEqual([]);

  // A browser keeps to itself where files are; the desktop app knows.
  const dropBoth = () =>
    app.evaluate(`(() => {
      const dataTransfer = new DataTransfer();
      for (const name of ['instances_train.json', 'instances_val.json'])
        dataTransfer.items.add(new File(['{}'], name));
      const drop = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
      document.querySelector('form textarea').dispatchEvent(drop);
    })()`);
  await dropBoth();
  await expect(app.getByText(/doesn’t say where dropped files are/)).toBeVisible();
  await expect(field).toHaveValue(files[0]!);
  const at = JSON.stringify(`${folder}/`);
  await app.evaluate(`window.twinhead = { pathOf: ({ name }) => ${at} + name }`);
  await dropBoth();
  await expect(field).toHaveValue(files.join('\n'));

  // By Enter, as from the other fields.
  await field.press('Enter');
  await expect(dialog).toContainText('Checked; nothing was changed yet.');
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(dialog).toContainText('Imported.');
  const { classes } = await server.call('classes.list', {});
  expect(classes.map(({ name }) => name)).toEqual(expect.arrayContaining(['train class', 'val class']));
  await server.call('project.undo', {});
  const undone = await server.call('classes.list', {});
  expect(undone.classes.map(({ name }) => name)).not.toContain('val class');
});
