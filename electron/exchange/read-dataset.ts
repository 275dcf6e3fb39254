import { basename, dirname, sep } from 'node:path';
import type { DatasetClass, DatasetHead, DatasetImage } from '../common/dataset.ts';
import type { Problem, Split } from '../common/entities.ts';
import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import type { Sentence, ValueList } from '../common/sentences/sentence.ts';
import { ProblemCollector } from './collector.ts';
import { eachFileOnce } from './each-file-once.ts';
import { TextEncoding, shownNames, unknownEncoding } from './encoding.ts';
import { beginning, kindOf, ZIP_HEAD, zipArchive } from './files.ts';
import type { DatasetFormat, ReadOptions } from './format.ts';
import { FORMATS } from './formats/index.ts';
import { isLabelFile, isTable } from './label-files.ts';
import { conventionOf, readSidecar, withSidecar } from './sidecar.ts';
import { splitOfPath } from './split-names.ts';

/** A format with which a path can be read, and what speaks for it. */
export interface Candidate {
  readonly format: DatasetFormat;
  readonly evidence: Sentence;
}

const asGuess = ({ format, evidence }: Candidate): Sentence =>
  say('exchange.guess.other', { format: format.title, evidence });

/** Formats that can be read, as a sentence lists them. */
const readable = (): ValueList => ({
  list: FORMATS.filter(({ read }) => read !== undefined).map(({ title }) => title),
  comma: true,
});

async function requireThere(path: string): Promise<void> {
  if ((await kindOf(path)) !== null) return;
  throw new TwinheadError('not-found', say('exchange.noPath'), {
    file: path,
    remedy: say('exchange.checkPath'),
  });
}

async function candidates(path: string): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for (const format of FORMATS) {
    const evidence = (await format.detect?.(path, isLabelFile)) ?? null;
    if (evidence !== null) found.push({ format, evidence });
  }
  return found;
}

/**
 * The formats that a path may be of, the likeliest first.
 * @param path absolute, a file or folder
 * @throws TwinheadError `not-found` where there is nothing, `unusable-input` where no format fits
 */
export async function detectFormats(path: string): Promise<[Candidate, ...Candidate[]]> {
  await requireThere(path);
  const own = (await kindOf(path)) === 'folder' ? await readSidecar(path) : null;
  const written = FORMATS.find(({ id, read }) => id === own?.format && read !== undefined);
  if (written !== undefined) return [{ format: written, evidence: say('exchange.evidence.own') }];
  const [first, ...others] = await candidates(path);
  if (first !== undefined) return [first, ...others];
  if ((await beginning(path, 4)) === ZIP_HEAD) throw zipArchive(path);
  if ((await kindOf(path)) === 'file') requireAsNamed(path);
  throw new TwinheadError('unusable-input', say('exchange.unknown'), {
    file: path,
    remedy: say('exchange.unknown.remedy', { formats: readable() }),
  });
}

/** @throws TwinheadError `unusable-input` for a file of no format whose name promises one */
function requireAsNamed(file: string): void {
  const name = basename(file);
  if (/\.zip$/i.test(name)) {
    throw new TwinheadError('unusable-input', say('exchange.notZip', { name }), {
      file,
      remedy: say('exchange.notZip.remedy'),
    });
  }
  if (isTable(name)) {
    throw new TwinheadError('unusable-input', say('exchange.noColumnNames', { name }), {
      file,
      remedy: say('exchange.csv.columns.remedy'),
    });
  }
}

type ReadableFormat = DatasetFormat & Required<Pick<DatasetFormat, 'read'>>;

/** @throws TwinheadError `invalid-input` where there is no such format, or it is not read */
export function readableFormat(id: string): ReadableFormat {
  const format = FORMATS.find((one) => one.id === id);
  if (format?.read !== undefined) return { ...format, read: format.read };
  throw new TwinheadError('invalid-input', say('exchange.noReader', { id }), {
    place: 'format',
    remedy: say('exchange.noReader.remedy', {
      formats: { list: FORMATS.filter(({ read }) => read !== undefined).map((one) => one.id), comma: true },
    }),
  });
}

export interface ReadDataset {
  /** Its images, each file once. */
  readonly dataset: DatasetHead & { readonly images: readonly DatasetImage[] };
  /** What was passed over or changed: the rest is in the dataset. */
  readonly problems: readonly Problem[];
  readonly format: string;
}

/** How a data set is read, as whoever imports says. */
export interface DatasetOptions extends Omit<ReadOptions, 'encoding'> {
  /** Name of the encoding of texts that are not UTF-8 and do not say what they are; found by evidence where not given. */
  readonly encoding?: string;
}

/**
 * Reads a data set whole, in the neutral form. Nothing is changed anywhere: a dry run is this and no more.
 * @param paths absolute: a file or folder, or several of one format, which are one data set
 * @param id of a format, or `auto`
 * @throws TwinheadError `unusable-input`, `not-found`, `invalid-input` or `cancelled`
 */
export async function readDataset(
  paths: readonly string[],
  id: string,
  options: DatasetOptions,
): Promise<ReadDataset> {
  const encoding = new TextEncoding(options.encoding);
  const guessed: Problem[] = [];
  let format: ReadableFormat;
  if (id === 'auto') {
    const [first, ...others] = await detectFormat(paths);
    format = readableFormat(first.format.id);
    if (others.length > 0) {
      guessed.push({
        file: paths[0],
        message: say('exchange.guess', {
          format: first.format.title,
          evidence: first.evidence,
          others: others
            .map(asGuess)
            .reduce((before, other) => say('exchange.or', { first: before, second: other })),
        }),
        remedy: say('exchange.guess.remedy'),
        severity: 'warning',
      });
    }
  } else {
    format = readableFormat(id);
    for (const path of paths) await requireThere(path);
  }
  for (const one of ['convention', 'columns'] as const) {
    if (options[one] === undefined || format.asks?.includes(one) === true) continue;
    const message = say(`exchange.idle.${one}`, { format: format.title });
    guessed.push({ file: paths[0], message, severity: 'warning' });
  }
  try {
    return await readDecoded(format, paths, { ...options, encoding }, guessed);
  } catch (error) {
    if (options.signal?.aborted)
      throw new TwinheadError('cancelled', say('system.cancelled'), {}, { cause: error });
    throw error;
  }
}

/**
 * The formats that all of the paths may be of, as the first shows.
 * @throws TwinheadError as {@link detectFormats}; `unusable-input` where no format fits all
 */
async function detectFormat([path, ...paths]: readonly string[]): Promise<[Candidate, ...Candidate[]]> {
  const first = await detectFormats(path!);
  let fitting: Candidate[] = first;
  for (const other of paths) {
    const found = await detectFormats(other);
    fitting = fitting.filter(({ format }) => found.some((one) => one.format === format));
    if (fitting.length > 0) continue;
    throw new TwinheadError(
      'unusable-input',
      say('exchange.mixed', {
        first: basename(path!),
        one: first[0].format.title,
        second: basename(other),
        another: found[0].format.title,
      }),
      { file: other, remedy: say('exchange.mixed.remedy') },
    );
  }
  return fitting as [Candidate, ...Candidate[]];
}

/**
 * Finds out how its texts are encoded, where that has to be known, and reads it once more.
 * @throws TwinheadError `unusable-input` with the encodings to choose from as `encodings`
 */
async function readDecoded(
  format: ReadableFormat,
  paths: readonly string[],
  options: ReadOptions & { readonly encoding: TextEncoding },
  guessed: readonly Problem[],
): Promise<ReadDataset> {
  const { encoding } = options;
  const reading = readAll(format, paths, options, guessed);
  // Whether it fails or not: what it could not read says more.
  const [{ status }] = await Promise.allSettled([reading]);
  // A file that the chosen encoding doesn't fit is left out; where nothing is left, another may fit.
  const readings = encoding.name === undefined || status === 'rejected' ? encoding.readings() : [];
  const [first, ...others] = readings;
  if (first === undefined) return reading;
  if (encoding.name !== undefined || others.length > 0 || !first.fits)
    throw unknownEncoding(encoding, readings);
  const found: Problem = {
    file: encoding.file,
    message: say('exchange.encoding.found', {
      why: encoding.why,
      encoding: first.encoding,
      names: shownNames(first),
    }),
    remedy: say('exchange.encoding.found.remedy'),
    severity: 'warning',
  };
  const read = { ...options, encoding: new TextEncoding(first.encoding) };
  const { dataset, ...rest } = await readAll(format, paths, read, [...guessed, found]);
  return { ...rest, dataset: { ...dataset, encoding: first.encoding } };
}

/** What one path gives. */
interface Part extends Pick<ReadDataset, 'dataset' | 'problems'> {
  /** The path, or the folder that the file lies in. */
  readonly folder: string;
}

async function readAll(
  format: ReadableFormat,
  paths: readonly string[],
  options: ReadOptions,
  before: readonly Problem[],
): Promise<ReadDataset> {
  const problems = new ProblemCollector();
  before.forEach((one) => problems.take(one));
  const read = await readParts(format, paths, options);
  const parts = (options.split ?? 'from-source') === 'from-source' ? withSplitsOfFolders(read) : read;
  for (const part of parts) part.problems.forEach((one) => problems.take(one));
  const [only, ...others] = parts;
  const dataset = others.length === 0 ? only!.dataset : await joined(format, parts, problems, options.signal);
  return { dataset, problems: problems.list(), format: format.id };
}

async function readParts(
  format: ReadableFormat,
  paths: readonly string[],
  options: ReadOptions,
): Promise<Part[]> {
  const listImages = paths.length === 1 ? options.listImages : listedOnce(options.listImages);
  const parts: Part[] = [];
  let images = 0;
  for (const path of paths) {
    const before = images;
    const onProgress = (done: number, total: number): void =>
      options.onProgress?.(before + done, before + total);
    const part = await readPart(format, path, { ...options, listImages, onProgress });
    images += part.dataset.images.length;
    parts.push(part);
  }
  // How coordinates are counted: a file that surely counts edges speaks for those that seem to count pixels.
  const convention = parts
    .flatMap(({ dataset }) => dataset.convention ?? [])
    .find(({ used, sure }) => used === 'edges' && sure);
  if (options.convention !== undefined || convention === undefined) return parts;
  for (const [index, { dataset }] of parts.entries()) {
    if (dataset.convention?.used !== 'pixels') continue;
    const read = await readPart(format, paths[index]!, { ...options, listImages, convention: 'edges' });
    parts[index] = { ...read, dataset: { ...read.dataset, convention } };
  }
  return parts;
}

/** Images without a split get what the folders say that their part lies in, below the one that all parts share. */
function withSplitsOfFolders(parts: readonly Part[]): Part[] {
  const folders = parts.map(({ folder }) => folder.split(sep));
  return parts.map((part, index) => {
    const own = folders[index]!;
    const shared = own.findIndex((name, at) => folders.some((other) => other[at] !== name));
    const split = shared < 0 ? null : splitOfPath(own.slice(shared).join('/'));
    return split === null ? part : withSplit(part, split);
  });
}

function withSplit(part: Part, split: Split): Part {
  const images = part.dataset.images.map((image) =>
    image.split === null || image.split === 'none' ? { ...image, split } : image,
  );
  return { ...part, dataset: { ...part.dataset, images } };
}

async function listOf<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** Lists a folder once, however many files of the data set lie in it. */
function listedOnce(listImages: ReadOptions['listImages']): ReadOptions['listImages'] {
  const known = new Map<string, Promise<string[]>>();
  return async function* (folder) {
    const files = known.get(folder) ?? listOf(listImages(folder));
    known.set(folder, files);
    yield* await files;
  };
}

async function readPart(format: ReadableFormat, path: string, options: ReadOptions): Promise<Part> {
  const problems = new ProblemCollector();
  const isFolder = (await kindOf(path)) === 'folder';
  const folder = isFolder ? path : dirname(path);
  const found = await readSidecar(folder);
  const sidecar = found?.format === format.id ? found : null;
  const written = sidecar === null ? undefined : conventionOf(sidecar);
  const asked = options.convention ?? written;
  const dataset = await format.read(
    path,
    asked === undefined ? options : { ...options, convention: asked },
    problems,
  );
  const images = await eachFileOnce(dataset.images, problems, options.signal);
  const { classes, unknown } = dataset;
  const convention =
    dataset.convention === undefined || options.convention !== undefined || written === undefined
      ? dataset.convention
      : { ...dataset.convention, why: say('exchange.found.file') };
  const read = { format: format.id, classes, unknown, convention, images };
  return {
    dataset: sidecar === null ? read : await withSidecar(read, folder, sidecar, isFolder),
    problems: problems.list(),
    folder,
  };
}

/** The parts as one data set: classes by their names, further fields as the first has them. */
async function joined(
  format: ReadableFormat,
  parts: readonly Part[],
  problems: ProblemCollector,
  signal: AbortSignal | undefined,
): Promise<ReadDataset['dataset']> {
  const classes = new Map<string, DatasetClass>();
  const unknown: Record<string, unknown> = {};
  for (const { dataset } of parts) {
    for (const one of dataset.classes) {
      const key = `${one.kind} ${one.name}`;
      if (!classes.has(key)) classes.set(key, one);
    }
    for (const [key, value] of Object.entries(dataset.unknown)) unknown[key] ??= value;
  }
  const found = parts.flatMap(({ dataset: { convention } }) => convention ?? []);
  const images = parts.flatMap(({ dataset }) => dataset.images);
  return {
    format: format.id,
    classes: [...classes.values()],
    unknown,
    convention:
      found.find(({ used, sure }) => used === 'edges' && sure) ?? found.find(({ sure }) => sure) ?? found[0],
    images: await eachFileOnce(images, problems, signal),
  };
}
