import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { AnnotationOperation, ImageFilter } from '../../../electron/common/entities.ts';
import { createRandom } from '../../../electron/common/random.ts';
import { openProject } from '../../../electron/store/index.ts';
import type { ImageListQuery, ProjectStore } from '../../../electron/store/index.ts';
import { copyProject, largeProject, randomBox } from '../fixtures/projects.ts';
import { median, quantile, timed } from '../timing.ts';
import type { Report, Subject } from '../types.ts';

const PAGE = 200;
const COMMITS = 2_000;

/** A project of 100,000 images and 1,000,000 boxes: opened, searched, edited. */
export const store: Subject = {
  figures: [
    // Half of what the first screen may take.
    { name: 'store.open100k', unit: 'ms', budget: 500 },
    { name: 'store.filter100k', unit: 'ms', budget: 100 },
    { name: 'store.commit', unit: 'ms', budget: 10 },
    { name: 'store.classOperation', unit: 'ms', budget: 1000 },
    { name: 'store.imageOperation', unit: 'ms', budget: 1000 },
  ],
  async measure(names, report) {
    const fixture = await largeProject((text) => report.progress(text));
    const folder = mkdtempSync(path.join(os.tmpdir(), 'twinhead-bench-'));
    try {
      const project = copyProject(fixture, folder);
      if (names.has('store.open100k')) await measureOpening(project, report);
      const opened = openProject(project);
      try {
        if (names.has('store.filter100k')) await measureFilters(opened, report);
        if (names.has('store.commit')) measureCommits(opened, folder, report);
        if (names.has('store.classOperation')) await measureClassOperations(opened, report);
        if (names.has('store.imageOperation')) await measureImageOperations(opened, report);
      } finally {
        opened.close();
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

/** Opened, its figures, its classes and its first page read: all that the first screen asks of the store. */
async function measureOpening(project: string, report: Report): Promise<void> {
  const times = await timed(
    () => {
      const opened = openProject(project);
      opened.info();
      opened.classes.list();
      const { items } = opened.images.list({ limit: PAGE });
      opened.annotations.get(items[0]!.id);
      opened.close();
    },
    { warmUps: 1, runs: 5 },
  );
  report.value('store.open100k', median(times));
}

/** The slowest of what people filter, search and sort by. */
async function measureFilters(opened: ProjectStore, report: Report): Promise<void> {
  const { images, boxes } = opened.info();
  report.progress(`${images.toLocaleString('en')} images, ${boxes.toLocaleString('en')} boxes`);
  const classes = opened.classes.list();
  const byUse = classes.filter(({ kind }) => kind === 'object').sort((a, b) => b.uses - a.uses);
  const imageClass = classes.find(({ kind }) => kind === 'image')!;
  const filters: Record<string, ImageFilter> = {
    none: {},
    'state labelled': { state: 'labelled' },
    'verified empty': { state: 'empty' },
    'split val': { split: 'val' },
    'labelled and train': { state: 'labelled', split: 'train', verified: false },
    'frequent class': { classId: byUse[0]!.id },
    'rare class': { classId: byUse.at(-1)!.id },
    'image class': { classId: imageClass.id },
    'text of all': { text: 'frame' },
    'text of few': { text: '99_9' },
    'text of none': { text: 'nowhere' },
    'text and class': { text: 'series 4', classId: byUse[0]!.id },
    'size, from 30 on': { minBoxSide: 30 },
    'size 30 to 60': { minBoxSide: 30, maxBoxSide: 60 },
    'size 60 to 61': { minBoxSide: 60, maxBoxSide: 61 },
    'attribute occluded': { attribute: { name: 'occluded', value: true } },
    'any of an attribute': { attribute: { name: 'quality' } },
    'attribute of none': { attribute: { name: 'quality', value: 9 } },
  };
  const queries: Record<string, ImageListQuery> = {
    ...Object.fromEntries(Object.entries(filters).map(([name, filter]) => [name, { filter }])),
    'sorted by path': { sort: 'path' },
    'sorted by boxes, downwards': { sort: 'boxes', descending: true },
    'far down': { sort: 'path', offset: 90_000 },
    'far down a frequent class': { filter: filters['frequent class']!, sort: 'boxes', offset: 40_000 },
  };
  // One after another, more than the store keeps the lists of: each time is one of a list that is asked for anew.
  const names = Object.keys(queries);
  const times = new Map(names.map((name) => [name, [] as number[]]));
  for (let run = 0; run <= 7; run++) {
    for (const [name, query] of Object.entries(queries)) {
      const [taken] = await timed(() => opened.images.list({ limit: PAGE, ...query }), {
        warmUps: 0,
        runs: 1,
      });
      if (run > 0) times.get(name)!.push(taken!);
    }
  }
  const medians = names.map((name): [string, number] => [name, median(times.get(name)!)]);
  medians.sort(([, a], [, b]) => b - a);
  const slowest = medians.slice(0, 4).map(([name, time]) => `${name} ${time.toFixed(1)} ms`);
  report.progress(`slowest: ${slowest.join(', ')}`);
  report.value('store.filter100k', medians[0]![1]);
}

/**
 * What an edit takes beyond the disk's own flush, 99th percentile: edits all over the project, each beside a page that
 * is appended to a file and flushed, as SQLite does at least once.
 */
function measureCommits(opened: ProjectStore, folder: string, report: Report): void {
  const random = createRandom(12);
  const ids = opened.images.ids();
  const classIds = opened.classes
    .list()
    .filter(({ kind }) => kind === 'object')
    .map(({ id }) => id);
  const log = openSync(path.join(folder, 'flushes'), 'w');
  const page = Buffer.alloc(4096, 1);
  const commits: number[] = [];
  const flushes: number[] = [];
  for (let i = 0; i < COMMITS; i++) {
    const { image, boxes } = opened.annotations.get(ids[random.integer(ids.length)]!);
    const { x, y, width, height } = randomBox(random);
    const classId = classIds[random.integer(classIds.length)]!;
    const box = boxes[random.integer(Math.max(1, boxes.length))];
    const operation: AnnotationOperation =
      box === undefined || i % 3 === 0
        ? {
            type: 'add-box',
            box: { x, y, width, height, classId, source: 'person', score: null, attributes: {} },
          }
        : i % 3 === 1
          ? { type: 'update-box', boxId: box.id, changes: { geometry: { x, y, width, height } } }
          : { type: 'delete-box', boxId: box.id };
    const started = performance.now();
    opened.annotations.edit(image.id, image.revision, [operation]);
    const edited = performance.now();
    writeSync(log, page);
    fdatasyncSync(log);
    commits.push(edited - started);
    flushes.push(performance.now() - edited);
  }
  closeSync(log);
  const shares = [0.5, 0.95, 0.99];
  const line = (times: number[]): string => shares.map((p) => quantile(times, p).toFixed(2)).join(' / ');
  report.progress(
    `p50 / p95 / p99: an edit ${line(commits)} ms, a flush of the disk alone ${line(flushes)} ms`,
  );
  report.value('store.commit', Math.max(0, quantile(commits, 0.99) - quantile(flushes, 0.99)));
}

/** Boxes that a class should have to be deleted or merged here. */
const CLASS_BOXES = 100_000;

/** Time for the store to bring its log into the file, as anybody takes it who looks at what has been done. */
const BREATH_MS = 2000;

/**
 * The slowest of: deleting the class that has the boxes nearest to 100,000 with its boxes, undoing and redoing that,
 * merging it into another, undoing and redoing that.
 */
async function measureClassOperations(opened: ProjectStore, report: Report): Promise<void> {
  const classes = opened.classes.list().filter(({ kind }) => kind === 'object');
  const distance = ({ uses }: (typeof classes)[number]): number => Math.abs(uses - CLASS_BOXES);
  const [chosen, other] = classes.sort((a, b) => distance(a) - distance(b));
  const what = `a class with ${chosen!.uses.toLocaleString('en')} boxes`;
  const slowest = await slowestStep(opened, report, what, [
    ['delete', () => opened.classes.delete(chosen!.id, { reassignTo: null })],
    ['merge', () => opened.classes.delete(chosen!.id, { reassignTo: other!.id })],
  ]);
  report.value('store.classOperation', slowest);
}

/** The slowest of: giving all images a split, drawing splits for them, removing those without labels; undone and redone. */
async function measureImageOperations(opened: ProjectStore, report: Report): Promise<void> {
  const ids = opened.images.ids();
  const bare = opened.images.ids({ filter: { state: 'unseen' } });
  const shares = { train: 0.7, val: 0.2, test: 0.1, seed: 1, reassign: true };
  const what = `${ids.length.toLocaleString('en')} images, ${bare.length.toLocaleString('en')} of them unseen`;
  const slowest = await slowestStep(opened, report, what, [
    ['one split', () => opened.splits.set(ids, 'train')],
    ['draw splits', () => opened.splits.assign(shares)],
    ['remove the unseen', () => opened.images.remove(bare)],
  ]);
  report.value('store.imageOperation', slowest);
}

/**
 * The slowest of some steps, each undone, redone and undone again, in milliseconds. Each is one call that nothing else
 * runs beside, so this is also for how long the window gets no answer.
 */
async function slowestStep(
  opened: ProjectStore,
  report: Report,
  what: string,
  steps: readonly (readonly [name: string, act: () => unknown])[],
): Promise<number> {
  const undo = ['undo', () => opened.journal.undoProject()] as const;
  const redo = ['redo', () => opened.journal.redoProject()] as const;
  const times: [name: string, wall: number, cpu: number][] = [];
  for (const [name, act] of steps.flatMap((step) => [step, undo, redo, undo])) {
    const used = process.cpuUsage();
    const started = performance.now();
    act();
    const wall = performance.now() - started;
    const { user, system } = process.cpuUsage(used);
    times.push([name, wall, (user + system) / 1000]);
    await setTimeout(BREATH_MS);
  }
  const line = times.map(([name, wall, cpu]) => `${name} ${wall.toFixed(0)} (${cpu.toFixed(0)})`).join(', ');
  report.progress(`${what}, ms (of them computing): ${line}`);
  return Math.max(...times.map(([, wall]) => wall));
}
