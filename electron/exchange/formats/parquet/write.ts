import type { SchemaElement } from 'hyparquet';
import type { ByteWriter as Bytes, ParquetWriter as Writer } from 'hyparquet-writer';
import type { Dataset, DatasetImage } from '../../../common/dataset.ts';
import { readWhole } from '../../../files/index.ts';
import type { Pieces, WriteTarget } from '../../format.ts';

const SPLITS = { train: 'train', val: 'validation', test: 'test', none: 'unsplit' } as const;
/** Rows that are in memory at once, with their pictures. */
const ROWS = 50;
const MOST_BYTES = 64_000_000;

type Repetition = 'REQUIRED' | 'OPTIONAL' | 'REPEATED';
const leaf = (name: string, type: 'BYTE_ARRAY' | 'DOUBLE' | 'INT32', text = false): SchemaElement => ({
  name,
  type,
  repetition_type: 'OPTIONAL' satisfies Repetition,
  ...(text ? { converted_type: 'UTF8' as const } : {}),
});
/** A list as Arrow writes it: list.element. */
const list = (name: string, ...element: SchemaElement[]): SchemaElement[] => [
  { name, num_children: 1, repetition_type: 'OPTIONAL', converted_type: 'LIST' },
  { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
  ...element,
];

const SCHEMA: SchemaElement[] = [
  { name: 'root', num_children: 5 },
  { name: 'image', num_children: 2, repetition_type: 'OPTIONAL' },
  leaf('bytes', 'BYTE_ARRAY'),
  leaf('path', 'BYTE_ARRAY', true),
  leaf('width', 'INT32'),
  leaf('height', 'INT32'),
  ...list('labels', leaf('element', 'BYTE_ARRAY', true)),
  { name: 'objects', num_children: 3, repetition_type: 'OPTIONAL' },
  ...list('bbox', ...list('element', leaf('element', 'DOUBLE'))),
  ...list('categories', leaf('element', 'BYTE_ARRAY', true)),
  ...list('score', leaf('element', 'DOUBLE')),
];

const value = (dtype: string): object => ({ dtype, _type: 'Value' });
const sequence = (feature: object): object => ({ feature, _type: 'Sequence' });
/** What the library of Hugging Face reads of a file besides its columns. */
const FEATURES = JSON.stringify({
  info: {
    features: {
      image: { _type: 'Image' },
      width: value('int32'),
      height: value('int32'),
      labels: sequence(value('string')),
      objects: {
        bbox: sequence(sequence(value('float64'))),
        categories: sequence(value('string')),
        score: sequence(value('float64')),
      },
    },
  },
});

interface Row {
  readonly image: { readonly bytes: Uint8Array | null; readonly path: string };
  readonly width: number | null;
  readonly height: number | null;
  readonly labels: readonly string[];
  /** Null where nobody has looked. */
  readonly objects: object | null;
}

function rowOf(image: DatasetImage, bytes: Uint8Array | null): Row {
  const { path, width, height, boxes, imageClasses, reviewed } = image;
  return {
    image: { bytes, path },
    width,
    height,
    labels: imageClasses,
    objects:
      boxes.length === 0 && !reviewed
        ? null
        : {
            bbox: boxes.map((box) => [box.x, box.y, box.width, box.height]),
            categories: boxes.map(({ className }) => className),
            score: boxes.map(({ score }) => score),
          },
  };
}

/** One file: rows are written a group at a time, and none is held longer. */
class Table {
  readonly #pieces: Pieces;
  readonly #bytes: Bytes;
  readonly #writer: Writer;
  #rows: Row[] = [];
  #size = 0;

  constructor(pieces: Pieces, bytes: Bytes, writer: Writer) {
    this.#pieces = pieces;
    this.#bytes = bytes;
    this.#writer = writer;
  }

  add(row: Row): void {
    this.#rows.push(row);
    this.#size += row.image.bytes?.length ?? 0;
    if (this.#rows.length >= ROWS || this.#size > MOST_BYTES) this.flush();
  }

  flush(): void {
    const rows = this.#rows;
    if (rows.length > 0) {
      const column = (name: keyof Row) => ({ name, data: rows.map((row) => row[name]), statistics: false });
      const columnData = (['image', 'width', 'height', 'labels', 'objects'] as const).map(column);
      void this.#writer.write({ columnData, rowGroupSize: rows.length });
    }
    this.#rows = [];
    this.#size = 0;
    this.#take();
  }

  end(): void {
    this.flush();
    void this.#writer.finish();
    this.#take();
  }

  /** What was written goes to the file; its place in the file goes on being counted. */
  #take(): void {
    this.#pieces.add(new Uint8Array(this.#bytes.buffer.slice(0, this.#bytes.index)));
    this.#bytes.index = 0;
  }
}

/** data/<split>-00000-of-00001.parquet with the pictures inside, as `load_dataset("parquet")` and the Hub read it. */
export async function writeParquet(
  dataset: Dataset,
  target: WriteTarget,
  { embed }: { readonly embed: boolean },
): Promise<void> {
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const tables = new Map<string, Table>();
  const tableOf = (split: string): Table => {
    const known = tables.get(split);
    if (known !== undefined) return known;
    const writer = new ByteWriter();
    const table = new Table(
      target.pieces(`data/${split}-00000-of-00001.parquet`),
      writer,
      new ParquetWriter({
        writer,
        schema: SCHEMA,
        kvMetadata: [{ key: 'huggingface', value: FEATURES }],
        createdBy: 'Twinhead',
      }),
    );
    tables.set(split, table);
    return table;
  };
  for await (const image of dataset.images) {
    const inside = embed && target.pictures !== 'none' && image.file !== null;
    tableOf(SPLITS[image.split ?? 'none']).add(rowOf(image, inside ? await readWhole(image.file) : null));
  }
  if (tables.size === 0) tableOf('train');
  for (const table of tables.values()) table.end();
}
