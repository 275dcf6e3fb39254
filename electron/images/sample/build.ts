import { join } from 'node:path';
import type { DatasetClass, DatasetHead, DatasetImage } from '../../common/dataset.ts';
import type { ClassKind } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import { makeFolder } from '../../files/index.ts';
import { WorkerPool, mapInOrder } from '../../tasks/pool.ts';
import { moduleBeside } from '../../tasks/thread.ts';
import { SCENE_SPLITS } from './digits.ts';
import { SCENE_SIZE } from './scene.ts';
import type { SceneFile, SceneTasks, ScenesTask } from './scene-files.ts';

export interface DigitScenesOptions {
  /** Numbers of scenes. */
  readonly train: number;
  readonly val: number;
  readonly test: number;
  /** A safe integer: the same seed gives the same scenes. */
  readonly seed: number;
  /** Absolute; made where it is missing. Files go to its sub-folders train, val and test. */
  readonly folder: string;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

export interface DigitScenes {
  /** Each image with its boxes, its class (the digit with the largest box) and its split. */
  readonly dataset: DatasetHead & { readonly images: readonly DatasetImage[] };
  /** As given. */
  readonly folder: string;
  /** Absolute, in the order of the dataset's images. */
  readonly files: readonly string[];
}

const THREADS = 2;
const BATCH = 25;
const NAMES = Array.from({ length: 10 }, (_, digit) => String(digit));

function classesOf(kind: ClassKind): DatasetClass[] {
  return NAMES.map((name) => ({ kind, name, sourceId: Number(name), unknown: {} }));
}

function* tasksOf(options: DigitScenesOptions): Generator<ScenesTask, void, void> {
  const { folder, seed } = options;
  for (const split of SCENE_SPLITS) {
    for (let first = 0; first < options[split]; first += BATCH)
      yield { folder, split, seed, first, count: Math.min(BATCH, options[split] - first) };
  }
}

function toImage(scene: SceneFile, folder: string): DatasetImage {
  const split = SCENE_SPLITS.find((name) => scene.path.startsWith(`${name}/`)) ?? null;
  return {
    path: scene.path,
    file: join(folder, scene.path),
    width: SCENE_SIZE,
    height: SCENE_SIZE,
    split,
    boxes: scene.digits.map(({ digit, x, y, width, height }) => ({
      x,
      y,
      width,
      height,
      className: String(digit),
      score: null,
      attributes: {},
      unknown: {},
    })),
    imageClasses: [String(scene.largest)],
    reviewed: true,
    unknown: {},
  };
}

/**
 * Writes digit scenes: one to five handwritten digits on a 128×128 canvas with exact boxes; the class of the image is
 * its largest digit. Handwriting of validation and test scenes never occurs in training scenes.
 * @throws TwinheadError `cancelled`, leaving the files made so far; `invalid-input`
 */
export async function buildDigitScenes(options: DigitScenesOptions): Promise<DigitScenes> {
  const { folder, onProgress, signal, seed } = options;
  if (!Number.isSafeInteger(seed))
    throw new TwinheadError('invalid-input', say('images.sample.seed'), { place: 'seed' });
  for (const split of SCENE_SPLITS) {
    if (!Number.isInteger(options[split]) || options[split] < 0 || options[split] > 50_000)
      throw new TwinheadError('invalid-input', say('images.sample.count'), { place: split });
    if (options[split] > 0) makeFolder(join(folder, split));
  }
  const total = options.train + options.val + options.test;
  const images: DatasetImage[] = [];
  onProgress?.(0, total);
  const worker = moduleBeside(import.meta.url, 'worker');
  const pool = new WorkerPool<SceneTasks>(worker, THREADS);
  const scenes = mapInOrder(pool, THREADS, 'scenes', tasksOf(options), signal);
  for await (const batch of scenes) {
    images.push(...batch.map((scene) => toImage(scene, folder)));
    onProgress?.(images.length, total);
  }
  return {
    dataset: {
      format: 'digit-scenes',
      classes: [...classesOf('image'), ...classesOf('object')],
      images,
      unknown: {},
    },
    folder,
    files: images.map((image) => image.file!),
  };
}
