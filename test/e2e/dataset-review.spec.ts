import path from 'node:path';
import { barriers } from './support/axe.ts';
import { showsImage } from './support/canvas.ts';
import { Server } from './support/server.ts';
import { expect, test, watch } from './support/test.ts';

test('the Dataset page says what was checked, and opens the images of a finding', async ({
  page,
  folder,
  project,
  trouble,
}) => {
  const server = await Server.start(project, path.join(folder, 'user'));
  try {
    watch(page, trouble);
    const { items } = await server.call('images.list', { sort: 'path' });
    const third = items[2]!;
    const { boxes } = await server.call('annotations.get', { imageId: third.id });
    const { x, y, width, height, classId } = boxes[0]!;
    await server.call('annotations.edit', {
      imageId: third.id,
      expectedRevision: third.revision,
      editId: crypto.randomUUID(),
      operations: [{ type: 'add-box', box: { x, y, width, height, classId } }],
    });
    await page.goto(server.url);
    await page.getByRole('link', { name: 'Dataset' }).click();
    const finding = page.getByRole('listitem').filter({ hasText: 'overlapping boxes of one class' });
    await expect(finding).toContainText('Spoils the results');
    await expect(page.getByRole('region', { name: 'Worth a look' })).toContainText(
      'Checked: missing files, equal images, doubled boxes',
    );
    expect(await barriers(page, 'main')).toEqual([]);
    await finding.getByRole('button', { name: 'Show images' }).click();
    await showsImage(page, 1);
    await expect(page.getByText('Only 1 listed image')).toBeVisible();
    await expect(page.getByText(third.fileName).first()).toBeVisible();
    await page.getByRole('button', { name: 'Show all images again' }).click();
    await expect(page.getByText('Only 1 listed image')).toBeHidden();
    expect(trouble).toEqual([]);
  } finally {
    await server.stop();
  }
});
