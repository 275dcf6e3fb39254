import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { chromium } from '@playwright/test';
import type { CDPSession, Page } from '@playwright/test';
import Database from 'better-sqlite3';
import type { Random } from '../../electron/common/random.ts';
import { command, environmentOf, node } from '../e2e/support/command.ts';
import { Server } from '../e2e/support/server.ts';
import { watch } from '../e2e/support/test.ts';
import { chromiumOptions } from '../support/chromium.ts';
import { pick } from './harness.ts';
import type { Harness } from './harness.ts';
import type { TensorCount } from './tensor-count.ts';

/** Steps of a person from one sample to the next. */
const STEPS = 40;
/** Samples from one piece of work to the next: a training, an evaluation, suggestions. */
const WORK_EVERY = 6;
const TRAINING = ['epochs=1', 'inputSize=64', 'batch=8', 'neckChannels=16', 'network=nano'];
/** What may be kept for each edit, and for each row that it or its undo changes: its JSON, and indexes. */
const BYTES_AN_EDIT = 1024;
const BYTES_AN_OPERATION = 512;
const MIB = 2 ** 20;

interface Sample {
  readonly rss: number;
  readonly handles: number;
  readonly threads: number;
  /** Alive, or left by work that has ended. */
  readonly tensors: number;
  readonly tensorsMade: number;
  readonly pageHeap: number;
  readonly nodes: number;
  readonly listeners: number;
  readonly database: number;
  readonly logs: number;
  readonly edits: number;
  /** Rows that those edits and their undo change. */
  readonly operations: number;
  readonly boxes: number;
}

/** What may grow from the middle of a soak to its end, when all that is used has been used. */
const SLACK: Readonly<Partial<Record<keyof Sample, number>>> = {
  rss: 150 * MIB,
  handles: 16,
  threads: 4,
  tensors: 32,
  pageHeap: 24 * MIB,
  nodes: 4000,
  listeners: 400,
  logs: MIB,
};

function bytesBelow(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(path.join(entry.parentPath, entry.name)).size, 0);
}

const sizeOf = (file: string): number => (existsSync(file) ? statSync(file).size : 0);

/** Resident memory in bytes, open files, threads. */
function processFigures(pid: number): Pick<Sample, 'rss' | 'handles' | 'threads'> {
  const kib = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  const count = (what: string): number => readdirSync(`/proc/${pid}/${what}`).length;
  return { rss: Number(kib) * 1024, handles: count('fd'), threads: count('task') };
}

/** How many rows each step changed, and how many its undo would. */
const OPERATIONS = [
  'json_array_length(operations)',
  ...['put', 'remove', 'suggest', 'unsuggest'].map((what) => `json_array_length(inverse, '$.${what}')`),
]
  .map((length) => `coalesce(sum(${length}), 0)`)
  .join(' + ');

/** Size of the database in bytes, and what is in it. */
function projectFigures(project: string): Pick<Sample, 'database' | 'edits' | 'operations' | 'boxes'> {
  const file = path.join(project, 'project.db');
  using held = new DisposableStack();
  const db = held.adopt(new Database(file, { readonly: true }), (open) => open.close());
  const counts = db
    .prepare(
      `SELECT count(*) AS edits, ${OPERATIONS} AS operations, (SELECT count(*) FROM boxes) AS boxes FROM journal`,
    )
    .get() as Pick<Sample, 'edits' | 'operations' | 'boxes'>;
  return { database: sizeOf(file) + sizeOf(`${file}-wal`), ...counts };
}

async function pageFigures(session: CDPSession): Promise<{ heap: number; nodes: number; listeners: number }> {
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? 0;
  return { heap: of('JSHeapUsedSize'), nodes: of('Nodes'), listeners: of('JSEventListeners') };
}

const KEYS = [
  ...['d', 'd', 'd', 'a', 'u', 'PageDown', 'PageUp', 'b', 'Tab', 'Shift+Tab', 'ArrowLeft', 'Shift+ArrowDown'],
  ...['Control+ArrowRight', '1', '2', '3', 'Space', 'Control+z', 'Control+Shift+z', 'h', 'h', 'Control+d'],
  ...['Delete', 'Control+a', 'Escape', 'Control+Shift+v', '+', '-', '0', 'l', 'l', 'Shift+z'],
] as const;

/** Keys that add as many boxes as are selected: without a bound, some image would have thousands. */
const COPYING: ReadonlySet<string> = new Set(['Control+d', 'Control+Shift+v']);
const MOST_BOXES = 60;

/** A person at the page: keys, boxes drawn by hand, pages looked at, looks and languages changed. */
class Person {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async step(random: Random): Promise<void> {
    const chance = random.next();
    if (chance < 0.62) await this.#key(random);
    else if (chance < 0.82) await this.#drag(random);
    else if (chance < 0.88) await this.#visit(random);
    else if (chance < 0.93) await this.#palette(random);
    else if (chance < 0.97) await this.#search(random);
    else await this.#look(random);
  }

  async #canvas(): Promise<void> {
    const canvas = this.#page.locator('[data-canvas]');
    if (!(await canvas.isVisible())) await this.goTo('#/label');
    await canvas.focus();
  }

  async goTo(address: string): Promise<void> {
    await this.#page.evaluate(`location.hash = ${JSON.stringify(address)}`);
    await this.#page.locator('main').first().waitFor();
  }

  async #key(random: Random): Promise<void> {
    await this.#canvas();
    const key = pick(random, KEYS);
    if (COPYING.has(key) && (await this.#boxes()) > MOST_BOXES) {
      await this.#page.keyboard.press('Control+a');
      await this.#page.keyboard.press('Delete');
    }
    await this.#page.keyboard.press(key);
  }

  /** Number of boxes on the image. */
  async #boxes(): Promise<number> {
    const title = await this.#page.getByRole('heading', { name: /^Boxes/ }).textContent();
    return Number(title?.replace(/\D/g, '') ?? 0);
  }

  async #drag(random: Random): Promise<void> {
    await this.#canvas();
    await this.#page.keyboard.press('w');
    const view = await this.#page.locator('[data-canvas]').boundingBox();
    if (!view) return;
    const at = (): [number, number] => [
      view.x + view.width * (0.3 + 0.4 * random.next()),
      view.y + view.height * (0.3 + 0.4 * random.next()),
    ];
    await this.#page.mouse.move(...at());
    await this.#page.mouse.down();
    await this.#page.mouse.move(...at(), { steps: 4 });
    await this.#page.mouse.up();
    await this.#page.keyboard.press('Escape');
  }

  async #visit(random: Random): Promise<void> {
    await this.goTo(pick(random, ['#/dataset', '#/train', '#/evaluate', '#/models', '#/label']));
  }

  async #palette(random: Random): Promise<void> {
    await this.#page.keyboard.press('Control+k');
    await this.#page.getByRole('dialog').waitFor();
    await this.#page.keyboard.type(pick(random, ['zoom', 'train', 'next', 'zzz', '数据']));
    await this.#page.keyboard.press('Escape');
  }

  async #search(random: Random): Promise<void> {
    await this.#canvas();
    await this.#page.keyboard.press('/');
    await this.#page.keyboard.type(pick(random, ['test', '00', 'nothing']));
    await this.#page.keyboard.press('Control+a');
    await this.#page.keyboard.press('Delete');
    await this.#page.keyboard.press('Escape');
  }

  async #look(random: Random): Promise<void> {
    const colorScheme = pick(random, ['dark', 'light'] as const);
    await this.#page.emulateMedia({ colorScheme });
    await this.#page.setViewportSize(
      pick(random, [
        { width: 1280, height: 800 },
        { width: 911, height: 700 },
        { width: 1920, height: 1080 },
      ]),
    );
  }
}

/** Trains, evaluates and suggests; the first run stays, so that its evaluation is looked at and follows the labels. */
async function work(server: Server): Promise<void> {
  const done = async (jobId: string): Promise<void> => {
    for (;;) {
      const { state } = await server.call('jobs.get', { jobId });
      if (state === 'done') return;
      if (state === 'failed' || state === 'cancelled') throw new Error(`a job ended as ${state}`);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  };
  const { runs } = await server.call('runs.list', {});
  const { runId, jobId } = await server.call('runs.start', { settings: TRAINING });
  await done(jobId);
  await done((await server.call('evaluation.start', { runId, split: 'val' })).jobId);
  await done((await server.call('predict.start', { runId, split: 'test' })).jobId);
  if (runs.length > 0) await server.call('runs.delete', { runId });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** What grew from the third quarter to the last by more than it may. */
function grown(samples: readonly Sample[]): string[] {
  const quarter = Math.floor(samples.length / 4);
  if (quarter === 0) return [];
  const [before, after] = [samples.slice(-2 * quarter, -quarter), samples.slice(-quarter)];
  const middle = (part: readonly Sample[], name: keyof Sample): number =>
    median(part.map((one) => one[name]));
  const more = (name: keyof Sample): number => middle(after, name) - middle(before, name);
  const kept = more('edits') * BYTES_AN_EDIT + (more('operations') + more('boxes')) * BYTES_AN_OPERATION;
  return Object.entries({ ...SLACK, database: 2 * MIB + kept }).flatMap(([name, most]) => {
    const growth = more(name as keyof Sample);
    return growth <= most ? [] : [`${name} grew by ${Math.round(growth)}, ${Math.round(most)} at most`];
  });
}

function figuresOf(samples: readonly Sample[]): string[] {
  const tell = (value: number, name: keyof Sample): string =>
    ['rss', 'pageHeap', 'database', 'logs'].includes(name)
      ? `${(value / MIB).toFixed(1)} MiB`
      : String(value);
  const at = [0, 0.25, 0.5, 0.75, 1].map((share) => samples[Math.round(share * (samples.length - 1))]);
  return Object.keys(samples[0] ?? {}).map(
    (name) =>
      `${name}: ${at.map((one) => (one === undefined ? '–' : tell(one[name as keyof Sample], name as keyof Sample))).join(' → ')}`,
  );
}

export const soak: Harness = {
  name: 'soak',
  goal: 100_000,
  about:
    'a scripted person labels, looks round and trains in Chromium; broken: an error on the page, or memory, handles or files that grow',
  seconds: 600,
  lacks: () =>
    existsSync(chromiumOptions().executablePath ?? chromium.executablePath()) ? null : 'Chromium is not here',
  async open(folder) {
    const project = path.join(folder, 'sample.twinhead');
    const user = path.join(folder, 'user');
    const sizes = ['--train', '60', '--val', '12', '--test', '12'];
    await promisify(execFile)(node, [command, 'sample', project, ...sizes, '--quiet'], {
      env: environmentOf(user),
    });
    await using held = new AsyncDisposableStack();
    const server = await Server.startWith(new URL('./tensor-count.ts', import.meta.url), project, user);
    held.defer(() => server.stop());
    const browser = await chromium.launch(chromiumOptions());
    held.defer(() => browser.close());
    const page = await browser.newPage({
      viewport: { width: 1280, height: 800 },
      locale: 'en-US',
      colorScheme: 'dark',
    });
    const trouble: string[] = [];
    watch(page, trouble);
    await page.goto(server.url);
    await page.locator('[data-canvas]').waitFor();
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');
    const person = new Person(page);
    const samples: Sample[] = [];
    const sample = async (): Promise<void> => {
      const { heap, nodes, listeners } = await pageFigures(session);
      const tensors = (await server.ask('tensors')) as TensorCount;
      samples.push({
        ...processFigures(server.pid),
        tensors: tensors.alive,
        tensorsMade: tensors.made,
        pageHeap: heap,
        nodes,
        listeners,
        ...projectFigures(project),
        logs: bytesBelow(user),
      });
    };
    const opened = held.move();
    return {
      attempt: async (random) => {
        const seen = trouble.length;
        for (let step = 0; step < STEPS; step++) await person.step(random);
        if (samples.length % WORK_EVERY === WORK_EVERY - 1) {
          // The run that is deleted in the end is not looked at meanwhile.
          await person.goTo('#/label');
          await work(server);
        }
        await sample();
        return trouble.length === seen ? null : trouble.slice(seen, seen + 3).join('; ');
      },
      close: async () => {
        await opened.disposeAsync();
        return { breaks: grown(samples), figures: figuresOf(samples) };
      },
    };
  },
};
