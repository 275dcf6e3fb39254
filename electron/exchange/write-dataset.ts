import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import type { Dataset, DatasetImage } from '../common/dataset.ts';
import type { FormatLoss } from '../common/entities.ts';
import { TwinheadError } from '../common/errors.ts';
import { formatOptions } from '../common/format-options.ts';
import { inEnglish } from '../common/sentences/english.ts';
import { say } from '../common/sentences/sentence.ts';
import type { Said, Sentence } from '../common/sentences/sentence.ts';
import {
  canonicalPath,
  errorCode,
  hashFile,
  LineFile,
  makeFolder,
  move,
  copyOrLink,
  remove,
  TemporaryFolder,
  writeAtomically,
} from '../files/index.ts';
import { kindOf } from './files.ts';
import type { DatasetFormat, Pictures, Pieces, WriteTarget } from './format.ts';
import { FORMATS } from './formats/index.ts';
import { entryOf, readSidecar, SIDECAR } from './sidecar.ts';
import type { Sidecar } from './sidecar.ts';

/** What an export has and what its format can't say of it. */
export interface WriteCounts {
  images: number;
  boxes: number;
  /** How coordinates are counted; null for a format that has one way only. */
  readonly convention: Sentence | null;
  /** By what would be lost: images, boxes or classes that have it. */
  losses: Partial<Record<FormatLoss, number>>;
}

export interface WriteRequest {
  readonly format: string;
  /** Absolute: a new or empty folder, or one that an export of ours wrote and nobody has added to. */
  readonly out: string;
  readonly dataset: Dataset;
  readonly pictures: Pictures;
  readonly options: Record<string, unknown>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (images: number) => void;
}

/** @throws TwinheadError `invalid-input` where there is no such format, or it is not written */
export function writableFormat(id: string): DatasetFormat & Required<Pick<DatasetFormat, 'write'>> {
  const format = FORMATS.find((one) => one.id === id);
  if (format?.write !== undefined) return { ...format, write: format.write };
  throw new TwinheadError('invalid-input', say('exchange.noWriter', { id }), {
    place: 'format',
    remedy: say('exchange.noWriter.remedy', {
      formats: { list: FORMATS.filter(({ write }) => write !== undefined).map((one) => one.id), comma: true },
    }),
  });
}

/** Counts before the first image. @param options as `format.options` parses them */
const noneOf = ({ convention }: DatasetFormat, options: Record<string, unknown>): WriteCounts => ({
  images: 0,
  boxes: 0,
  convention: convention?.(options) ?? null,
  losses: {},
});

/** Counts images as they go by. @param unused names of object classes; those that are met are taken out */
async function* counted(
  dataset: Dataset,
  { loses }: DatasetFormat,
  counts: WriteCounts,
  each: (image: DatasetImage) => void,
): AsyncGenerator<DatasetImage> {
  const unused = new Set(dataset.classes.map(({ kind, name }) => `${kind} ${name}`));
  const add = (loss: FormatLoss, number: number): void => {
    if (number > 0 && loses.includes(loss)) counts.losses[loss] = (counts.losses[loss] ?? 0) + number;
  };
  for await (const image of dataset.images) {
    counts.images += 1;
    counts.boxes += image.boxes.length;
    for (const { className } of image.boxes) unused.delete(`object ${className}`);
    for (const name of image.imageClasses) unused.delete(`image ${name}`);
    add('imageClasses', image.imageClasses.length > 0 ? 1 : 0);
    add('attributes', image.boxes.filter(({ attributes }) => Object.keys(attributes).length > 0).length);
    add('scores', image.boxes.filter(({ score }) => score !== null).length);
    add('splits', image.split === null || image.split === 'none' ? 0 : 1);
    add('states', image.boxes.length === 0 && image.imageClasses.length === 0 ? 1 : 0);
    add('unknown', image.boxes.filter(({ unknown }) => Object.keys(unknown).length > 0).length);
    each(image);
    yield image;
  }
  add('unusedClasses', unused.size);
}

/**
 * What writing would come to; writes nothing.
 * @throws TwinheadError `invalid-input` for a format or an option that writing would refuse
 */
export async function countDataset({
  format: id,
  dataset,
  options,
}: Pick<WriteRequest, 'format' | 'dataset' | 'options'>): Promise<WriteCounts> {
  const format = writableFormat(id);
  const counts = noneOf(format, formatOptions(format, options));
  const images = counted(dataset, format, counts, () => undefined);
  while ((await images.next()).done !== true);
  return counts;
}

/**
 * Writes a data set into a temporary folder beside `out`, which takes its place once all of it is there: a failure
 * leaves nothing, and what was there as it was. The same data gives the same bytes.
 * @throws TwinheadError `unusable-input` where there is something that is not ours, `invalid-input`, `cancelled`
 */
export async function writeDataset(
  request: WriteRequest,
): Promise<WriteCounts & { copied: number; linked: number }> {
  const { dataset, signal } = request;
  const format = writableFormat(request.format);
  const options = formatOptions(format, request.options);
  const out = canonicalPath(request.out);
  await requireOurs(out);
  makeFolder(dirname(out));
  using temporary = new TemporaryFolder(`.${basename(out)}-`, dirname(out));
  const folder = join(temporary.path, 'export');
  makeFolder(folder);
  const counts = noneOf(format, options);
  const target = new FolderTarget(folder, request.pictures);
  const images: Sidecar['images'] = {};
  const note = (image: DatasetImage): void => {
    signal?.throwIfAborted();
    if (counts.images % 50 === 0) request.onProgress?.(counts.images);
    const entry = entryOf(image, format);
    if (entry !== null) target.whenPlaced(image, (path) => (images[path] = entry));
  };
  try {
    const { classes, unknown } = dataset;
    const sequence = counted(dataset, format, counts, note);
    await format.write({ format: format.id, classes, unknown, images: sequence }, target, options);
    target.close();
  } catch (error) {
    target.close();
    if (signal?.aborted)
      throw new TwinheadError('cancelled', say('exchange.exportCancelled'), {}, { cause: error });
    throw error;
  }
  const names = (kind: string): string[] =>
    dataset.classes.flatMap((one) => (one.kind === kind ? [one.name] : []));
  const sidecar: Sidecar = {
    twinhead: 1,
    format: format.id,
    convention: counts.convention === null ? null : inEnglish(counts.convention),
    imageClasses: names('image'),
    objectClasses: names('object'),
    images,
    files: target.files.sort(),
    sha256: Object.fromEntries([...target.hashes].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
  await writeAtomically(join(folder, SIDECAR), `${JSON.stringify(sidecar, null, 1)}\n`, { flush: false });
  const replaced = join(temporary.path, 'replaced');
  // Much may have happened meanwhile.
  const before = await requireOurs(out);
  if (before) await move(out, replaced);
  try {
    await move(folder, out);
  } catch (error) {
    if (before) await move(replaced, out);
    throw error;
  }
  return { ...counts, ...target.placed };
}

/**
 * @returns whether there is an earlier export to be replaced
 * @throws TwinheadError `unusable-input` where there is anything else
 */
async function requireOurs(out: string): Promise<boolean> {
  const kind = await kindOf(out);
  if (kind === null) return false;
  const refuse = (message: Said, file = out): never => {
    throw new TwinheadError('unusable-input', message, {
      file,
      remedy: say('exchange.newFolder'),
    });
  };
  if (kind === 'file') return refuse(say('exchange.fileInTheWay'));
  if ((await readdir(out)).length === 0) {
    await remove(out);
    return false;
  }
  const sidecar = await readSidecar(out);
  if (sidecar === null) return refuse(say('exchange.notEmpty'));
  const ours = new Set([...sidecar.files, SIDECAR]);
  const found = await readdir(out, { recursive: true, withFileTypes: true });
  const foreign = found
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .find((file) => !ours.has(slashed(relative(out, file))));
  if (foreign !== undefined) return refuse(say('exchange.foreignFile'), foreign);
  for (const [path, hash] of Object.entries(sidecar.sha256)) {
    const file = join(out, path);
    if (!ours.has(path) || (await kindOf(file)) === null) continue;
    if ((await hashFile(file)) !== hash) return refuse(say('exchange.changedFile'), file);
  }
  return true;
}

const slashed = (path: string): string => path.split(sep).join('/');

/** Room for text before it is written out. */
const BUFFERED = 1 << 20;

class FolderTarget implements WriteTarget {
  readonly files: string[] = [];
  /** Hashes of files that hold labels, by their path. */
  readonly hashes = new Map<string, string>();
  readonly placed = { copied: 0, linked: 0 };
  readonly pictures: Pictures;
  readonly #folder: string;
  readonly #made = new Set<string>();
  readonly #documents = new Map<string, Document>();
  readonly #waiting = new Map<DatasetImage, (path: string) => void>();

  constructor(folder: string, pictures: Pictures) {
    this.#folder = folder;
    this.pictures = pictures;
  }

  async text(path: string, content: string): Promise<void> {
    await writeAtomically(this.#take(path), content, { flush: false });
    this.hashes.set(path, createHash('sha256').update(content, 'utf8').digest('hex'));
  }

  pieces(path: string): Pieces {
    const known = this.#documents.get(path);
    if (known !== undefined) return known;
    const document = new Document(this.#take(path));
    this.#documents.set(path, document);
    return document;
  }

  async picture(image: DatasetImage, path: string): Promise<void> {
    this.#waiting.get(image)?.(path);
    this.#waiting.delete(image);
    if (this.pictures === 'none' || image.file === null) return;
    const made = await copyOrLink(image.file, this.#take(path), this.pictures).catch((error: unknown) => {
      if (errorCode(error) !== 'ENOENT') throw error;
      throw new TwinheadError(
        'unusable-input',
        say('exchange.imageGone'),
        { file: image.file!, remedy: say('exchange.imageGone.remedy') },
        { cause: error },
      );
    });
    this.placed[made === 'copy' ? 'copied' : 'linked'] += 1;
  }

  /** Tells where the format puts the image's picture. */
  whenPlaced(image: DatasetImage, told: (path: string) => void): void {
    this.#waiting.set(image, told);
  }

  close(): void {
    for (const [path, document] of this.#documents) this.hashes.set(path, document.close());
    this.#documents.clear();
  }

  #take(path: string): string {
    const file = join(this.#folder, ...path.split('/'));
    const folder = dirname(file);
    if (!this.#made.has(folder)) makeFolder(folder);
    this.#made.add(folder);
    this.files.push(path);
    return file;
  }
}

class Document implements Pieces {
  readonly #file: LineFile;
  readonly #hash = createHash('sha256');
  #text: string[] = [];
  #length = 0;

  constructor(file: string) {
    this.#file = new LineFile(file);
  }

  add(content: string | Uint8Array): void {
    if (typeof content !== 'string') {
      this.#flush();
      this.#write(content);
      return;
    }
    this.#text.push(content);
    this.#length += content.length;
    if (this.#length > BUFFERED) this.#flush();
  }

  /** @returns the SHA-256 of all of it, hexadecimal */
  close(): string {
    this.#flush();
    this.#file[Symbol.dispose]();
    return this.#hash.digest('hex');
  }

  #write(content: string | Uint8Array): void {
    this.#file.write(content);
    this.#hash.update(content);
  }

  #flush(): void {
    if (this.#text.length > 0) this.#write(this.#text.join(''));
    this.#text = [];
    this.#length = 0;
  }
}
