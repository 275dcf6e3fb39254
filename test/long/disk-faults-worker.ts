/** Works in projects on a disk that is full or fails now and then: a seed a line in, what broke a line out. */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createApp } from '../../electron/app.ts';
import type { AnnotationOperation } from '../../electron/common/entities.ts';
import type { InputOf, OutputOf, RequestName } from '../../electron/common/contract.ts';
import type { ErrorReport } from '../../electron/common/errors.ts';
import { createRandom } from '../../electron/common/random.ts';
import type { Random } from '../../electron/common/random.ts';
import { createDispatch } from '../../electron/dispatch.ts';
import { openProject } from '../../electron/store/index.ts';
import { bitmap } from '../images/support.ts';
import { testPorts } from '../support/ports.ts';
import { pick } from './harness.ts';

const [folder = '', control = ''] = process.argv.slice(2);
const PICTURES = path.join(folder, 'pictures');
const TEMPLATE = path.join(folder, 'template');
const IMAGES = 4;
/** One try in so many trains: TensorFlow takes its time. */
const TRAINING_EVERY = 40;

const descriptor = openSync(control, 'r+');

/** Makes calls of the system fail from the `after`-th one on; 0: none. */
function disk(error: number, after = 0): void {
  writeSync(descriptor, new Uint8Array(new Int32Array([error, after]).buffer), 0, 8, 0);
}

/** What is known of an image: its labels as last acknowledged, and whether a later edit was refused. */
interface Known {
  state: string;
  revision: number;
  doubtful: boolean;
}

class Work {
  readonly broken: string[] = [];
  readonly project: string;
  readonly #at: string;
  readonly #random: Random;
  readonly #dispatch;
  readonly #app;
  readonly #images = new Map<number, Known>();
  #preferences: { value: number; doubtful: boolean } = { value: 0, doubtful: false };
  #scope: string | null = null;
  #class = 0;
  #made = 0;

  constructor(at: string, random: Random) {
    this.#at = at;
    this.#random = random;
    this.project = path.join(at, 'p.twinhead');
    const ports = testPorts({ userFolder: path.join(at, 'user') });
    this.#app = createApp(ports);
    this.#dispatch = createDispatch(this.#app, { logger: ports.logger, checkOutputs: true });
  }

  /** Puts pictures on the disk, and a project that has them. */
  async make(): Promise<void> {
    mkdirSync(PICTURES);
    for (let n = 0; n < IMAGES; n++) {
      const file = bitmap(40, 30);
      file.writeUInt16LE(n, 54);
      writeFileSync(path.join(PICTURES, `${n}.bmp`), file);
    }
    await this.#open();
    await this.#job('images.add', { folders: [PICTURES] });
    await this.#call('classes.create', { kind: 'object', name: 'cell' });
    await this.#app.close();
  }

  async begin(): Promise<void> {
    cpSync(path.join(TEMPLATE, 'p.twinhead'), this.project, { recursive: true });
    await this.#open();
    const { classes } = (await this.#call('classes.list', {})) as OutputOf<'classes.list'>;
    this.#class = classes[0]!.id;
    for (let image = 1; image <= IMAGES; image++)
      this.#images.set(image, { state: this.#stateOf([], null), revision: 0, doubtful: false });
    for (const image of this.#images.keys()) await this.#edit(image);
  }

  async step(training: boolean): Promise<void> {
    const image = 1 + this.#random.integer(IMAGES);
    const chance = this.#random.next();
    if (training) {
      const settings = ['epochs=1', 'inputSize=64', 'batch=2', 'network=nano', 'neckChannels=16'];
      await this.#job('runs.start', { settings });
    } else if (chance < 0.55) await this.#edit(image);
    else if (chance < 0.65) await this.#prefer();
    else if (chance < 0.75) await this.#export();
    else if (chance < 0.8) await this.#job('images.add', { folders: [PICTURES] });
    else if (chance < 0.95) {
      await this.#call('project.close', {});
      await this.#open();
    } else await this.#call('splits.assign', { train: 0.5, val: 0.25, test: 0.25 });
  }

  /** What is on the disk, looked at once it works again. */
  async end(): Promise<void> {
    await this.#app.close();
    const store = openProject(this.project);
    try {
      const { ok, problems } = store.fullCheck();
      if (!ok) this.broken.push(JSON.stringify(problems[0]));
      for (const [id, { state, doubtful }] of this.#images) {
        const { boxes, note } = store.annotations.get(id);
        const found = this.#stateOf(boxes, note);
        if (found !== state && !doubtful)
          this.broken.push(`image ${id}: acknowledged ${state}, found ${found}`);
      }
    } finally {
      store.close();
    }
    const app = createApp(testPorts({ userFolder: path.join(this.#at, 'user') }));
    const answer = await createDispatch(app, testPorts()).call(null, 'system.preferences', {});
    await app.close();
    const { value, doubtful } = this.#preferences;
    const found = answer.ok ? (answer.value as OutputOf<'system.preferences'>).preferences['value'] : null;
    if (value > 0 && !doubtful && found !== value) this.broken.push('acknowledged preferences are lost');
  }

  #stateOf(boxes: readonly { x: number; y: number }[], note: string | null): string {
    return JSON.stringify([boxes.map(({ x, y }) => [x, y]), note ?? '']);
  }

  async #open(): Promise<void> {
    const opened = await this.#call('project.open', { path: this.project, create: true });
    if (opened !== null) this.#scope = (opened as OutputOf<'project.open'>).id;
  }

  async #edit(id: number): Promise<void> {
    const known = this.#images.get(id)!;
    const operations: AnnotationOperation[] = [
      {
        type: 'add-box',
        box: {
          classId: this.#class,
          x: this.#random.integer(30),
          y: this.#random.integer(20),
          width: 5.25,
          height: 4.5,
          source: 'person',
          score: null,
          attributes: { remark: 'x'.repeat(this.#random.integer(3000)) },
        },
      },
      { type: 'set-note', note: `note ${++this.#made}` },
    ];
    // Where an answer was refused, what is stored decides.
    const seen = known.doubtful ? await this.#call('annotations.get', { imageId: id }) : null;
    if (known.doubtful && seen === null) return;
    const expectedRevision =
      seen === null ? known.revision : (seen as OutputOf<'annotations.get'>).image.revision;
    const edit = { imageId: id, expectedRevision, editId: randomUUID(), operations };
    const answer = await this.#call('annotations.edit', edit);
    if (answer === null) {
      known.doubtful = true;
      return;
    }
    const { boxes, note, image } = (answer as OutputOf<'annotations.edit'>).annotations;
    known.state = this.#stateOf(boxes, note);
    known.revision = image.revision;
    known.doubtful = false;
  }

  async #prefer(): Promise<void> {
    const value = ++this.#made;
    const answer = await this.#call('system.setPreferences', { preferences: { value } });
    this.#preferences =
      answer === null ? { ...this.#preferences, doubtful: true } : { value, doubtful: false };
  }

  async #export(): Promise<void> {
    const out = path.join(this.#at, `out-${++this.#made}`);
    const done = await this.#job('dataset.export', {
      format: 'coco',
      out,
      images: pick(this.#random, ['copy', 'none'] as const),
      unseen: true,
    });
    if (done && !existsSync(out)) this.broken.push('an export that is not there was said to be done');
  }

  async #job(
    name: 'images.add' | 'dataset.export' | 'runs.start',
    input: InputOf<'images.add'> | Partial<InputOf<'dataset.export'>> | Partial<InputOf<'runs.start'>>,
  ): Promise<boolean> {
    const started = (await this.#call(name, input)) as { jobId: string } | null;
    if (started === null) return false;
    for (;;) {
      const job = (await this.#call('jobs.get', { jobId: started.jobId })) as OutputOf<'jobs.get'> | null;
      if (job === null) return false;
      if (job.error !== undefined) this.#look(name, job.error);
      if (job.state !== 'running') return job.state === 'done';
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** @returns null where it was refused */
  async #call(name: RequestName, input: object): Promise<unknown> {
    const answer = await this.#dispatch.call(this.#scope, name, input);
    if (answer.ok) return answer.value;
    this.#look(name, answer.error);
    return null;
  }

  #look(name: string, { code, message }: ErrorReport): void {
    if (code === 'internal') this.broken.push(`${name}: ${message}`);
  }
}

async function attempt(seed: number): Promise<string[]> {
  const random = createRandom(seed);
  const at = path.join(folder, String(seed));
  mkdirSync(at);
  const work = new Work(at, random);
  const training = random.integer(TRAINING_EVERY) === 0;
  try {
    await work.begin();
    for (let rounds = 1 + random.integer(2); rounds > 0; rounds--) {
      disk(pick(random, [os.constants.errno.ENOSPC, os.constants.errno.EIO]), random.integer(80));
      for (let steps = 2 + random.integer(6); steps > 0; steps--) await work.step(training && steps === 1);
      disk(0);
      for (let steps = random.integer(3); steps > 0; steps--) await work.step(false);
    }
    await work.end();
  } catch (error) {
    work.broken.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    disk(0);
    rmSync(at, { recursive: true, force: true });
  }
  return work.broken;
}

mkdirSync(TEMPLATE);
await new Work(TEMPLATE, createRandom(1)).make();
for await (const line of createInterface({ input: process.stdin }))
  process.stdout.write(`${JSON.stringify(await attempt(Number(line)))}\n`);
closeSync(descriptor);
