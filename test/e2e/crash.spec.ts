import { CanvasHand, clearBoxes, imageAt, saved, showsImage, storedBoxes } from './support/canvas.ts';
import { Server } from './support/server.ts';
import { expect, test, watch } from './support/test.ts';

test('a server that is killed while labelling loses nothing, and the page goes on with the next one', async ({
  page,
  context,
  folder,
  project,
  trouble,
}) => {
  const userFolder = `${folder}/user`;
  let server = await Server.start(project, userFolder);
  try {
    const id = await imageAt(server, 0);
    await clearBoxes(server, id);
    watch(page, trouble);
    await page.goto(server.url);
    await showsImage(page, 1);
    const hand = await CanvasHand.on(page);

    await page.keyboard.press('1');
    await hand.drag([10, 10], [40, 40]);
    await page.keyboard.press('2');
    await hand.click([120, 10]);
    await hand.drag([60, 60], [100, 90]);
    await saved(page);
    await server.kill();

    // Drawn while nobody listens: shown as unsaved, kept, and sent once the services are back.
    await hand.click([120, 10]);
    await hand.drag([10, 80], [30, 120]);
    const status = page.getByRole('contentinfo').getByRole('status');
    await expect(status).toHaveText('Reconnecting…');

    server = await Server.start(project, userFolder, server.port);
    expect(await storedBoxes(server, id)).toMatchObject([
      { x: 10, y: 10, width: 30, height: 30 },
      { x: 60, y: 60, width: 40, height: 30 },
    ]);

    // A new start has a new token: opening its address in any window signs this browser in again.
    await server.signIn(context);
    await page.bringToFront();
    await expect(status).toHaveText('Saved', { timeout: 20_000 });
    expect(await storedBoxes(server, id)).toMatchObject([
      { x: 10, y: 10, width: 30, height: 30 },
      { x: 60, y: 60, width: 40, height: 30 },
      { x: 10, y: 80, width: 20, height: 40 },
    ]);
    const check = await server.call('project.check', {});
    expect(check).toEqual({ ok: true, problems: [] });
    const lostConnection = /ERR_(CONNECTION|INCOMPLETE|EMPTY)|\b401\b/;
    expect(trouble.filter((line) => !lostConnection.test(line))).toEqual([]);
  } finally {
    await server.stop();
  }
});

test('a server that is killed in the middle of a drag takes the box where it was let go, once it is back', async ({
  page,
  context,
  folder,
  project,
  trouble,
}) => {
  const userFolder = `${folder}/user`;
  let server = await Server.start(project, userFolder);
  try {
    const id = await imageAt(server, 0);
    await clearBoxes(server, id);
    watch(page, trouble);
    await page.goto(server.url);
    await showsImage(page, 1);
    const hand = await CanvasHand.on(page);
    await page.keyboard.press('1');
    await hand.drag([10, 10], [40, 40]);
    await saved(page);

    await hand.press([25, 25], [75, 65]);
    await server.kill();
    const status = page.getByRole('contentinfo').getByRole('status');
    await expect(status).toHaveText('Reconnecting…');
    await page.mouse.up();
    // Locked meanwhile, which is this window's own affair and needs no server.
    await page.keyboard.press('l');
    await expect(page.getByRole('button', { name: 'Unlock this box' })).toBeVisible();

    server = await Server.start(project, userFolder, server.port);
    expect(await storedBoxes(server, id)).toMatchObject([{ x: 10, y: 10, width: 30, height: 30 }]);
    await server.signIn(context);
    await page.bringToFront();
    await expect(status).toHaveText('Saved', { timeout: 20_000 });
    expect(await storedBoxes(server, id)).toMatchObject([{ x: 60, y: 50, width: 30, height: 30 }]);
    await expect(page.getByRole('button', { name: 'Unlock this box' })).toBeVisible();
    await page.keyboard.press('Control+z');
    await saved(page);
    expect(await storedBoxes(server, id)).toMatchObject([{ x: 10, y: 10, width: 30, height: 30 }]);
  } finally {
    await server.stop();
  }
});
