import { join } from 'node:path';
import { writeAtomically } from '../../files/index.ts';
import { sharp } from '../sharp.ts';
import { loadDigits, splitDigits } from './digits.ts';
import type { Digits, SceneSplit } from './digits.ts';
import { SCENE_SIZE, renderScene } from './scene.ts';
import type { SceneDigit } from './scene.ts';

/** Scenes first to first + count − 1 of a split. */
export interface ScenesTask {
  readonly folder: string;
  readonly split: SceneSplit;
  readonly seed: number;
  readonly first: number;
  readonly count: number;
}

export interface SceneFile {
  /** Relative to the folder, forward slashes. */
  readonly path: string;
  readonly digits: readonly SceneDigit[];
  readonly largest: number;
}

/** What the threads that draw scenes do: see worker.ts. */
export interface SceneTasks {
  readonly scenes: { readonly input: ScenesTask; readonly result: readonly SceneFile[] };
}

let parts: { seed: number; digits: Record<SceneSplit, Digits> } | null = null;

async function digitsOf(seed: number): Promise<Record<SceneSplit, Digits>> {
  if (parts?.seed !== seed) parts = { seed, digits: splitDigits(await loadDigits(), seed) };
  return parts.digits;
}

const SPLIT_NUMBER: Record<SceneSplit, number> = { train: 1, val: 2, test: 3 };

/** Far apart for neighbouring seeds, splits and scenes; below 2^53. */
function sceneSeed(seed: number, split: SceneSplit, index: number): number {
  return (((seed >>> 0) % 2 ** 27) * 4 + SPLIT_NUMBER[split]) * 2 ** 23 + index;
}

/** Runs in a worker: the same scenes whichever thread makes them. */
export async function writeScenes(task: ScenesTask): Promise<SceneFile[]> {
  const digits = (await digitsOf(task.seed))[task.split];
  const files: SceneFile[] = [];
  for (let index = task.first; index < task.first + task.count; index++) {
    const scene = renderScene(digits, sceneSeed(task.seed, task.split, index));
    const path = `${task.split}/scene-${String(index + 1).padStart(5, '0')}.jpg`;
    const raw = { width: SCENE_SIZE, height: SCENE_SIZE, channels: 3 } as const;
    // JPEG of high quality without colour subsampling: the noise would make PNG files five times as large.
    const bytes = await sharp(scene.pixels, { raw })
      .jpeg({ quality: 92, chromaSubsampling: '4:4:4' })
      .toBuffer();
    await writeAtomically(join(task.folder, path), bytes, { flush: false });
    files.push({ path, digits: scene.digits, largest: scene.largest });
  }
  return files;
}
