import { basename, dirname, extname, relative } from 'node:path';
import type { AsyncBuffer, FileMetaData } from 'hyparquet';
import type { Dataset } from '../../../common/dataset.ts';
import { TwinheadError } from '../../../common/errors.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { Said, Sentence } from '../../../common/sentences/sentence.ts';
import { openFile } from '../../../files/index.ts';
import type { ProblemCollector } from '../../collector.ts';
import { readDrafts, splitOfFolder } from '../../drafts.ts';
import type { Draft, DraftBox } from '../../drafts.ts';
import { beginning, filesUnder, kindOf } from '../../files.ts';
import type { ReadOptions } from '../../format.ts';
import { isObject } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { splitOfName } from '../../split-names.ts';
import {
  COMPRESSORS,
  cut,
  large,
  Misshapen,
  requireBoundedGroup,
  requireBoundedMetadata,
  requireBoundedRows,
} from './bounds.ts';
import { datasetBox, nameOf, numberOf, numbersOf, scoreOf, sizeOf } from '../../values.ts';

const isParquet = (name: string): boolean => /\.parquet$/i.test(name);
const CLASS_LISTS = ['categories', 'category', 'labels', 'label', 'classes', 'class'];
/** Bytes of one row group, which is read at once: more is none that a library of pictures writes. */
const LARGEST_GROUP = 2e9;
const MOST_METADATA = 64_000_000;

async function filesAt(path: string, most = Infinity): Promise<string[]> {
  return (await kindOf(path)) === 'folder'
    ? filesUnder(path, isParquet, most)
    : isParquet(path)
      ? [path]
      : [];
}

type Handle = Awaited<ReturnType<typeof openFile>>;

/** Parts of a file as they are asked for. */
interface Parts {
  /** @throws what the system says */
  readonly bytesAt: (start: number, end: number) => Promise<ArrayBuffer>;
  /** For hyparquet, which asks for parts ahead: one that fails before it is awaited would end the process. */
  readonly buffer: AsyncBuffer;
  /** What failed of the parts that hyparquet was given as empty. @throws it */
  readonly requireRead: () => void;
}

async function partsOf(handle: Handle): Promise<Parts> {
  const { size } = await handle.stat();
  let failed: unknown = null;
  const bytesAt = async (start: number, end: number): Promise<ArrayBuffer> => {
    const from = start < 0 ? size + start : start;
    const length = Math.min(end, size) - from;
    if (!Number.isSafeInteger(from) || from < 0 || !(length >= 0)) throw cut();
    if (length > LARGEST_GROUP) throw large();
    const { buffer, bytesRead } = await handle.read(new Uint8Array(length), 0, length, from);
    return bytesRead === length ? buffer.buffer : buffer.buffer.slice(0, bytesRead);
  };
  return {
    bytesAt,
    buffer: {
      byteLength: size,
      slice: async (start, end = size) => {
        try {
          return await bytesAt(start, end);
        } catch (error) {
          failed ??= error;
          return new ArrayBuffer(0);
        }
      },
    },
    requireRead: () => {
      if (failed !== null) throw failed as Error;
    },
  };
}

async function metadataOf({ bytesAt, buffer: { byteLength: size } }: Parts): Promise<FileMetaData> {
  const { parquetMetadata } = await import('hyparquet');
  const end = new DataView(await bytesAt(Math.max(0, size - 8), size));
  const length = end.byteLength < 8 ? Infinity : end.getUint32(0, true);
  if (length > Math.min(MOST_METADATA, size - 8)) throw cut();
  const tail = await bytesAt(size - 8 - length, size);
  requireBoundedMetadata(new Uint8Array(tail));
  return parquetMetadata(tail, { geoparquet: false });
}

const columnsOf = ({ schema }: FileMetaData): Set<string> => new Set(schema.map(({ name }) => name));

export async function detectParquet(path: string): Promise<Sentence | null> {
  for (const file of await filesAt(path, 3)) {
    if ((await beginning(file, 4)) !== 'PAR1') continue;
    try {
      await using handle = await openFile(file);
      if (columnsOf(await metadataOf(await partsOf(handle))).has('image'))
        return say('formats.evidence.parquet', { file: relative(path, file) || basename(file) });
    } catch {
      // Damaged: its reader says so, if it is chosen.
      continue;
    }
  }
  return null;
}

/** Names of classes that are numbers in the columns, from what Hugging Face's library writes besides them. */
function namesIn({
  key_value_metadata: pairs = [],
}: FileMetaData): (feature: string, value: number) => string | null {
  const found = new Map<string, readonly unknown[]>();
  const collect = (value: unknown, feature: string, depth = 0): void => {
    if (depth > 12) return;
    if (Array.isArray(value)) for (const one of value) collect(one, feature, depth + 1);
    if (!isObject(value)) return;
    if (Array.isArray(value.names)) found.set(feature, value.names as unknown[]);
    for (const [key, one] of Object.entries(value))
      collect(one, key === 'feature' ? feature : key, depth + 1);
  };
  try {
    collect(JSON.parse(pairs.find(({ key }) => key === 'huggingface')?.value ?? '{}'), '');
  } catch {
    // Then classes are numbers.
  }
  return (feature, value) => nameOf(found.get(feature)?.[value]);
}

const plain = (value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value.map(plain) : []);

/** In our words: hyparquet's are English only, and a number that leads nowhere ends in an error of the language. */
function wordsOf(error: unknown): Said {
  if (error instanceof Misshapen) return error.said;
  const message = error instanceof Error ? error.message : '';
  const how = [
    /^parquet (?:unsupported|unhandled) [\w ]+: (.+)$/,
    /^parquet (.+) not supported$/,
    /^Unsupported geometry type: (.+)$/,
  ].flatMap((pattern) => pattern.exec(message)?.[1] ?? [])[0];
  return how === undefined ? say('formats.parquet.cut') : say('formats.parquet.foreign', { how });
}

/** @throws TwinheadError as DatasetFormat.read says */
export async function readParquet(
  path: string,
  options: ReadOptions,
  problems: ProblemCollector,
): Promise<Dataset> {
  const files = await filesAt(path);

  function boxesOf(
    objects: JsonObject,
    classOf: (value: unknown, feature: string) => string | null,
    place: Said,
    file: string,
  ): DraftBox[] {
    const key = CLASS_LISTS.find((name) => Array.isArray(objects[name])) ?? 'categories';
    const classes = listOf(objects[key]);
    const scores = listOf(objects.score ?? objects.scores);
    return listOf(objects.bbox).flatMap((bbox, index): DraftBox[] => {
      const at = say('formats.record.box', { record: place, box: String(index + 1) });
      const name = classOf(classes[index], key);
      const quad = numbersOf(listOf(bbox));
      if (name === null || quad?.length !== 4) {
        const said = name === null ? say('formats.noClass') : say('formats.noNumbers', { name });
        problems.add(file, at, said, say('formats.correct'));
        return [];
      }
      const [x, y, width, height] = quad as [number, number, number, number];
      return [
        { place: at, box: datasetBox({ x, y, width, height }, name, { score: scoreOf(scores[index]) }) },
      ];
    });
  }

  async function* read(file: string): AsyncGenerator<Draft> {
    try {
      yield* rowsOf(file);
    } catch (error) {
      if (error instanceof TwinheadError || options.signal?.aborted === true) throw error;
      const words = wordsOf(error);
      throw new TwinheadError(
        'unusable-input',
        say('formats.parquet.bad', { words }),
        { file, remedy: say('formats.again') },
        { cause: error },
      );
    }
  }

  async function* rowsOf(file: string): AsyncGenerator<Draft> {
    const { parquetReadObjects, parquetSchema } = await import('hyparquet');
    await using handle = await openFile(file);
    const parts = await partsOf(handle);
    const metadata = await metadataOf(parts);
    requireBoundedRows(metadata);
    const root = parquetSchema(metadata);
    const named = namesIn(metadata);
    const split = splitOfName(basename(file, extname(file))) ?? splitOfFolder(path, file);
    const classOf = (value: unknown, feature: string): string | null => {
      const one = plain(value);
      if (typeof one !== 'number') return nameOf(one);
      return named(feature, one) ?? `class ${one}`;
    };
    const there = columnsOf(metadata);
    const columns = ['image', 'file_name', 'width', 'height', 'label', 'labels', 'objects'].filter((name) =>
      there.has(name),
    );
    let first = 0;
    for (const group of metadata.row_groups) {
      options.signal?.throwIfAborted();
      const rows = Number(group.num_rows);
      await requireBoundedGroup(group, { root, columns }, parts.bytesAt);
      const read = await parquetReadObjects({
        ...{ file: parts.buffer, metadata, columns, utf8: false, compressors: COMPRESSORS },
        ...{ rowStart: first, rowEnd: first + rows },
      });
      parts.requireRead();
      for (const [index, row] of read.entries())
        yield await draftOf(row as JsonObject, { number: first + index, file, split, classOf });
      first += rows;
    }
  }

  async function draftOf(
    row: JsonObject,
    from: {
      readonly number: number;
      readonly file: string;
      readonly split: Draft['split'];
      readonly classOf: (value: unknown, feature: string) => string | null;
    },
  ): Promise<Draft> {
    const { number, file, split, classOf } = from;
    const place = say('formats.record', { record: String(number + 1) });
    const image = isObject(row.image) ? row.image : {};
    const bytes = image.bytes instanceof Uint8Array && image.bytes.length > 0 ? image.bytes : null;
    const named = nameOf(image.path) ?? nameOf(row.file_name);
    const name = named ?? `${basename(file, extname(file))}-${number}.${kindOfPicture(bytes)}`;
    const objects = isObject(row.objects) ? row.objects : null;
    const whole = [
      ...listOf(row.label === undefined || row.label === null ? [] : [row.label]),
      ...listOf(row.labels),
    ];
    return {
      path: name,
      ...(bytes === null || options.unpack === undefined
        ? {}
        : { file: await options.unpack(`${split ?? 'unsplit'}/${name}`, bytes) }),
      place,
      size: sizeOf(numberOf(plain(row.width)), numberOf(plain(row.height))),
      split,
      boxes: objects === null ? [] : boxesOf(objects, classOf, place, file),
      imageClasses: whole.flatMap((label) => classOf(label, 'label') ?? []),
      reviewed: objects !== null && Array.isArray(objects.bbox) && objects.bbox.length === 0,
      unknown: {},
    };
  }

  return readDrafts(
    {
      format: 'parquet',
      files,
      folders: (file) => [dirname(dirname(file))],
      read,
      none: { said: say('formats.none', { format: 'Parquet' }), remedy: say('formats.none.remedy') },
    },
    path,
    options,
    problems,
  );
}

/** The extension of a picture without a name, by its first bytes. */
function kindOfPicture(bytes: Uint8Array | null): string {
  const head = Buffer.from(bytes?.subarray(0, 12) ?? []).toString('latin1');
  if (head.startsWith('\u0089PNG')) return 'png';
  if (head.startsWith('RIFF')) return 'webp';
  return head.startsWith('BM') ? 'bmp' : head.startsWith('GIF') ? 'gif' : 'jpg';
}
