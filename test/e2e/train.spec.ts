import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Locator, Page } from '@playwright/test';
import type { TrainingEvent } from '../../electron/common/entities.ts';
import { barriers } from './support/axe.ts';
import { showsImage } from './support/canvas.ts';
import { expect, test } from './support/test.ts';

/** The pixels of a chart, as text: another text means that its picture has changed. */
async function picture(chart: Locator): Promise<string> {
  return (await chart.screenshot()).toString('base64');
}

async function figure(page: Page, name: string): Promise<string> {
  // Beside the value, how far it may be off.
  const value = page
    .getByRole('term')
    .filter({ hasText: name })
    .locator('..')
    .getByRole('definition')
    .first();
  return (await value.innerText()).trim();
}

async function epoch(page: Page): Promise<number> {
  return Number((await figure(page, 'Epoch')).split('/')[0]);
}

/** In both themes: the colours of curves, matrices and certificates are there only once there are results. */
async function barrierFree(page: Page): Promise<void> {
  for (const theme of ['Light', 'Dark']) {
    await page.getByRole('button', { name: `${theme} theme` }).click();
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme.toLowerCase());
    expect(await barriers(page)).toEqual([]);
  }
}

test('a run is trained, watched, stopped, resumed, evaluated and exported from the page', async ({
  app,
  server,
  project,
  folder,
}) => {
  test.setTimeout(300_000);
  await app.getByRole('link', { name: 'Train' }).click();
  await expect(
    app.getByText(
      /^Learns image classes and boxes from 48 images in \d+ epochs, and is checked on 12 others\./,
    ),
  ).toBeVisible();
  await expect(app.getByText(/^Network /)).toHaveCount(0);
  await app.getByRole('button', { name: 'Why these settings' }).click();
  await expect(app.getByText(/^Network .* epochs\.$/)).toBeVisible();
  await app.getByRole('button', { name: 'Training settings' }).click();
  await app.getByRole('searchbox', { name: 'Search settings' }).fill('rate pretrained');
  await expect(app.getByText('1 setting found.')).toBeVisible();
  await expect(app.getByLabel('Learning rate of pretrained weights', { exact: true })).toBeVisible();
  // Names come before explanations.
  await app.getByRole('searchbox', { name: 'Search settings' }).fill('epochs');
  const found = app.locator('.dial label, h3');
  const texts = await found.allTextContents();
  expect(texts.findIndex((text) => text.startsWith('Epochs'))).toBeLessThan(
    texts.indexOf('Mentioned in the explanations'),
  );
  await app.getByRole('searchbox', { name: 'Search settings' }).fill('');
  await app.getByLabel('Epochs', { exact: true }).fill('0');
  await expect(app.getByText(/^From 1 to/)).toBeVisible();
  await expect(app.getByRole('button', { name: 'Train', exact: true })).toBeDisabled();
  await expect(app.getByText('Correct these settings to train: Epochs')).toBeVisible();
  // Key by key, what is no number yet stays as it was typed.
  const rate = app.getByLabel('Learning rate', { exact: true });
  const proposed = await rate.inputValue();
  await rate.fill('');
  await rate.pressSequentially('1e-4');
  await expect(rate).toHaveValue('1e-4');
  await rate.blur();
  await expect(rate).toHaveValue('0.0001');
  await rate.fill(proposed);
  await app.getByLabel('Epochs', { exact: true }).fill('');
  await app.getByLabel('Epochs', { exact: true }).pressSequentially('-3');
  await expect(app.getByLabel('Epochs', { exact: true })).toHaveValue('-3');
  await expect(app.getByText('Correct these settings to train: Epochs')).toBeVisible();
  await app.reload();
  await app.getByRole('button', { name: 'Training settings' }).click();
  await expect(app.getByLabel('Epochs', { exact: true })).toHaveValue('-3');
  await expect(app.getByRole('button', { name: 'Train', exact: true })).toBeDisabled();
  await app.getByLabel('Epochs', { exact: true }).fill('300');
  await app.getByLabel('Name of the run').fill('watched');
  await app.getByRole('button', { name: 'Train', exact: true }).click();

  const panel = app.getByRole('region', { name: 'watched' });
  await expect(panel.getByText('training', { exact: true })).toBeVisible({ timeout: 40_000 });
  const stop = panel.getByRole('button', { name: 'Stop' });
  await expect.poll(() => epoch(app), { timeout: 40_000 }).toBeGreaterThanOrEqual(2);
  const chart = app.getByRole('img', { name: /^Curves of the training loss/ });
  const before = await picture(chart);
  await expect.poll(() => epoch(app), { timeout: 40_000 }).toBeGreaterThanOrEqual(4);
  expect(await picture(chart)).not.toBe(before);
  const samples = panel.getByRole('figure').filter({ hasText: 'What it finds on validation images' });
  await expect(samples.getByRole('button')).toHaveCount(6);
  await expect(samples.getByText(/^after epoch [2-9]/)).toBeVisible();
  await expect(samples.getByText('boxes with a score of 5% or more', { exact: true })).toBeVisible();
  expect(Number(await figure(app, 'Images per second'))).toBeGreaterThan(0);
  expect(await figure(app, 'Time left')).not.toBe('–');
  await expect(app.getByRole('contentinfo').getByRole('progressbar')).toBeVisible();

  await stop.click();
  await expect(panel.getByText('stopped', { exact: true })).toBeVisible({ timeout: 20_000 });
  const stoppedAt = await epoch(app);
  await panel.getByRole('button', { name: 'Resume' }).click();
  // As at its start: what it does until its first step, and nothing of before.
  await expect(panel.getByText('preparing', { exact: true })).toBeVisible();
  await expect(panel.getByText(/^(loading|compiling) /)).toBeVisible();
  await expect(stop).toBeEnabled();
  expect(await figure(app, 'Time left')).toBe('–');
  await expect(app.getByRole('button', { name: 'Train', exact: true })).toBeDisabled();
  await expect(panel.getByText('training', { exact: true })).toBeVisible({ timeout: 40_000 });
  await expect.poll(() => epoch(app), { timeout: 40_000 }).toBeGreaterThan(stoppedAt + 1);
  await stop.click();
  await expect(panel.getByText('stopped', { exact: true })).toBeVisible({ timeout: 20_000 });
  const { runs } = await server.call('runs.list', {});
  expect(runs).toMatchObject([{ name: 'watched', state: 'stopped', epochs: 300 }]);
  // As it was left, after a reload too.
  await app.reload();
  await expect(samples.getByRole('button')).toHaveCount(6);
  await samples.getByRole('slider').fill('0');
  await expect(samples.getByText('after epoch 1', { exact: true })).toBeVisible();
  // Without a pointer over it, a chart's legend tells the newest values.
  const events = await readFile(path.join(project, 'runs', runs[0]!.id, 'events.jsonl'), 'utf8');
  const epochs = events
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as TrainingEvent)
    .filter((event) => event.type === 'epoch');
  // As everywhere, scores are percentages.
  const share = (value: number): string => `${(100 * value).toFixed(1)}%`;
  const accuracy = share(epochs.at(-1)!.metrics['imageClass.accuracy']!);
  const legend = panel
    .getByRole('figure')
    .filter({ hasText: /^\s*Validation/ })
    .getByRole('listitem');
  await expect(legend.filter({ hasText: 'Accuracy' })).toHaveText(new RegExp(`Accuracy\\s+${accuracy}`));
  await app.getByRole('checkbox', { name: 'Compare watched' }).check();
  await expect(app.getByRole('img', { name: 'Comparison' })).toBeVisible();
  await barrierFree(app);

  // A next step: every image of the sample is labelled, so there is none to suggest labels for.
  await panel.getByRole('button', { name: 'Suggest labels' }).click();
  await expect(panel.getByRole('alert')).toContainText('Every image has been reviewed', { timeout: 30_000 });
  await app.getByRole('link', { name: 'Evaluate' }).click();
  await app.getByRole('button', { name: 'Evaluate', exact: true }).click();
  await expect(app.getByRole('heading', { name: /^What/ })).toBeVisible({ timeout: 30_000 });
  await expect(app.getByRole('heading', { name: /^Where/ })).toBeVisible();
  const { evaluation } = await server.call('evaluation.get', { runId: runs[0]?.id ?? '', split: 'val' });
  expect(evaluation?.images).toBe(12);
  expect(await figure(app, 'Overall score')).toBe(share(evaluation?.overall ?? NaN));
  const gallery = app.getByRole('region', { name: 'Predictions' });
  await expect(gallery.getByText('predicting…')).toHaveCount(0, { timeout: 30_000 });
  await barrierFree(app);

  // The image that was pointed at, not the one that was open last.
  for (const index of [1, 3]) {
    const tile = gallery.getByRole('button', { name: /Open in Label$/ }).nth(index);
    const name = (await tile.textContent())?.trim().split(/\s/)[0] ?? '';
    await tile.click();
    await expect(app.getByRole('toolbar', { name: 'Tools' })).toContainText(name);
    await expect(app.getByRole('contentinfo')).toContainText('of 72');
    await app.getByRole('link', { name: 'Evaluate' }).click();
  }

  // The run suggests labels for chosen images, and the word on it leads to them.
  await app.getByRole('link', { name: 'Label' }).click();
  await app.locator('[data-canvas]').focus();
  await app.keyboard.press('g');
  await app.keyboard.type('1');
  await app.keyboard.press('Enter');
  await showsImage(app, 1);
  const cell = app.getByRole('complementary', { name: 'Images' }).locator('button.cell');
  await cell.nth(11).click({ modifiers: ['Shift'] });
  await expect(app.getByText('12 selected')).toBeVisible();
  const tools = app.getByRole('toolbar', { name: 'Selected images' });
  await tools.getByRole('combobox').selectOption({ label: 'Suggest labels (watched)' });
  const said = app.getByText(/^Added \d+ suggestions? on \d+ images?\.$/);
  await expect(said).toBeVisible({ timeout: 30_000 });
  const waiting = await server.call('images.list', { filter: { suggestions: true } });
  expect(waiting.total).toBeGreaterThan(0);
  expect(waiting.total).toBeLessThanOrEqual(12);
  // It is taken back like whatever else is done to several images.
  const offers = said.locator('..');
  await expect(offers.getByRole('button')).toHaveText(['Show images', 'Undo', '']);
  await tools.getByRole('combobox').selectOption({ label: 'Suggest labels (watched)' });
  await expect(app.getByText(/^No suggestions added: /)).toBeVisible({ timeout: 30_000 });
  const suggested = async () => (await server.call('images.list', { filter: { suggestions: true } })).total;
  await app.locator('[data-canvas]').focus();
  await app.keyboard.press('Control+z');
  await expect(app.getByText(/^Undone: /)).toBeVisible();
  expect(await suggested()).toBe(0);
  await tools.getByRole('combobox').selectOption({ label: 'Suggest labels (watched)' });
  await offers.getByRole('button', { name: 'Undo' }).click({ timeout: 30_000 });
  await expect.poll(suggested).toBe(0);
  await tools.getByRole('combobox').selectOption({ label: 'Suggest labels (watched)' });
  await expect(said).toBeVisible({ timeout: 30_000 });
  await offers.getByRole('button', { name: 'Show images' }).click();
  await expect(app.getByRole('contentinfo')).toContainText(`1 of ${waiting.total}`);
  await expect(app.getByRole('combobox', { name: 'Mark' })).toHaveValue('suggestions');

  await app.getByRole('link', { name: 'Models' }).click();
  await app.getByRole('button', { name: 'Export…' }).click();
  const out = path.join(folder, 'exported');
  await app.getByLabel('Export to').fill(out);
  await app.getByLabel('Suppress overlapping boxes in the model').check();
  // What has no effect isn't asked, and a wrong value of it doesn't stay behind.
  const drop = app.getByLabel('Largest drop of a score (%)');
  const precision = app.getByLabel('Precision', { exact: true });
  await expect(drop).toHaveCount(0);
  await precision.selectOption({ label: 'float16, half the size' });
  await expect(drop).toHaveValue('1');
  await drop.fill('200');
  await expect(app.getByText('From 0 to 100.', { exact: true })).toBeVisible();
  await expect(app.getByRole('button', { name: 'Export and verify' })).toBeDisabled();
  await precision.selectOption({ label: 'float32, the same outputs' });
  await expect(drop).toHaveCount(0);
  await precision.selectOption({ label: 'float16, half the size' });
  await expect(drop).toHaveValue('1');
  await drop.fill('100');
  await app.getByLabel('Image input').selectOption({ label: 'Bytes, channels last, as decoded' });
  await app.getByRole('button', { name: 'Export and verify' }).click();
  await expect(app.getByRole('button', { name: 'Export…' })).toBeDisabled();
  await expect(app.getByText('Exported and verified')).toBeVisible({ timeout: 40_000 });
  await expect(app.getByText(/^class_probabilities: differs by at most \d/)).toBeVisible();
  await expect(app.getByText(/^mAP50: [\d.]+%; [\d.]+% in the engine/)).toBeVisible();
  await expect(app.getByText(/^detections: [\d,]+ box/)).toBeVisible();
  expect((await readdir(out)).some((name) => name.endsWith('.onnx'))).toBe(true);
  expect(await readFile(path.join(out, 'model.json'), 'utf8')).toContain('uint8');
  expect(JSON.parse(await readFile(path.join(out, 'certificate.json'), 'utf8'))).toMatchObject({
    model: { options: { largestDrop: 1 } },
  });
  // A format whose runtime isn't here is written, and nothing more is said of it.
  const format = app.getByLabel('Format', { exact: true });
  await format.selectOption({ label: 'TFLite (LiteRT)' });
  await expect(app.getByText('Exported and verified')).toHaveCount(0);
  await expect(app.getByText(/^This format is verified where Python has/)).toBeVisible();
  await expect(precision).toHaveValue('float32');
  await app.getByRole('button', { name: 'Export and verify' }).click();
  await expect(app.getByText('Written, not verified', { exact: true })).toBeVisible({ timeout: 40_000 });
  const left = await readdir(out);
  expect(left).toContain('model.tflite');
  // What the earlier export said of its own model is gone with it.
  expect(left).not.toContain('certificate.json');
  await barrierFree(app);
});

test('both heads are compared with each alone from the page, side by side with what differs; a run is renamed', async ({
  app,
  server,
}) => {
  test.setTimeout(180_000);
  await app.getByRole('link', { name: 'Train' }).click();
  await app.getByRole('button', { name: 'Training settings' }).click();
  await app.getByLabel('Epochs', { exact: true }).fill('1');
  // What was set stays while another page is looked at.
  await app.getByRole('link', { name: 'Models' }).click();
  await app.getByRole('link', { name: 'Train' }).click();
  await app.getByRole('button', { name: 'Training settings' }).click();
  await expect(app.getByLabel('Epochs', { exact: true })).toHaveValue('1');
  await app.getByLabel('Input size', { exact: true }).fill('64');
  // And when the page is loaded again.
  await app.reload();
  await app.getByRole('button', { name: 'Training settings' }).click();
  await expect(app.getByLabel('Epochs', { exact: true })).toHaveValue('1');
  await expect(app.getByLabel('Input size', { exact: true })).toHaveValue('64');
  await app.getByRole('button', { name: 'Compare…' }).click();
  const dialog = app.getByRole('dialog');
  await dialog.getByLabel('What to compare').selectOption('Both heads together or each on its own');
  await dialog.getByLabel('Seeds').fill('1');
  await expect(dialog.getByText(/^3 runs/)).toBeVisible();
  await expect(dialog.getByText(/^Up to 3 epochs in all/)).toBeVisible();
  expect(await barriers(app)).toEqual([]);
  await dialog.getByRole('button', { name: 'Train and compare' }).click();
  await expect
    .poll(
      async () => (await server.call('jobs.list', {})).jobs.find(({ kind }) => kind === 'compare')?.state,
      {
        timeout: 300_000,
      },
    )
    .toBe('done');

  for (const name of ['joint', 'image class alone', 'boxes alone']) {
    await app.getByRole('checkbox', { name: `Compare ${name}, seed 1` }).check();
  }
  const table = app.getByRole('region', { name: 'Results side by side' });
  const row = (title: string) => table.getByRole('row', { name: new RegExp(`^${title} `) });
  await expect(row('Accuracy').getByRole('cell')).toHaveText([/%\s*$/, /% Δ [+−±]/, /^–\s*$/]);
  await expect(row('mAP50').getByRole('cell')).toHaveText([/%\s*$/, /^–\s*$/, /% Δ [+−±]/]);
  await expect(row('Weight of the boxes').getByRole('cell')).toHaveText([/5/, /0/, /5/]);
  await expect(row('Weight of the boxes').locator('.differs')).toHaveCount(1);
  await barrierFree(app);

  // A model that finds no boxes is exported without the choice to suppress them.
  await app.getByRole('link', { name: 'Models' }).click();
  for (const [name, offered] of [
    ['image class alone, seed 1', 0],
    ['boxes alone, seed 1', 1],
  ] as const) {
    const model = app.getByRole('region', { name, exact: true });
    await model.getByRole('button', { name: 'Export…' }).click();
    await expect(model.getByLabel('Precision', { exact: true })).toBeVisible();
    await expect(model.getByLabel('Suppress overlapping boxes in the model')).toHaveCount(offered);
  }

  // Evaluate has no figure of a task that a run hasn't learned.
  await app.getByRole('link', { name: 'Evaluate' }).click();
  await app.getByRole('combobox', { name: 'Run' }).selectOption('boxes alone, seed 1');
  await app.getByRole('button', { name: /^Evaluate( again)?$/ }).click();
  await expect(app.getByRole('heading', { name: /^Where/ })).toBeVisible({ timeout: 30_000 });
  await expect(app.getByRole('term').filter({ hasText: 'mAP50' }).first()).toBeVisible();
  await expect(app.getByRole('term').filter({ hasText: 'Accuracy' })).toHaveCount(0);
  // Nor a sum of one head, which is the head's own figure.
  await expect(app.getByRole('term').filter({ hasText: 'Overall score' })).toHaveCount(0);
  await app.getByRole('link', { name: 'Train' }).click();
  await app.getByRole('button', { name: 'boxes alone, seed 1', exact: true }).click();
  const alone = app.getByRole('region', { name: 'boxes alone, seed 1' }).getByRole('figure');
  await expect(alone.getByRole('listitem').filter({ hasText: 'mAP50' })).toContainText('%');
  await expect(alone.getByRole('listitem').filter({ hasText: /Weighted sum|Overall/ })).toHaveCount(0);

  await app.getByRole('button', { name: 'joint, seed 1', exact: true }).click();
  await app.getByRole('button', { name: 'Rename joint, seed 1' }).click();
  await app.getByRole('dialog').getByLabel('Name of the run').fill('both');
  await app.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  const panel = app.getByRole('region', { name: 'both' });
  await expect(panel.getByText(/seed 1 · CPU · version/)).toBeVisible();
});

test('data that cannot be trained is refused with the reason, before anything starts', async ({
  app,
  server,
}) => {
  const { items } = await server.call('images.list', { limit: 1000 });
  await server.call('images.setSplit', { imageIds: items.map(({ id }) => id), split: 'none' });
  await app.getByRole('link', { name: 'Train' }).click();
  await expect(app.getByRole('button', { name: 'Train', exact: true })).toBeDisabled();
  await expect(app.getByText(/split/i).first()).toBeVisible();
  await app.getByRole('button', { name: 'Assign splits' }).click();
  await expect(app.getByText('72 images assigned.')).toBeVisible();
  await expect(app.getByRole('button', { name: 'Train', exact: true })).toBeEnabled();
});

test('a refusal because of files that are gone leads to where they are listed', async ({
  app,
  server,
  project,
  trouble,
}) => {
  const folder = path.join(project, 'sample', 'train');
  for (const name of (await readdir(folder)).slice(0, 8)) await rm(path.join(folder, name));
  const { jobId } = await server.call('images.checkFiles', {});
  await expect.poll(async () => (await server.call('jobs.get', { jobId })).state).toBe('done');
  await app.getByRole('link', { name: 'Train' }).click();
  await expect(app.getByText(/^8 of \d+ labelled images can’t be read/)).toBeVisible();
  await app.getByRole('button', { name: 'Show “Worth a look”' }).click();
  const list = app.getByRole('list', { name: 'Worth a look' });
  await expect(list).toBeFocused();
  await expect(list.getByText(/^8 image files can’t be found/)).toBeInViewport();
  // Thumbnails of files that are gone.
  trouble.length = 0;
});

test('a run that was stopped before its first step shows no empty charts, but that there is nothing yet', async ({
  app,
  server,
}) => {
  const { runId } = await server.call('runs.start', { name: 'stopped early', settings: ['epochs=50'] });
  await server.call('runs.stop', { runId });
  await expect
    .poll(async () => (await server.call('runs.list', {})).runs[0]?.state, { timeout: 60_000 })
    .toBe('stopped');
  await app.getByRole('link', { name: 'Train' }).click();
  const panel = app.getByRole('region', { name: 'stopped early' });
  await expect(panel.getByText('Nothing yet: scores appear after each complete epoch.')).toBeVisible();
  await expect(panel.getByText('Nothing yet: the curve begins with the first training step.')).toBeVisible();
  await expect(panel.getByRole('img')).toHaveCount(0);
});

test('what stands in the way of a comparison is written beside its button', async ({ app, server }) => {
  const { classes } = await server.call('classes.list', {});
  for (const { id, kind } of classes)
    if (kind === 'image') await server.call('classes.delete', { id, reassignTo: null });
  await app.getByRole('link', { name: 'Train' }).click();
  const compare = app.getByRole('button', { name: 'Compare…' });
  const reason = 'Change a setting first to compare it with the proposal.';
  await expect(app.getByText(reason)).toBeVisible();
  await expect(compare).toBeDisabled();
  await expect(compare).toHaveAccessibleDescription(reason);
  await app.getByRole('button', { name: 'Training settings' }).click();
  const epochs = app.getByLabel('Epochs', { exact: true });
  const top = async () => (await epochs.boundingBox())?.y;
  const before = await top();
  await epochs.fill('-3');
  await expect(compare).toBeDisabled();
  expect(await top()).toBe(before);
  await epochs.fill('3');
  await expect(compare).toBeEnabled();
  await expect(app.getByText(reason)).toBeHidden();
  // What is typed into stays under the hand.
  expect(await top()).toBe(before);
});

test('what is proposed follows the network that is chosen, as the run will', async ({ app }) => {
  await app.getByRole('link', { name: 'Train' }).click();
  await app.getByRole('button', { name: 'Training settings' }).click();
  const frozen = app.getByLabel('Frozen stages', { exact: true });
  await expect(frozen).toHaveValue('0');
  await app.getByLabel('Network', { exact: true }).selectOption('lite0');
  await expect(frozen).toHaveValue('5');
  await expect(app.getByRole('button', { name: 'Training settings (1 changed)' })).toBeVisible();
  // Chosen back is as proposed, not another change.
  await app.getByLabel('Network', { exact: true }).selectOption('nano');
  await expect(frozen).toHaveValue('0');
  await expect(app.getByRole('button', { name: 'Training settings', exact: true })).toBeVisible();
  await app.getByLabel('Network', { exact: true }).selectOption('lite0');
  await expect(frozen).toHaveValue('5');
  await app.getByRole('button', { name: 'Reset to the proposal: Network' }).click();
  await expect(frozen).toHaveValue('0');
  // What is refused takes no more room than what is proposed, in taller fonts, too.
  await app.getByRole('button', { name: /^Switch language/ }).click();
  const epochs = app.getByLabel('训练轮数', { exact: true });
  const before = (await epochs.boundingBox())?.y;
  await epochs.fill('-3');
  await expect(epochs).toHaveAttribute('aria-invalid', 'true');
  expect((await epochs.boundingBox())?.y).toBe(before);
});
