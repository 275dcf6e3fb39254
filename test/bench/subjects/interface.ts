import { mkdtempSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Locator } from '@playwright/test';
import { fit } from '../../../renderer/editor/kernels/viewport.ts';
import { BarePage } from '../fixtures/bare-page.ts';
import { cachedFixture } from '../fixtures/cached.ts';
import { writePictures } from '../fixtures/pictures.ts';
import { copyProject, largeProject, smallProject } from '../fixtures/projects.ts';
import { buildInterface, Workbench } from '../fixtures/workbench.ts';
import { median, quantile } from '../timing.ts';
import type { Report, Subject } from '../types.ts';

const SMALL = { width: 640, height: 480 };
const LARGE = { width: 6000, height: 4000 };
/** How long a person looks at a picture before the next key, milliseconds. */
const LOOK = { small: 300, large: 1000 };
const OPENINGS = 3;
const BOXES = 1000;
const DRAG_STEPS = 120;
const WHEEL_STEPS = 120;
const JUMPS = 12;
const LOOKED_AT = 1000;
/** The cache of decoded pictures is full by then (256 MiB: 219 of 640×480): what grows from here on grows for ever. */
const SETTLED_AT = 300;

/** What a person waits for at the workbench, in real Chromium over the web host. */
export const userInterface: Subject = {
  figures: [
    { name: 'interface.open100k', unit: 'ms', budget: 1000 },
    { name: 'interface.filter100k', unit: 'ms', budget: 100 },
    { name: 'interface.scroll100k', unit: 'ms', budget: 50 },
    { name: 'interface.jump100k', unit: 'ms', budget: 500 },
    { name: 'interface.nextImage.640x480', unit: 'ms', budget: 50 },
    { name: 'interface.nextImage.24mp', unit: 'ms', budget: 150 },
    { name: 'interface.drag1000', unit: 'ms', budget: 20 },
    { name: 'interface.memoryGrowth', unit: 'MiB', budget: 32 },
  ],
  async measure(names, report) {
    buildInterface();
    const folder = mkdtempSync(path.join(os.tmpdir(), 'twinhead-bench-'));
    try {
      if (names.has('interface.open100k')) await measureOpening(folder, report);
      if (names.has('interface.filter100k')) await measureFilters(folder, report);
      if (names.has('interface.scroll100k')) await measureScrolling(folder, report);
      if (names.has('interface.jump100k')) await measureJumps(folder, report);
      if (names.has('interface.nextImage.640x480')) await measureSmallPictures(folder, report);
      if (names.has('interface.nextImage.24mp')) await measureLargePictures(folder, report);
      if (names.has('interface.drag1000')) await measureDrag(folder, report);
      if (names.has('interface.memoryGrowth')) await measureMemory(folder, report);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

function subFolder(folder: string): string {
  return mkdtempSync(path.join(folder, 'x'));
}

async function largeCopy(folder: string, report: Report): Promise<string> {
  return copyProject(await largeProject((text) => report.progress(text)), subFolder(folder));
}

/** From the click on the project to the first screen, in a server process that has done nothing else before. */
async function measureOpening(folder: string, report: Report): Promise<void> {
  const project = await largeCopy(folder, report);
  const userFolder = path.join(folder, 'user');
  // Once, so that the start screen offers the project.
  await (await Workbench.open(project, userFolder))[Symbol.asyncDispose]();
  const times: number[] = [];
  for (let run = 0; run < OPENINGS; run++) {
    rmSync(path.join(project, 'cache'), { recursive: true, force: true });
    await using bench = await Workbench.open(null, userFolder);
    const open = (): Promise<void> => bench.page.getByRole('button', { name: project }).click();
    times.push(await bench.timed("watch('click', window.paints.firstScreen)", open));
  }
  report.progress(`first screens: ${times.map((time) => time.toFixed(0)).join(', ')} ms`);
  report.value('interface.open100k', median(times));
}

/** From the choice of a filter to the frame that shows its images' places, the slowest. */
async function measureFilters(folder: string, report: Report): Promise<void> {
  await using bench = await Workbench.open(await largeCopy(folder, report), subFolder(folder));
  const { page } = bench;
  const pane = page.getByRole('complementary', { name: 'Images' });
  await pane.locator('img').first().waitFor();
  await pane.getByRole('button', { name: /filter/i }).click();
  const times: [string, number][] = [];
  const measure = async (name: string, event: string, act: () => Promise<unknown>): Promise<void> => {
    const count = await pane.locator('p.count').innerText();
    const ready = `() => {
      const pane = document.querySelector('aside[aria-label="Images"]');
      return pane.querySelector('p.count').innerText !== ${JSON.stringify(count)} && !pane.querySelector('.waiting');
    }`;
    times.push([name, await bench.timed(`watch('${event}', ${ready})`, act)]);
    await page.waitForTimeout(300);
  };
  const choose = (label: string, value: string): Promise<void> =>
    measure(`${label} ${value}`, 'change', () =>
      pane.getByRole('combobox', { name: label }).selectOption({ label: value }),
    );
  for (const state of ['labelled', 'empty', 'Any state']) await choose('State', state);
  for (const split of ['validation', 'Any split']) await choose('Split', split);
  await pane.getByRole('button', { name: /^Class:/ }).click();
  const toggled = ['class 01', 'class 20', 'class 01', 'class 20'];
  for (const name of toggled)
    await measure(name, 'change', () => pane.getByRole('checkbox', { name: new RegExp(name) }).click());
  for (const text of ['99_9', 'series 4'])
    await measure(`text ${text}`, 'input', () => pane.getByRole('searchbox').fill(text));
  times.sort(([, a], [, b]) => b - a);
  report.progress(`filters: ${times.map(([name, time]) => `${name} ${time.toFixed(0)} ms`).join(', ')}`);
  report.value('interface.filter100k', times[0]![1]);
}

async function imageList(bench: Workbench): Promise<Locator> {
  const list = bench.page.getByRole('group', { name: 'Images' });
  await list.locator('img').first().waitFor();
  return list;
}

/** Intervals between frames while the wheel turns the list of images past thousands of them. */
async function measureScrolling(folder: string, report: Report): Promise<void> {
  await using bench = await Workbench.open(await largeCopy(folder, report), subFolder(folder));
  await (await imageList(bench)).hover();
  await bench.ask('startFrames()');
  for (let step = 0; step < WHEEL_STEPS; step++) {
    await bench.page.mouse.wheel(0, 1200);
    await bench.page.waitForTimeout(25);
  }
  const frames = (await bench.ask('stopFrames()')) as number[];
  report.progress(`scrolling: ${shares(frames)}`);
  report.value('interface.scroll100k', quantile(frames, 0.95));
}

/** From a pull of the scroll bar to any place of the list until every image there shows its picture. */
async function measureJumps(folder: string, report: Report): Promise<void> {
  await using bench = await Workbench.open(await largeCopy(folder, report), subFolder(folder));
  await imageList(bench);
  const list = `document.querySelector('[role="group"][aria-label="Images"]')`;
  const ready = `() => {
    const pictures = [...${list}.querySelectorAll('img')];
    return pictures.length > 0 && pictures.every((one) => one.complete) && !${list}.querySelector('.waiting');
  }`;
  const times: number[] = [];
  for (let jump = 1; jump <= JUMPS; jump++) {
    // The golden section's multiples visit the whole list evenly and never the same page twice.
    const place = (jump * 0.618034) % 1;
    const pull = (): Promise<unknown> =>
      bench.page.evaluate(`void (${list}.scrollTop = ${place} * ${list}.scrollHeight)`);
    times.push(await bench.timed(`watch('scroll', ${ready})`, pull));
    await bench.page.waitForTimeout(LOOK.small);
  }
  report.progress(`jumps: ${shares(times)}`);
  report.value('interface.jump100k', quantile(times, 0.95));
}

/** Key to pixels, forward and then back, with a look at every picture in between. */
async function measureKeys(
  project: string,
  userFolder: string,
  { steps, look }: { steps: number; look: number },
): Promise<number[]> {
  await using bench = await Workbench.open(project, userFolder);
  await bench.started();
  const times: number[] = [];
  for (let step = 0; step < 2 * steps; step++) {
    await bench.page.waitForTimeout(look);
    times.push(await bench.pictureAfterKey(step < steps ? 'd' : 'a'));
  }
  return times;
}

const shares = (times: number[]): string =>
  `p50 ${quantile(times, 0.5).toFixed(0)} ms, most ${Math.max(...times).toFixed(0)} ms of ${times.length}`;

async function measureSmallPictures(folder: string, report: Report): Promise<void> {
  const files = await writePictures(path.join(folder, 'small'), { count: 60, ...SMALL });
  const project = await smallProject(subFolder(folder), files, SMALL);
  const times = await measureKeys(project, subFolder(folder), { steps: 40, look: LOOK.small });
  report.progress(`640×480: ${shares(times)}`);
  report.value('interface.nextImage.640x480', quantile(times, 0.95));
}

async function measureLargePictures(folder: string, report: Report): Promise<void> {
  const pictures = await cachedFixture(
    '24mp',
    new URL('../fixtures/pictures.ts', import.meta.url),
    async (into) => {
      report.progress('writing pictures of 24 megapixels, once');
      await writePictures(into, { count: 14, ...LARGE, different: 3 });
    },
  );
  const files = (await readdir(pictures)).sort().map((name) => path.join(pictures, name));
  const project = await smallProject(subFolder(folder), files, LARGE);
  const times = await measureKeys(project, subFolder(folder), { steps: 12, look: LOOK.large });
  report.progress(`24 megapixels: ${shares(times)}`);
  report.value('interface.nextImage.24mp', quantile(times, 0.95));
}

/** Intervals between frames while one of a thousand boxes follows the mouse. */
async function measureDrag(folder: string, report: Report): Promise<void> {
  const files = await writePictures(path.join(folder, 'drag'), { count: 1, ...SMALL });
  const project = await smallProject(subFolder(folder), files, SMALL, BOXES);
  await using bench = await Workbench.open(project, subFolder(folder));
  const { page } = bench;
  await bench.started();
  const view = await page.locator('[data-canvas]').boundingBox();
  if (!view) throw new Error('the canvas is not shown');
  const { scale, x, y } = fit(SMALL, view);
  const at = (imageX: number, imageY: number): [number, number] => [
    view.x + x + imageX * scale,
    view.y + y + imageY * scale,
  ];
  await page.mouse.click(...at(320, 240));
  await page.mouse.move(...at(320, 240));
  await page.mouse.down();
  await page.mouse.move(...at(324, 244));
  await bench.ask('startFrames()');
  for (let step = 0; step < DRAG_STEPS; step++) {
    const angle = (step / DRAG_STEPS) * 4 * Math.PI;
    await page.mouse.move(...at(320 + 60 * Math.sin(angle), 240 + 60 * Math.cos(angle)));
    await page.waitForTimeout(12);
  }
  const frames = (await bench.ask('stopFrames()')) as number[];
  await page.mouse.up();
  report.progress(`dragging: ${shares(frames)}`);
  report.value('interface.drag1000', quantile(frames, 0.95));
}

/** How much more the page's process holds after a thousand pictures than before them. */
async function measureMemory(folder: string, report: Report): Promise<void> {
  await using page = await BarePage.open(await largeCopy(folder, report), subFolder(folder));
  const before = await page.memory();
  for (let step = 0; step < SETTLED_AT; step++) await page.next();
  const settled = await page.memory();
  for (let step = 0; step < LOOKED_AT; step++) await page.next();
  const now = await page.memory();
  report.progress(
    `the page holds ${before.toFixed(0)} MiB at first, ${settled.toFixed(0)} MiB with full caches, then ${now.toFixed(0)} MiB`,
  );
  report.value('interface.memoryGrowth', Math.max(0, now - settled));
}
