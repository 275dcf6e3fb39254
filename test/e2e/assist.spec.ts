import { imageAt, showsImage } from './support/canvas.ts';
import { expect, test } from './support/test.ts';

test('the live assistant is switched on by a key, says what it does in every window, pauses, and is switched off', async ({
  app,
  server,
}) => {
  const other = await app.context().newPage();
  await other.goto(app.url());
  await showsImage(other, 1);
  const line = app.getByRole('region', { name: 'Live assistant' });
  await expect(line).toHaveCount(0);
  await app.locator('[data-canvas]').focus();
  await app.keyboard.press('Shift+A');
  await expect(line.getByRole('status')).toHaveText(/^Assistant: /);
  await expect(app.getByRole('button', { name: 'Live assistant: learn while you label' })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await expect(other.getByRole('region', { name: 'Live assistant' })).toBeVisible();
  // It has a line of its own, and hides no other job.
  await expect(app.locator('footer .job')).toHaveCount(0);

  await line.getByRole('button', { name: 'Pause the live assistant' }).click();
  await expect(line.getByRole('status')).toHaveText('Assistant: paused');
  await expect(other.getByRole('region', { name: 'Live assistant' }).getByRole('status')).toHaveText(
    'Assistant: paused',
  );
  await line.getByRole('button', { name: 'Resume the live assistant' }).click();
  await expect(line.getByRole('status')).not.toHaveText('Assistant: paused');

  // Labels are never its own to change.
  const id = await imageAt(server, 0);
  const before = await server.call('annotations.get', { imageId: id });
  await app.keyboard.press('Shift+A');
  await expect(line).toHaveCount(0);
  await expect(other.getByRole('region', { name: 'Live assistant' })).toHaveCount(0);
  expect((await server.call('annotations.get', { imageId: id })).boxes).toEqual(before.boxes);
});
