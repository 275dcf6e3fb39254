import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { Dataset } from '../../electron/common/dataset.ts';
import { readDataset } from '../../electron/exchange/index.ts';
import type { DatasetOptions, ReadOptions } from '../../electron/exchange/index.ts';
import { findImageFiles } from '../../electron/images/index.ts';
import { asEnglish } from '../support/in-english.ts';

/** A folder of its own for a test file, removed afterwards. */
export function useTemporaryFolder(): { path: string } {
  const folder = { path: '' };
  beforeAll(async () => {
    folder.path = await mkdtemp(join(tmpdir(), 'twinhead-test-'));
  });
  afterAll(() => rm(folder.path, { recursive: true, force: true }));
  return folder;
}

/** Files by their path; what is neither text nor bytes is written as JSON. Readers never open images, so any content stands for one. */
export async function writeFiles(root: string, files: Readonly<Record<string, unknown>>): Promise<string> {
  await mkdir(root, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(
      join(root, path),
      typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content),
    );
  }
  return root;
}

/** Puts pictures that were inside a source into a folder. */
export function unpackInto(folder: string): NonNullable<ReadOptions['unpack']> {
  return async (name, content) => {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    return file;
  };
}

/** As readDataset gives it for one path or several, its problems in English. */
export async function read(
  path: string | readonly string[],
  options: Partial<DatasetOptions> = {},
  format = 'auto',
) {
  const { problems, ...others } = await readDataset([path].flat(), format, {
    listImages: findImageFiles,
    ...options,
  });
  return { ...others, problems: asEnglish(problems) };
}

/** Two images, 100 × 80, without files: a box of a cat and a class on the one, nothing on the other. */
export function smallDataset(): Dataset {
  const box = { x: 10, y: 20, width: 30, height: 40, className: 'cat' };
  const image = (path: string) => ({ path, file: null, width: 100, height: 80, split: 'train' as const });
  return {
    format: 'twinhead',
    unknown: {},
    classes: [
      { kind: 'object', name: 'cat', sourceId: null, unknown: {} },
      { kind: 'image', name: 'sunny', sourceId: null, unknown: {} },
    ],
    images: [
      {
        ...image('a.jpg'),
        boxes: [{ ...box, score: null, attributes: {}, unknown: {} }],
        ...{ imageClasses: ['sunny'], reviewed: true, unknown: {} },
      },
      { ...image('b.jpg'), boxes: [], imageClasses: [], reviewed: true, unknown: {} },
    ],
  };
}
