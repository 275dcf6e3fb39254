import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from './support/test.ts';
import type { Server } from './support/server.ts';

async function done(server: Server, jobId: string): Promise<void> {
  await expect
    .poll(async () => (await server.call('jobs.get', { jobId })).state, { timeout: 120_000 })
    .toBe('done');
}

/** A model that knows little, evaluated on the training images. */
async function evaluated(server: Server, ...more: string[]): Promise<string> {
  const settings = ['epochs=1', 'inputSize=64', 'batch=8', 'neckChannels=16', ...more];
  const { runId, jobId } = await server.call('runs.start', { name: 'small', settings });
  await done(server, jobId);
  await done(server, (await server.call('evaluation.start', { runId, split: 'train' })).jobId);
  return runId;
}

async function missed(server: Server, runId: string): Promise<number> {
  const { evaluation } = await server.call('evaluation.get', { runId, split: 'train' });
  return evaluation?.boxes?.errors?.find(({ kind }) => kind === 'missed')?.count ?? NaN;
}

test('from a number to the corrected label and back, by mouse', async ({ app, server }) => {
  test.setTimeout(300_000);
  const runId = await evaluated(server);
  const before = await missed(server, runId);
  await app.goto(`${app.url().split('#')[0] ?? ''}#/evaluate?run=${runId}&split=train`);
  // How far the overall score and that of each head may be off.
  await expect(app.getByText(/^95% interval: \d+% to \d+%$/)).toHaveCount(3);
  // A predicted box has the colour of its class, as labels have, and is dashed.
  const gallery = app.getByRole('region', { name: 'Predictions' });
  await expect(gallery.getByText('predicting…')).toHaveCount(0, { timeout: 30_000 });
  await gallery.getByRole('slider').fill('0.05');
  const predicted = gallery.locator('rect.predicted');
  await expect(predicted).not.toHaveCount(0);
  await expect(predicted.first()).toHaveCSS('stroke-dasharray', '5px, 3px');
  const { classes } = await server.call('classes.list', {});
  const colors = classes.flatMap(({ kind, color }) => (kind === 'object' ? [color] : []));
  for (const box of await predicted.all()) expect(colors).toContain(await box.getAttribute('stroke'));
  await app.getByRole('button', { name: 'Report…' }).click();
  await app.getByRole('button', { name: 'Write report' }).click();
  await expect(app.getByText('Report written:')).toContainText(`report ${runId} train.html`);
  await app.getByRole('button', { name: 'Missed', exact: true }).click();
  const heading = (count: number) => app.getByRole('heading', { name: `Missed (${count})` });
  await expect(heading(before)).toBeVisible();
  // The list is scrolled to within the page: its header and footer stay.
  await expect(app.getByRole('navigation', { name: 'Pages' })).toBeInViewport({ ratio: 1 });
  // The list is an address: it is there again after a reload.
  await expect(app).toHaveURL(/list=/);
  await app.reload();
  await expect(heading(before)).toBeVisible();

  await app
    .getByRole('button', { name: /Open in Label/ })
    .first()
    .click();
  const status = app.getByRole('region', { name: 'List of an evaluation' }).getByRole('status');
  await expect(status).toContainText(`Missed ${before}`);
  await app.getByRole('button', { name: 'Delete label' }).first().click();
  await expect(status).toContainText(`Missed ${before - 1}`);
  expect(await missed(server, runId)).toBe(before - 1);
  await app.keyboard.press('Control+z');
  await expect(status).toContainText(`Missed ${before}`);
  await app.keyboard.press('Control+Shift+z');
  await expect(status).toContainText(`Missed ${before - 1}`);

  await app.getByRole('button', { name: 'Back to the evaluation' }).click();
  await expect(heading(before - 1)).toBeVisible();
  // The list of the interface's own links: Label is as it was left, the list too.
  await app.goBack();
  await expect(status).toContainText(`Missed ${before - 1}`);
});

test('points of a curve and bars of scores lead to what they count', async ({ app, server }) => {
  test.setTimeout(300_000);
  const runId = await evaluated(server);
  await app.goto(`${app.url().split('#')[0] ?? ''}#/evaluate?run=${runId}&split=train`);
  const heading = (text: string | RegExp) => app.getByRole('heading', { name: text });
  const curve = app.getByRole('slider', { name: 'Curves by class' });
  await curve.focus();
  const told = async (): Promise<number> => {
    const [, wrong, missed] = /: ([\d,]+) wrong, ([\d,]+) not found/.exec(
      (await curve.getAttribute('aria-valuetext')) ?? '',
    )!;
    return [wrong, missed].reduce((sum, text) => sum + Number(text!.replaceAll(',', '')), 0);
  };
  await app.keyboard.press('Home');
  const most = await told();
  await app.keyboard.press('End');
  expect(await told()).not.toBe(most);
  await app.keyboard.press('ArrowLeft');
  const asked = await told();
  await app.keyboard.press('Enter');
  const counted = (count: number) => `wrong or not found (${count.toLocaleString('en')})`;
  await expect(heading(counted(asked))).toBeVisible();
  await expect(app).toHaveURL(/list=[^&]*cutoff/);
  // By mouse, on the other view of the same curve.
  await app.getByRole('radio', { name: 'Precision over recall' }).check({ force: true });
  await curve.hover();
  const pointed = await told();
  await curve.click();
  await expect(heading(counted(pointed))).toBeVisible();
  // A span of it is dragged over, or chosen by Shift and the arrows.
  await app.getByRole('radio', { name: 'By score' }).check({ force: true });
  await curve.hover();
  const area = (await curve.boundingBox())!;
  await app.mouse.move(area.x + 55, area.y + area.height / 2);
  await app.mouse.down();
  await app.mouse.move(area.x + area.width * 0.9, area.y + area.height / 2, { steps: 5 });
  await app.mouse.up();
  await expect(heading(/with scores of .* to /)).toBeVisible();
  const dragged = app.url();
  await expect(app).toHaveURL(/list=[^&]*scores/);
  await curve.focus();
  for (const key of ['Home', 'Shift+ArrowRight', 'Shift+ArrowRight']) await app.keyboard.press(key);
  await expect(curve).toHaveAttribute('aria-valuetext', /^Detections with scores from .* to /);
  await app.keyboard.press('Enter');
  await expect(heading(/with scores of .* to /)).toBeVisible();
  expect(app.url()).not.toBe(dragged);
  const bar = app.getByRole('group', { name: 'Right detections by score' }).getByRole('button').first();
  const all = / of ([\d,]+) right/.exec((await bar.getAttribute('aria-label')) ?? '')![1]!;
  await bar.click();
  await expect(heading(new RegExp(`with scores of .*\\(${all}\\)`))).toBeVisible();
  await expect(bar).toHaveAttribute('aria-pressed', 'true');
  const sure = app.getByRole('group', { name: 'Calibration' }).getByRole('button').first();
  const images = / of ([\d,]+) right/.exec((await sure.getAttribute('aria-label')) ?? '')![1]!;
  await sure.click();
  await expect(heading(new RegExp(`^Confidence from .*\\(${images}\\)`))).toBeVisible();
  await expect(app.getByText(/^No temperature: the run was not evaluated on validation/)).toBeVisible();
});

test('images that are known to be empty count the false alarms on them', async ({ app, server }) => {
  test.setTimeout(300_000);
  const runId = await evaluated(server);
  await app.goto(`${app.url().split('#')[0] ?? ''}#/evaluate?run=${runId}&split=train`);
  await expect(app.getByText(/^No image here is known to be empty/)).toBeVisible();
  const { items } = await server.call('evaluation.items', {
    ...{ runId, split: 'train', part: { of: 'error', error: 'background' } },
  });
  const imageId = items[0]!.image.id;
  const { image, boxes } = await server.call('annotations.get', { imageId });
  await server.call('annotations.edit', {
    ...{ imageId, expectedRevision: image.revision, editId: crypto.randomUUID() },
    operations: [
      ...boxes.map(({ id }) => ({ type: 'delete-box', boxId: id }) as const),
      { type: 'set-image-classes', classIds: [] },
      { type: 'set-state', state: 'empty' },
    ],
  });
  const told = app.getByText(/^Images that are known to be empty and have false alarms: 1 of 1\./);
  await expect(told).toBeVisible();
  const { falseAlarms } = await server.call('evaluation.falseAlarms', { runId, split: 'train' });
  await expect(told).toContainText(
    `Detections per 100 images: ${(100 * falseAlarms!.detections).toLocaleString('en')}`,
  );
  await app.getByRole('button', { name: 'False alarms on empty images' }).click();
  await expect(
    app.getByRole('heading', { name: `False alarms on empty images (${falseAlarms!.detections})` }),
  ).toBeVisible();
});

test('from a cell of image classes to the corrected class and back', async ({ app, server }) => {
  test.setTimeout(300_000);
  const runId = await evaluated(server);
  const wrong = async () => {
    const { evaluation } = await server.call('evaluation.get', { runId, split: 'train' });
    const { names, counts } = evaluation!.imageClass!.confusion!;
    const cells = counts.flatMap((row, truth) => row.map((count, found) => ({ truth, found, count })));
    const most = cells
      .filter(({ truth, found }) => truth !== found)
      .reduce((a, b) => (b.count > a.count ? b : a));
    return { truth: names[most.truth]!, found: names[most.found]!, count: most.count };
  };
  const { truth, found, count } = await wrong();
  await app.goto(`${app.url().split('#')[0] ?? ''}#/evaluate?run=${runId}&split=train`);
  const what = app.getByRole('region', { name: 'What · image class' });
  // A training set contradicts less than it should, which is said.
  await expect(what.getByText(/^Possible errors: .* The run was trained on these labels/)).toBeVisible();
  await what.getByRole('button', { name: `${truth}, predicted as ${found}: ${count} (` }).click();
  await app
    .getByRole('button', { name: new RegExp(`${truth}\\W*, predicted as \\W*${found}.*Open in Label`) })
    .first()
    .click();
  const status = app.getByRole('region', { name: 'List of an evaluation' }).getByRole('status');
  await expect(status).toContainText(` ${count}`);
  await app.getByRole('button', { name: 'Change class' }).click();
  await expect(status).toContainText(` ${count - 1}`);
  await app.keyboard.press('Control+z');
  await expect(status).toContainText(` ${count}`);
});

test('says how many images have left the split, and keeps its figures once all have', async ({
  app,
  server,
}) => {
  test.setTimeout(300_000);
  const runId = await evaluated(server);
  const { imageIds } = await server.call('images.ids', { filter: { split: 'train' } });
  await app.goto(`${app.url().split('#')[0] ?? ''}#/evaluate?run=${runId}&split=train`);
  await expect(app.getByText(/^Predictions were made on/)).toBeVisible();
  const change = app.getByText(/^−\d+ since predicted$/);
  await expect(change).toHaveCount(0);
  await server.call('images.setSplit', { imageIds: imageIds.slice(0, 1), split: 'val' });
  await expect(change).toHaveText('−1 since predicted');
  await server.call('images.setSplit', { imageIds: imageIds.slice(1), split: 'val' });
  await expect(app.getByText('No image is in this split any more')).toBeVisible();
  const images = app.locator('dl.figures').getByText(String(imageIds.length), { exact: true });
  await expect(images).toBeVisible();
});

test('a run that learned boxes alone has the whole width for them', async ({ app, server }) => {
  test.setTimeout(300_000);
  const runId = await evaluated(server, 'weights.imageClass=0');
  await app.goto(`${app.url().split('#')[0] ?? ''}#/evaluate?run=${runId}&split=train`);
  const widthOf = async (name: string): Promise<number> =>
    (await app.getByRole('region', { name }).boundingBox())?.width ?? 0;
  await expect(app.getByRole('region', { name: 'Where · boxes' })).toBeVisible();
  expect(await widthOf('Where · boxes')).toBe(await widthOf('Predictions'));
});

test('what an evaluation is refused for stays there while another page is looked at', async ({
  app,
  server,
  project,
  trouble,
}) => {
  test.setTimeout(300_000);
  const runId = await evaluated(server);
  const folder = path.join(project, 'sample', 'train');
  const names = await readdir(folder);
  for (const name of names.slice(0, names.length - 2)) await rm(path.join(folder, name));
  await app.goto(`${app.url().split('#')[0] ?? ''}#/evaluate?run=${runId}&split=train`);
  await app.getByRole('button', { name: 'Evaluate again' }).click();
  await app.getByRole('link', { name: 'Models' }).click();
  const { jobs } = await server.call('jobs.list', {});
  const asked = jobs.findLast(({ kind }) => kind === 'evaluate')!;
  await expect.poll(async () => (await server.call('jobs.get', { jobId: asked.id })).state).toBe('failed');
  await app.getByRole('link', { name: 'Evaluate' }).click();
  await expect(app.getByRole('alert').getByText(/can’t be read \(.*too many to continue/)).toBeVisible();
  trouble.length = 0;
});

test('from a number to the corrected label and back, by keyboard alone', async ({ app, server }) => {
  test.setTimeout(300_000);
  const runId = await evaluated(server);
  const before = await missed(server, runId);
  const press = (...keys: string[]) => keys.reduce((all, key) => all.then(() => app.keyboard.press(key)), Promise.resolve()); // prettier-ignore
  await press('Alt+4');
  const focusOn = async (name: RegExp): Promise<void> => {
    await expect(async () => {
      for (let presses = 0; presses < 150; presses += 1) {
        const focused = await app.evaluate(
          `document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? ''`,
        );
        if (name.test(String(focused).trim())) return;
        await app.keyboard.press('Tab');
      }
      throw new Error(`Tab comes to nothing like ${name.source}`);
    }).toPass();
  };
  await expect(app.getByRole('button', { name: 'Missed', exact: true })).toBeVisible();
  await focusOn(/^Missed$/);
  await press('Enter');
  await expect(app.getByRole('heading', { name: `Missed (${before})` })).toBeVisible();
  await focusOn(/Open in Label/);
  await press('Enter');
  const status = app.getByRole('region', { name: 'List of an evaluation' }).getByRole('status');
  await expect(app.getByRole('button', { name: 'Delete label' }).first()).toBeVisible();
  const image = new URL(app.url()).hash;
  await press('Enter');
  await expect(status).toContainText(`Missed ${before - 1}`);
  await press('Control+z');
  await expect(status).toContainText(`Missed ${before}`);
  // The usual keys walk through the list.
  await press('d');
  await expect(app).not.toHaveURL(new RegExp(`${image.replaceAll(/[.?*+^$()|[\]\\]/g, '\\$&')}$`));
  await expect(app).toHaveURL(/list=/);
});

test('a run stands side by side on each split, and those that lack it are evaluated at once', async ({
  app,
  server,
}) => {
  test.setTimeout(300_000);
  const runId = await evaluated(server);
  const { total } = await server.call('images.list', { filter: { split: 'val' }, limit: 1 });
  expect(total).toBeGreaterThan(0);
  await app.goto(`${app.url().split('#')[0] ?? ''}#/evaluate?run=${runId}&split=train`);
  const line = app.getByRole('region', { name: 'This run on each split' });
  await expect(line.getByText('not evaluated')).not.toHaveCount(0);
  await line.getByRole('button', { name: 'Evaluate the others' }).click();
  await expect(line.getByText(/^\d+(\.\d)?% \([+−]\d+(\.\d)?% against training\)$/)).not.toHaveCount(0, {
    timeout: 120_000,
  });
  await expect(line.getByRole('button')).toHaveCount(0, { timeout: 120_000 });
  // The scores on part of the images lead to these images.
  const parts = app.getByRole('table', { name: 'By number of boxes on an image' });
  await parts
    .getByRole('button', { name: /^Show \d+ images? of/ })
    .first()
    .click();
  await expect(app).toHaveURL(/#\/label/);
});

test('a run beside itself by earlier labels leads to the images that changed sides', async ({
  app,
  server,
}) => {
  test.setTimeout(300_000);
  const runId = await evaluated(server);
  const { id: snapshot } = await server.call('snapshots.create', { name: 'as labelled' });
  await app.goto(`${app.url().split('#')[0] ?? ''}#/evaluate?run=${runId}&split=train`);
  const panel = app.getByRole('region', { name: 'Comparison' });
  await panel.getByRole('combobox', { name: 'Compare with' }).selectOption({ value: `${runId}~${snapshot}` });
  const overall = panel.getByRole('row', { name: /^Overall score/ });
  await expect(overall).toContainText('+0.0%');
  await expect(overall.getByRole('cell').last()).toHaveText('+0.0% to +0.0%');
  // An image is given the class that the run takes it for: wrong before, right now.
  const part = { of: 'suspect', suspect: 'misclassed' } as const;
  const { items } = await server.call('evaluation.items', { runId, split: 'train', part, limit: 1 });
  const [suspect] = items;
  if (suspect === undefined) throw new Error('The run contradicts no label.');
  const { image } = await server.call('annotations.get', { imageId: suspect.image.id });
  await server.call('annotations.edit', {
    ...{ imageId: image.id, expectedRevision: image.revision, editId: crypto.randomUUID() },
    operations: [{ type: 'set-image-classes', classIds: [...suspect.imageClasses!.predicted] }],
  });
  const head = panel.getByRole('region', { name: 'Image class' });
  const link = head.getByRole('button', { name: 'Wrong before, right now' });
  await expect(head.getByRole('listitem').filter({ hasText: 'Wrong before, right now' })).toHaveText(/ 1$/);
  await link.click();
  const heading = app.getByRole('heading', { name: 'Image class: Wrong before, right now (1)' });
  await expect(heading).toBeVisible();
  await app.reload();
  await expect(heading).toBeVisible();
  await app.getByRole('button', { name: /Open in Label/ }).click();
  await app.getByRole('button', { name: 'Back to the evaluation' }).click();
  await expect(heading).toBeVisible();
  await expect(link).toHaveAttribute('aria-pressed', 'true');
  await panel.getByRole('combobox', { name: 'Compare with' }).selectOption('No comparison');
  await expect(overall).toHaveCount(0);
  await expect(heading).toHaveCount(0);
});

test('robustness is measured, can be cancelled, and is there again after a reload', async ({
  app,
  server,
}) => {
  test.setTimeout(300_000);
  const runId = await evaluated(server);
  await app.goto(`${app.url().split('#')[0] ?? ''}#/evaluate?run=${runId}&split=train`);
  const panel = app.getByRole('region', { name: 'Robustness', exact: true });
  await expect(panel.getByText('Not measured on these images yet.')).toBeVisible();
  await panel.getByRole('button', { name: 'Measure robustness' }).click();
  await panel.getByRole('button', { name: 'Cancel' }).click();
  await expect(panel.getByRole('progressbar')).toHaveCount(0, { timeout: 60_000 });
  await expect(panel.getByText('Not measured on these images yet.')).toBeVisible();
  await panel.getByRole('button', { name: 'Measure robustness' }).click();
  const said = panel.getByText(/what hurts most is “|nothing lowers it/);
  await expect(said).toHaveCount(2, { timeout: 120_000 });
  await expect(panel.getByRole('img', { name: 'Low contrast: scores by strength' })).toBeVisible();
  await app.reload();
  await expect(said).toHaveCount(2);
  await expect(panel.getByText(/^Measured on \d+ of \d+ labelled images, epoch 1, /)).toBeVisible();
});

test('a list is sorted by loss and disagreement; its images are flagged and removed there', async ({
  app,
  server,
}) => {
  test.setTimeout(300_000);
  const runId = await evaluated(server);
  await app.goto(`${app.url().split('#')[0] ?? ''}#/evaluate?run=${runId}&split=train`);
  await app.getByRole('button', { name: 'Missed', exact: true }).click();
  const list = app.getByRole('region', { name: /^Missed \(\d+\)$/ });
  const order = list.getByRole('combobox', { name: 'Order' });
  await order.selectOption('Highest loss first');
  await expect(list.getByText(/loss \d/).first()).toBeVisible();
  await order.selectOption('Heads disagree most first');
  await expect(app).toHaveURL(/list=[^&]*disagreement/);
  await app.reload();
  await expect(list.getByText(/heads differ by \d+%/).first()).toBeVisible();
  await list.getByRole('button', { name: /^Flag / }).first().click(); // prettier-ignore
  await expect(list.getByRole('button', { name: /^Unflag / }).first()).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  const flagged = await server.call('images.list', { filter: { flagged: true }, limit: 1 });
  expect(flagged.total).toBe(1);
  const heading = await list.getByRole('heading').textContent();
  await list.getByRole('button', { name: /^Remove .* from the project$/ }).first().click(); // prettier-ignore
  await expect(list.getByRole('heading')).not.toHaveText(heading!);
  await app.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(list.getByRole('heading')).toHaveText(heading!);
});

test('a value of an attribute leads to the errors with its boxes', async ({ app, server }) => {
  test.setTimeout(300_000);
  const runId = await evaluated(server);
  const { items: images } = await server.call('images.list', { filter: { split: 'train', minBoxes: 1 } });
  const { image, boxes } = await server.call('annotations.get', { imageId: images[0]!.id });
  await server.call('annotations.edit', {
    ...{ imageId: image.id, expectedRevision: image.revision, editId: crypto.randomUUID() },
    operations: boxes.map(({ id }) => ({
      ...({ type: 'update-box', boxId: id } as const),
      changes: { attributes: { 'the sky. ~': 'half clear' } },
    })),
  });
  await app.goto(`${app.url().split('#')[0] ?? ''}#/evaluate?run=${runId}&split=train`);
  const table = app.getByRole('table', { name: 'By attribute of boxes' });
  const row = table.getByRole('row').filter({ hasText: 'half clear' });
  await expect(row.getByRole('cell').nth(1)).toHaveText(String(boxes.length));
  await row.getByRole('button', { name: /half clear/ }).first().click(); // prettier-ignore
  const heading = app.getByRole('heading', { name: /^Errors with .*the sky.*half clear.* \(\d+\)$/ });
  await expect(heading).toBeVisible();
  const title = await heading.textContent();
  await app.reload();
  await expect(heading).toHaveText(title!);
});

test('resources are measured, and are there again after a reload', async ({ app, server }) => {
  test.setTimeout(300_000);
  const runId = await evaluated(server);
  await app.goto(`${app.url().split('#')[0] ?? ''}#/evaluate?run=${runId}&split=train`);
  const panel = app.getByRole('region', { name: 'Resources', exact: true });
  await expect(panel.getByText('Not measured yet.')).toBeVisible();
  await panel.getByRole('button', { name: 'Measure resources' }).click();
  const rows = panel.getByRole('table', { name: 'Resources' }).getByRole('row');
  await expect(rows.filter({ hasText: 'Decoding (32 images)' })).toHaveCount(1, { timeout: 120_000 });
  await expect(rows.filter({ hasText: 'TensorFlow' })).not.toHaveCount(0);
  await app.reload();
  await expect(rows.filter({ hasText: 'TensorFlow' })).not.toHaveCount(0);
  await expect(panel.getByText(/^Measured on .+, epoch 1, /)).toBeVisible();
});
