import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { TwinheadError } from '../common/errors.ts';
import { coco } from './coco.ts';
import { kindOf } from './files.ts';
import type { DatasetFormat, FormatId, ReadOptions, ReadResult } from './format.ts';
import { voc } from './voc.ts';

/** In the order in which they are tried on an unknown path. */
export const FORMATS: readonly DatasetFormat[] = [coco, voc];

const COMING: Readonly<Partial<Record<FormatId, string>>> = { yolo: 'YOLO', csv: 'CSV' };

function notYet(name: string, path: string): TwinheadError {
  return new TwinheadError('unusable-input', `${name} data sets cannot be imported in this version.`, {
    file: path,
    remedy: 'Convert it to COCO or Pascal VOC.',
  });
}

/** Names that tell formats which this version does not read, so that the answer is better than "unknown". */
async function nameOfComing(path: string): Promise<string | null> {
  const kind = await kindOf(path);
  if (kind === 'file') return extname(path).toLowerCase() === '.csv' ? 'CSV' : null;
  if (kind !== 'folder') return null;
  const names = await readdir(path);
  if (names.some((name) => /^(data|dataset)\.ya?ml$|^classes\.txt$|^labels$/i.test(name))) return 'YOLO';
  return names.some((name) => extname(name).toLowerCase() === '.csv') ? 'CSV' : null;
}

/**
 * @param path absolute, a file or folder
 * @throws TwinheadError `not-found` where there is nothing, `unusable-input` where no format fits, with what was
 * looked for
 */
export async function detectFormat(path: string): Promise<DatasetFormat> {
  if ((await kindOf(path)) === null) {
    throw new TwinheadError('not-found', 'There is no file or folder of this name.', {
      file: path,
      remedy: 'Check the path.',
    });
  }
  for (const format of FORMATS) if (await format.detect(path)) return format;
  const coming = await nameOfComing(path);
  if (coming !== null) throw notYet(coming, path);
  throw new TwinheadError('unusable-input', 'No known data set was found here.', {
    file: path,
    remedy: `Name a COCO JSON file, or the folder of a Pascal VOC data set (with "Annotations").${await hint(path)}`,
  });
}

/** The most frequent slip: the folder above. */
async function hint(path: string): Promise<string> {
  if ((await kindOf(path)) !== 'folder') return '';
  const entries = await readdir(path, { withFileTypes: true });
  for (const entry of entries.filter((one) => one.isDirectory()).slice(0, 50)) {
    const inner = join(path, entry.name);
    for (const format of FORMATS)
      if (await format.detect(inner)) return ` Did you mean ${inner} (${format.name})?`;
  }
  return '';
}

/**
 * Reads a data set into the neutral form. Nothing is changed anywhere: a dry run is this and no more.
 * @param path absolute, a file or folder
 * @throws TwinheadError `unusable-input`, `not-found` or `cancelled`
 */
export async function readDataset(
  path: string,
  format: FormatId | 'auto',
  options: ReadOptions,
): Promise<ReadResult & { format: FormatId }> {
  const chosen = format === 'auto' ? await detectFormat(path) : FORMATS.find((one) => one.id === format);
  if (chosen === undefined) throw notYet(COMING[format as FormatId] ?? format, path);
  if ((await kindOf(path)) === null) {
    throw new TwinheadError('not-found', 'There is no file or folder of this name.', {
      file: path,
      remedy: 'Check the path.',
    });
  }
  try {
    return { ...(await chosen.read(path, options)), format: chosen.id };
  } catch (error) {
    if (options.signal?.aborted) throw new TwinheadError('cancelled', 'Cancelled.', {}, { cause: error });
    throw error;
  }
}
