import path from 'node:path';
import { CanvasHand, clearBoxes, imageAt, saved, showsImage, storedBoxes } from './support/canvas.ts';
import { Server } from './support/server.ts';
import { expect, test, watch } from './support/test.ts';

/** Whether the server has room for the note. */
async function takesNote(server: Server, imageId: number, note: string): Promise<boolean> {
  const { image } = await server.call('annotations.get', { imageId });
  const edit = server.call('annotations.edit', {
    imageId,
    expectedRevision: image.revision,
    editId: crypto.randomUUID(),
    operations: [{ type: 'set-note', note }],
  });
  return edit.then(
    () => true,
    (error: unknown) => {
      expect(String(error)).toContain('disk-full');
      return false;
    },
  );
}

/**
 * From now on nothing more can be stored: the room that is left in the last pages of tables and indices is filled by
 * ever smaller edits of the images from the third on, until of none even the smallest fits.
 */
async function fillUp(server: Server): Promise<void> {
  const { items } = await server.call('images.list', { offset: 2 });
  await server.disk('full');
  for (const { id } of items) {
    for (let length = 1024, edits = 0; length >= 1; edits += 1)
      if (!(await takesNote(server, id, String(edits % 10).repeat(length)))) length = Math.floor(length / 4);
  }
}

for (const [language, locale, words] of [
  [
    'English',
    'en-US',
    {
      failed: (n: number) => `${n} edit${n === 1 ? '' : 's'} not saved`,
      full: 'The disk is full. Free some space',
      retry: 'Try again',
      saved: 'Saved',
    },
  ],
  [
    'Chinese',
    'zh-CN',
    { failed: (n: number) => `${n} 处编辑未保存`, full: '磁盘已满', retry: '重试', saved: '已保存' },
  ],
] as const) {
  test.describe(`in ${language}`, () => {
    test.use({ locale });

    test('a disk that fills up in the middle of a drag: it is said, nothing is lost, and the work goes on', async ({
      page,
      folder,
      project,
      trouble,
    }) => {
      const server = await Server.startOnSmallDisk(project, path.join(folder, 'user'));
      try {
        const [id, next] = [await imageAt(server, 0), await imageAt(server, 1)];
        await clearBoxes(server, id);
        await clearBoxes(server, next);
        watch(page, trouble);
        await page.goto(server.url);
        await showsImage(page, 1);
        const hand = await CanvasHand.on(page);
        const status = page.getByRole('contentinfo').getByRole('status');
        await page.keyboard.press('1');
        await hand.drag([10, 10], [40, 40]);
        await expect(status).toHaveText(words.saved);
        const before = await storedBoxes(server, id);

        // The box is moved, and let go where there is no room for it.
        await hand.press([25, 25], [75, 65]);
        await fillUp(server);
        await page.mouse.up();
        await expect(status).toHaveText(words.failed(1));
        await expect(page.getByRole('contentinfo')).toContainText(words.full);
        expect(await storedBoxes(server, id)).toEqual(before);

        // Another one is drawn, and one in another image: all are kept, seen, and waiting.
        await hand.click([120, 10]);
        await hand.drag([10, 80], [30, 120]);
        await expect(status).toHaveText(words.failed(2));
        await expect(page.getByRole('button', { name: /20 × 40/ })).toBeVisible();
        await page.keyboard.press('d');
        await showsImage(page, 2);
        await (await CanvasHand.on(page)).drag([50, 50], [70, 90]);
        await expect(status).toHaveText(words.failed(3));
        await page.keyboard.press('a');
        await showsImage(page, 1);
        await expect(page.getByRole('button', { name: /30 × 30/ })).toBeVisible();
        await expect(page.getByRole('button', { name: /20 × 40/ })).toBeVisible();
        expect(await storedBoxes(server, id)).toEqual(before);
        expect(await storedBoxes(server, next)).toEqual([]);

        await server.disk('free');
        await page.getByRole('button', { name: words.retry }).click();
        await expect(status).toHaveText(words.saved);
        const after = [
          { x: 60, y: 50, width: 30, height: 30 },
          { x: 10, y: 80, width: 20, height: 40 },
        ];
        expect(await storedBoxes(server, id)).toMatchObject(after);
        expect(await storedBoxes(server, next)).toMatchObject([{ x: 50, y: 50, width: 20, height: 40 }]);
        // Each is a step of undo of its own, and the project is whole.
        await hand.click([120, 10]);
        await page.keyboard.press('Control+z');
        await expect(status).toHaveText(words.saved);
        expect(await storedBoxes(server, id)).toMatchObject(after.slice(0, 1));
        expect(await server.call('project.check', {})).toEqual({ ok: true, problems: [] });
        expect(trouble.filter((line) => !/\b507\b/.test(line))).toEqual([]);
      } finally {
        await server.stop();
      }
    });
  });
}

test('a disk that is full keeps a project from being closed with unsaved edits, and saves them by itself once there is room', async ({
  page,
  folder,
  project,
  trouble,
}) => {
  const server = await Server.startOnSmallDisk(project, path.join(folder, 'user'));
  try {
    const id = await imageAt(server, 0);
    await clearBoxes(server, id);
    watch(page, trouble);
    await page.goto(server.url);
    await showsImage(page, 1);
    const hand = await CanvasHand.on(page);
    await page.keyboard.press('1');
    await fillUp(server);
    await hand.drag([10, 10], [40, 40]);
    const status = page.getByRole('contentinfo').getByRole('status');
    await expect(status).toHaveText('1 edit not saved');

    await page.keyboard.press('Control+k');
    await page.keyboard.type('close the project');
    await page.keyboard.press('Enter');
    await expect(page.getByText('1 edit is not saved yet')).toBeVisible();
    await expect(page.getByRole('button', { name: /30 × 30/ })).toBeVisible();

    // A class can't be made either: that is said where it was asked for, and what was typed stays.
    await page.locator('[data-canvas]').focus();
    // With a box selected, K would ask for its class.
    await page.keyboard.press('Escape');
    await page.keyboard.press('k');
    const dialog = page.getByRole('dialog', { name: 'New object class' });
    const name = 'class'.repeat(40);
    await dialog.getByLabel('Name').fill(name);
    await page.keyboard.press('Enter');
    await expect(dialog.getByRole('alert')).toContainText('The disk is full');
    await expect(dialog.getByLabel('Name')).toHaveValue(name);

    await server.disk('free');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await expect(dialog).toBeHidden();
    await expect(status).toHaveText('Saved', { timeout: 20_000 });
    expect(await storedBoxes(server, id)).toMatchObject([{ x: 10, y: 10, width: 30, height: 30 }]);
    expect((await server.call('classes.list', {})).classes.map((one) => one.name)).toContain(name);
    await saved(page);
    expect(await server.call('project.check', {})).toEqual({ ok: true, problems: [] });
    expect(trouble.filter((line) => !/\b507\b/.test(line))).toEqual([]);
  } finally {
    await server.stop();
  }
});
