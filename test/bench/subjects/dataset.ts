import {
  closeSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { nearDuplicates, THUMBNAIL_SIDE } from '../../../electron/common/near-duplicates.ts';
import { createRandom } from '../../../electron/common/random.ts';
import { FORMATS } from '../../../electron/exchange/index.ts';
import { openProject } from '../../../electron/store/index.ts';
import { TestApp } from '../../support/app.ts';
import { writePictures } from '../fixtures/pictures.ts';
import { copyProject, largeProject, randomBox } from '../fixtures/projects.ts';
import type { Report, Subject } from '../types.ts';

/** As many as COCO's train2017 has. */
const IMAGES = 118_000;
const BOXES = 860_000;
const YOLO_FILES = 100_000;
const ALIKE = 100_000;
const CLASSES = 80;
/** Pictures on the disk; a file may have 65,000 hard links. */
const FILES = 250;
const MINUTE = 60_000;

const written = FORMATS.filter(({ write }) => write !== undefined).map(({ id }) => id);

/** Data sets of the size of COCO's into a project and out of it, and what is asked of a project of a million boxes. */
export const dataset: Subject = {
  figures: [
    { name: 'dataset.importCoco', unit: 'ms', budget: MINUTE },
    { name: 'dataset.importCocoMemory', unit: 'MiB', budget: 1536 },
    { name: 'dataset.importYolo', unit: 'ms', budget: MINUTE },
    ...written.map((id) => ({ name: `dataset.export.${id}`, unit: 'ms' as const, budget: MINUTE })),
    { name: 'dataset.health', unit: 'ms', budget: 5000 },
    { name: 'dataset.diff', unit: 'ms', budget: 5000 },
    { name: 'dataset.nearDuplicates', unit: 'ms', budget: 10_000 },
  ],
  async measure(names, report) {
    const asked = (prefix: string): boolean => [...names].some((name) => name.startsWith(prefix));
    const folder = mkdtempSync(path.join(os.tmpdir(), 'twinhead-bench-'));
    try {
      // First: the memory of the process is that of its largest moment.
      if (asked('dataset.importCoco')) await measureCoco(folder, report);
      if (asked('dataset.importYolo')) await measureYolo(folder, report);
      if (asked('dataset.health') || asked('dataset.diff')) await measureLooks(folder, report);
      const formats = written.filter((id) => names.has(`dataset.export.${id}`));
      if (formats.length > 0) await measureExports(folder, formats, report);
      if (asked('dataset.nearDuplicates')) measureAlike(report);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** Hard links to a few pictures, a thousand in each folder. */
async function pictures(folder: string, count: number): Promise<string[]> {
  const originals = await writePictures(path.join(folder, 'originals'), {
    count: FILES,
    width: 64,
    height: 48,
  });
  return Array.from({ length: count }, (_, index) => {
    const at = path.join(folder, 'images', String(Math.floor(index / 1000)).padStart(3, '0'));
    if (index % 1000 === 0) mkdirSync(at, { recursive: true });
    const name = `${path.basename(at)}/${String(index).padStart(12, '0')}.jpg`;
    linkSync(originals[index % FILES]!, path.join(folder, 'images', name));
    return name;
  });
}

async function timedImport(source: string): Promise<number> {
  const app = new TestApp();
  try {
    await app.call('project.create', { path: app.project });
    const started = performance.now();
    const { jobId } = await app.call('dataset.import', { paths: [source] });
    const { state, error, result } = await app.ended(jobId);
    if (state !== 'done') throw new Error(`the import is ${state}: ${JSON.stringify(error)}`);
    if (result === undefined) throw new Error('the import says nothing');
    return performance.now() - started;
  } finally {
    await app.remove();
  }
}

async function measureCoco(folder: string, report: Report): Promise<void> {
  const root = path.join(folder, 'coco');
  mkdirSync(root);
  const names = await pictures(root, IMAGES);
  const random = createRandom(9);
  const file = openSync(path.join(root, 'instances_train2017.json'), 'w');
  const list = (key: string, count: number, one: (index: number) => object): void => {
    writeSync(file, `"${key}":[`);
    for (let first = 0; first < count; first += 1000) {
      const part = Array.from({ length: Math.min(1000, count - first) }, (_, at) =>
        JSON.stringify(one(first + at)),
      );
      writeSync(file, (first === 0 ? '' : ',') + part.join(','));
    }
    writeSync(file, ']');
  };
  writeSync(file, '{');
  list('images', IMAGES, (id) => ({ id, file_name: names[id], width: 64, height: 48 }));
  writeSync(file, ',');
  list('annotations', BOXES, (id) => {
    const [x, y] = [random.next() * 40, random.next() * 30];
    // An outline as most of COCO's have: they are half of such a file.
    const segmentation = [Array.from({ length: 24 }, () => Math.round(random.next() * 4800) / 100)];
    return {
      ...{ id, image_id: random.integer(IMAGES), category_id: 1 + random.integer(CLASSES) },
      ...{
        bbox: [x, y, 4 + random.next() * 18, 4 + random.next() * 12],
        iscrowd: 0,
        area: 80.5,
        segmentation,
      },
    };
  });
  writeSync(file, ',');
  list('categories', CLASSES, (id) => ({ id: id + 1, name: `class ${id + 1}`, supercategory: 'thing' }));
  writeSync(file, '}');
  closeSync(file);
  const before = process.memoryUsage.rss();
  report.progress(`${IMAGES} images, ${BOXES} boxes; ${Math.round(before / 2 ** 20)} MiB before the import`);
  report.value('dataset.importCoco', await timedImport(root));
  report.value('dataset.importCocoMemory', process.resourceUsage().maxRSS / 1024);
  rmSync(root, { recursive: true });
}

async function measureYolo(folder: string, report: Report): Promise<void> {
  const root = path.join(folder, 'yolo');
  mkdirSync(root);
  const names = await pictures(root, YOLO_FILES);
  const random = createRandom(10);
  for (const [index, name] of names.entries()) {
    const file = path.join(root, 'labels', name.replace(/jpg$/, 'txt'));
    if (index % 1000 === 0) mkdirSync(path.dirname(file), { recursive: true });
    const row = (): string =>
      `${random.integer(CLASSES)} 0.5 0.5 ${0.1 + random.next() / 2} ${0.1 + random.next() / 2}`;
    writeFileSync(file, `${Array.from({ length: 5 }, row).join('\n')}\n`);
  }
  const classes = Array.from({ length: CLASSES }, (_, id) => `  ${id}: class ${id + 1}\n`);
  writeFileSync(path.join(root, 'data.yaml'), `train: images\nnames:\n${classes.join('')}`);
  report.value('dataset.importYolo', await timedImport(root));
  rmSync(root, { recursive: true });
}

/** What the page of a project of a million boxes asks, and what has become of all of them since a snapshot. */
async function measureLooks(folder: string, report: Report): Promise<void> {
  const fixture = await largeProject((text) => report.progress(text));
  const store = openProject(copyProject(fixture, folder));
  try {
    let started = performance.now();
    await store.review();
    report.value('dataset.health', performance.now() - started);
    const { id } = store.snapshots.add('before');
    const random = createRandom(11);
    const images = store.images.ids().map((imageId) => ({
      imageId,
      boxes: Array.from({ length: 10 }, () => randomBox(random)),
      ...{ imageClassNames: null, split: null, verifiedEmpty: false },
    }));
    await store.importAnnotations({ title: 'others', images });
    started = performance.now();
    const diff = await store.diff(store.snapshots.entryOf(id), store.snapshots.entryOf(null));
    report.value('dataset.diff', performance.now() - started);
    report.progress(`${diff.images.boxes.count} images differ`);
  } finally {
    store.close();
  }
  rmSync(path.join(folder, 'large.twinhead'), { recursive: true });
}

async function measureExports(folder: string, formats: readonly string[], report: Report): Promise<void> {
  const fixture = await largeProject((text) => report.progress(text));
  const app = new TestApp();
  try {
    await app.call('project.open', { path: copyProject(fixture, folder) });
    for (const format of formats) {
      const out = path.join(folder, format);
      const started = performance.now();
      // Links: how fast a disk copies is no matter of a format.
      const { jobId } = await app.call('dataset.export', { format, out, images: 'link' });
      const { state, error } = await app.ended(jobId);
      if (state !== 'done') throw new Error(`the export is ${state}: ${JSON.stringify(error)}`);
      report.value(`dataset.export.${format}`, performance.now() - started);
      rmSync(out, { recursive: true });
    }
  } finally {
    await app.remove();
  }
}

/** Pictures that were looked at already: half are like no other, half are in tens of the same one. */
function measureAlike(report: Report): void {
  const random = createRandom(12);
  const size = THUMBNAIL_SIDE ** 2;
  const grey = (): Uint8Array => Uint8Array.from({ length: size }, () => random.integer(256));
  let scene = grey();
  const seen = Array.from({ length: ALIKE }, (_, imageId) => {
    if (imageId % 20 === 1) scene = grey();
    return { imageId, thumbnail: imageId % 2 === 0 ? grey() : scene };
  });
  const started = performance.now();
  const pairs = nearDuplicates(seen);
  report.value('dataset.nearDuplicates', performance.now() - started);
  report.progress(`${pairs.length} pairs`);
}
