import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { makeFolder, openFile, openForChanges, readWhole, remove, writeAtomically } from '../files/index.ts';
import { rowLength } from './pixel-rows.ts';

/** Raised when the same content would give other pixels: decoder, kernel, padding or layout changed. */
const RECIPE = 2;
const FILE_NAME = /^(\d+)\.(bin|jsonl)$/;

const Header = z.object({ recipe: z.literal(RECIPE), size: z.number().int() });

/** A file that has the content of a row; a row may have several. */
const ShelfEntry = z.object({
  row: z.number().int().min(0),
  file: z.string(),
  bytes: z.number(),
  modified: z.number(),
  sha256: z.string(),
  /** Width of the oriented picture. */
  width: z.number(),
  height: z.number(),
});
export type ShelfEntry = z.infer<typeof ShelfEntry>;

const lines = (values: readonly object[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('');

/**
 * Rows of one size on the disk: `<n>.bin` holds bytes [rows, size, size, 3], `<n>.jsonl` says what each row holds. Both only
 * grow, and a row is listed after it was flushed; compaction writes the next n.
 */
export class PixelShelf {
  readonly pixelFile: string;
  readonly #folder: string;
  readonly #number: number;
  readonly #size: number;
  readonly #entries: ShelfEntry[];

  private constructor(folder: string, number: number, size: number, entries: ShelfEntry[]) {
    this.#folder = folder;
    this.#number = number;
    this.#size = size;
    this.#entries = entries;
    this.pixelFile = join(folder, `${number}.bin`);
  }

  /**
   * The newest rows of a folder, or an empty file where there are none that can be used.
   * @param alone nobody reads any: what a killed process left behind is removed
   */
  static async open(folder: string, size: number, alone: boolean): Promise<PixelShelf> {
    makeFolder(folder);
    const names = await readdir(folder);
    const newest = Math.max(0, ...names.flatMap((name) => Number(FILE_NAME.exec(name)?.[1] ?? [])));
    const indexed = names.flatMap((name) => (name.endsWith('.jsonl') ? Number.parseInt(name, 10) : []));
    const number = Math.max(0, ...indexed);
    const entries = number === 0 ? null : await readEntries(folder, number, size);
    const shelf =
      entries === null
        ? await PixelShelf.#create(folder, newest + 1, size, [])
        : new PixelShelf(folder, number, size, entries);
    if (alone) await shelf.#removeOthers();
    return shelf;
  }

  static async #create(
    folder: string,
    number: number,
    size: number,
    entries: ShelfEntry[],
  ): Promise<PixelShelf> {
    const shelf = new PixelShelf(folder, number, size, entries);
    {
      await using pixels = await openForChanges(shelf.pixelFile);
      await pixels.datasync();
    }
    await writeAtomically(shelf.#indexFile, lines([{ recipe: RECIPE, size }, ...entries]));
    return shelf;
  }

  get entries(): readonly ShelfEntry[] {
    return this.#entries;
  }

  get nextRow(): number {
    return this.#entries.reduce((next, { row }) => Math.max(next, row + 1), 0);
  }

  get #indexFile(): string {
    return join(this.#folder, `${this.#number}.jsonl`);
  }

  /** Lists rows that have been written to the pixel file. */
  async list(entries: readonly ShelfEntry[]): Promise<void> {
    if (entries.length === 0) return;
    await using pixels = await openForChanges(this.pixelFile);
    await pixels.datasync();
    await using index = await openForChanges(this.#indexFile);
    await index.write(lines(entries), (await index.stat()).size);
    this.#entries.push(...entries);
  }

  /** The same rows and no others in a new file. Nobody may be reading this one: it is removed. */
  async compacted(kept: ReadonlySet<number>): Promise<PixelShelf> {
    const length = rowLength(this.#size);
    const number = this.#number + 1;
    const rows = [...kept].sort((a, b) => a - b);
    {
      await using source = await openFile(this.pixelFile);
      await using target = await openForChanges(join(this.#folder, `${number}.bin`));
      const buffer = Buffer.allocUnsafe(length);
      for (const [to, from] of rows.entries()) {
        const { bytesRead } = await source.read(buffer, 0, length, from * length);
        if (bytesRead < length) throw new Error(`row ${from} of ${this.pixelFile} is cut off`);
        await target.writev([buffer], to * length);
      }
    }
    const newRows = new Map(rows.map((from, to) => [from, to]));
    const entries = this.#entries.flatMap((entry) => {
      const row = newRows.get(entry.row);
      return row === undefined ? [] : [{ ...entry, row }];
    });
    const shelf = await PixelShelf.#create(this.#folder, number, this.#size, entries);
    await shelf.#removeOthers();
    return shelf;
  }

  async #removeOthers(): Promise<void> {
    for (const name of await readdir(this.#folder))
      if (Number.parseInt(name, 10) !== this.#number || name.endsWith('.tmp'))
        await remove(join(this.#folder, name));
  }
}

/** null: of another recipe or size, damaged, or the pixel file is shorter than it says. */
async function readEntries(folder: string, number: number, size: number): Promise<ShelfEntry[] | null> {
  const indexFile = join(folder, `${number}.jsonl`);
  const content = await readWhole(indexFile);
  // A line that a killed process did not finish.
  const end = content.lastIndexOf('\n') + 1;
  try {
    const [header, ...rows] = content
      .toString('utf8', 0, end)
      .split('\n')
      .slice(0, -1)
      .map((line): unknown => JSON.parse(line));
    if (Header.parse(header).size !== size) return null;
    const entries = z.array(ShelfEntry).parse(rows);
    const { size: bytes } = await stat(join(folder, `${number}.bin`));
    if (entries.some(({ row }) => (row + 1) * rowLength(size) > bytes)) return null;
    if (end < content.length) {
      await using index = await openForChanges(indexFile);
      await index.truncate(end);
    }
    return entries;
  } catch {
    // A cache that cannot be read is made again.
    return null;
  }
}
