import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { barriers } from './support/axe.ts';
import { tooWide, WINDOWS } from './support/layout.ts';
import { expect, test } from './support/test.ts';
import type { Server } from './support/server.ts';

async function done(server: Server, jobId: string): Promise<void> {
  await expect
    .poll(async () => (await server.call('jobs.get', { jobId })).state, { timeout: 60_000 })
    .toBe('done');
}

/** A model of few epochs: it finds little, and surely not what the labels say. */
async function train(server: Server, name: string): Promise<string> {
  const settings = ['epochs=1', 'inputSize=64', 'batch=8', 'neckChannels=16'];
  const { runId, jobId } = await server.call('runs.start', { name, settings });
  await done(server, jobId);
  return runId;
}

const found = async (page: Page): Promise<number> =>
  Number(/\d+/.exec(await page.getByRole('heading', { name: /found$/ }).innerText())?.[0]);

test('a model is tried on any image and shows only what it predicts; Evaluate comes back to where it was left', async ({
  app,
  server,
  trouble,
}) => {
  test.setTimeout(240_000);
  const runId = await train(server, 'small');
  const before = await server.call('project.get', {});
  await app.getByRole('link', { name: 'Models' }).click();
  const trial = app.getByRole('region', { name: 'Try small on an image' });
  await trial.getByRole('button', { name: 'An image of this project' }).click();
  await expect(trial.getByRole('heading', { name: /found$/ })).toBeVisible({ timeout: 30_000 });

  // With every box hidden that the model is not sure of, only the sure ones are drawn: the labels are not. How many are
  // sure after so short a training is anybody's guess.
  const slider = trial.getByRole('slider', { name: 'Minimum score' });
  await slider.fill('0.95');
  await expect(trial.getByText('95%', { exact: true }).first()).toBeVisible();
  const sure = await found(app);
  await expect(trial.locator('.box')).toHaveCount(sure);
  await expect(trial.locator('.box.label')).toHaveCount(0);
  const labels = trial.getByRole('switch', { name: 'Show your labels' });
  await expect(labels).not.toBeChecked();
  await labels.check();
  await expect(trial.locator('.box.label').first()).toBeVisible();
  await expect(trial.locator('[data-predicted]')).toHaveCount(sure);
  await labels.uncheck();
  await expect(trial.locator('.box.label')).toHaveCount(0);
  await slider.fill('0.05');
  expect(await trial.locator('[data-predicted]').count()).toBe(await found(app));

  const { items } = await server.call('images.list', { limit: 1 });
  const { file } = await server.call('images.check', { imageId: items[0]?.id ?? 0 });
  const bytes = [...(await readFile(file))];
  // Dropped, as from a file manager.
  const transfer = await app.evaluateHandle(`(() => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(${JSON.stringify(bytes)})], 'outside.jpg'));
    return data;
  })()`);
  await trial.dispatchEvent('drop', { dataTransfer: transfer });
  await expect(trial.getByRole('heading', { name: 'outside.jpg' })).toBeVisible({ timeout: 30_000 });
  await expect(trial.getByRole('switch')).toHaveCount(0);
  await expect(trial.getByRole('img', { name: /^outside\.jpg, \d+ predicted/ })).toHaveJSProperty(
    'complete',
    true,
  );
  expect(await barriers(app)).toEqual([]);

  // No picture: said where it was asked for, and what was there stays.
  const chooser = app.waitForEvent('filechooser');
  await trial.getByRole('button', { name: 'Choose an image…' }).click();
  const notes = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no picture') };
  await (await chooser).setFiles(notes);
  await expect(trial.getByRole('alert')).toContainText('notes.txt');
  await expect(trial.getByRole('heading', { name: 'outside.jpg' })).toBeVisible();
  expect(trouble.splice(0)).toContainEqual(expect.stringMatching(/^422: .*predict\.picture$/));
  const after = await server.call('project.get', {});
  expect({ images: after.images, revision: after.revision }).toEqual({
    images: before.images,
    revision: before.revision,
  });

  // Evaluate: what few images say is doubted, and the page comes back to where it was left.
  await done(server, (await server.call('evaluation.start', { runId, split: 'train' })).jobId);
  await app.getByRole('link', { name: 'Evaluate' }).click();
  const split = app.getByRole('combobox', { name: 'Split' });
  const shown = async (): Promise<void> => {
    await expect(split).toHaveValue('train');
    await expect(app.getByText('2 / 4')).toBeVisible();
    await expect.poll(() => app.evaluate(`document.querySelector('.page').scrollTop`)).toBe(300);
  };
  await expect(split).toHaveValue('train');
  await expect(
    app.getByText(/^All 48 images were in the training set when this run was trained/),
  ).toBeVisible();
  await expect(app.getByRole('columnheader', { name: 'Detections (score ≥ 5%)' })).toBeVisible();

  // With results, the pages fit into every window, and a screen reader finds its way.
  const usual = app.viewportSize();
  for (const tab of ['Models', 'Train', 'Evaluate']) {
    await app.getByRole('link', { name: tab, exact: true }).click();
    await expect(app.getByRole('heading', { level: 1, name: tab })).toBeAttached();
    for (const [width, height] of WINDOWS) {
      await app.setViewportSize({ width, height });
      // Charts take their new width with the next frame.
      await expect.poll(() => tooWide(app), `${tab} at ${width}`).toEqual([]);
    }
    expect(await barriers(app), tab).toEqual([]);
  }
  if (usual) await app.setViewportSize(usual);

  await app.getByRole('button', { name: 'Next page' }).click();
  await expect(app.getByText('2 / 4')).toBeVisible();
  await app.evaluate(`document.querySelector('.page').scrollTo(0, 300)`);
  await expect(app).toHaveURL(/top=300/);
  await app.getByRole('link', { name: 'Label' }).click();
  await expect(app.getByRole('toolbar', { name: 'Tools' })).toBeVisible();
  await app.getByRole('link', { name: 'Evaluate' }).click();
  await shown();
  await app.reload();
  await shown();
  await split.selectOption('validation');
  await expect(app.getByText('Not evaluated on this split yet')).toBeVisible();
  await app.goBack();
  await expect(split).toHaveValue('train');
  await expect(app.getByText('2 / 4')).toBeVisible();
});

test('a model shows which parts of a picture speak for its answer, by mouse and by keyboard', async ({
  app,
  server,
}) => {
  test.setTimeout(240_000);
  await train(server, 'small');
  await app.getByRole('link', { name: 'Models' }).click();
  const trial = app.getByRole('region', { name: 'Try small on an image' });
  await trial.getByRole('button', { name: 'An image of this project' }).click();
  await expect(trial.getByRole('heading', { name: /found$/ })).toBeVisible({ timeout: 90_000 });
  const answer = trial.locator('button[aria-pressed]').first();
  await answer.focus();
  await app.keyboard.press('Enter');
  await expect(trial.getByText(/speaks for/).last()).toBeVisible({ timeout: 60_000 });
  await expect(answer).toHaveAttribute('aria-pressed', 'true');
  const map = trial.locator('canvas');
  await expect(map).toHaveCSS('opacity', '0.6');
  await trial.getByRole('slider', { name: 'Opacity' }).press('Home');
  await expect(map).toHaveCSS('opacity', '0');
  // Asked again about the same, it is the picture alone.
  await answer.click();
  await expect(map).toHaveCount(0);
  // The box itself, too.
  await trial.getByRole('slider', { name: 'Minimum score' }).fill('0.05');
  if ((await found(app)) === 0) return;
  await trial.locator('[data-predicted]').last().click({ force: true });
  await expect(map).toHaveCount(1, { timeout: 60_000 });
});
