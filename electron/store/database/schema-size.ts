import { closeSync, existsSync, readSync, statSync } from 'node:fs';
import { say } from '../../common/sentences/sentence.ts';
import { openFileSync } from '../../files/index.ts';
import { projectCorrupt } from './errors.ts';

/** Some ten times what a project has: SQLite reads all of it before anything else, in a time that grows with its square. */
const MOST_ENTRIES = 1000;
const MOST_PAGES = 64;
const MOST_BYTES = 1 << 20;
/** Pages in a log; the largest import writes some hundred thousand. */
const MOST_FRAMES = 4_000_000;

/** What a page of the schema holds, in the file format of SQLite: entries, or pages that do. */
interface SchemaPage {
  readonly entries: number;
  readonly bytes: number;
  readonly pages: readonly number[];
}

const LEAF = 13;
const INTERIOR = 5;

/** null for a page of another kind: damaged, as SQLite will say. */
function readSchemaPage(page: Buffer, isFirst: boolean): SchemaPage | null {
  const start = isFirst ? 100 : 0;
  const kind = page[start];
  if (kind !== LEAF && kind !== INTERIOR) return null;
  const cells = Array.from({ length: page.readUInt16BE(start + 3) }, (_, cell) => {
    const place = start + (kind === LEAF ? 8 : 12) + 2 * cell;
    return place + 2 <= page.length ? page.readUInt16BE(place) : page.length;
  });
  const inside = cells.filter((cell) => cell + 9 <= page.length);
  if (kind === LEAF) {
    const bytes = inside.reduce((sum, cell) => sum + readVarint(page, cell), 0);
    return { entries: cells.length, bytes, pages: [] };
  }
  const pages = [...inside.map((cell) => page.readUInt32BE(cell)), page.readUInt32BE(start + 8)];
  return { entries: 0, bytes: 0, pages };
}

/** SQLite's own numbers: seven bits a byte, the highest first. */
function readVarint(page: Buffer, at: number): number {
  let value = 0;
  for (let n = 0; n < 8; n++) {
    const byte = page[at + n]!;
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return value;
  }
  return value * 256 + page[at + 8]!;
}

/** The pages of a project file and of its log, without SQLite. */
class Pages implements Disposable {
  readonly #file: number;
  readonly #log: number | null;
  readonly #frames: number;
  readonly #size: number;
  readonly #logSize: number;

  constructor(file: string) {
    this.#file = openFileSync(file);
    this.#log = existsSync(`${file}-wal`) ? openFileSync(`${file}-wal`) : null;
    // The largest size does not fit into the two bytes that are there for it.
    const size = this.#read(this.#file, 0, 100).readUInt16BE(16);
    this.#size = size === 1 ? 65_536 : size;
    this.#logSize = this.#log === null ? 0 : this.#read(this.#log, 0, 32).readUInt32BE(8);
    const bytes = this.#log === null ? 0 : Math.max(0, statSync(`${file}-wal`).size - 32);
    this.#frames = isPageSize(this.#logSize) ? Math.floor(bytes / (this.#logSize + 24)) : 0;
  }

  get frames(): number {
    return this.#frames;
  }

  /** By its number, each state that is there of the wanted pages: that of the file, and those of the log. */
  *states(wanted: ReadonlySet<number>): Generator<readonly [number, Buffer]> {
    if (isPageSize(this.#size))
      for (const page of wanted) yield [page, this.#read(this.#file, (page - 1) * this.#size, this.#size)];
    for (let frame = 0; frame < this.#frames; frame++) {
      const place = 32 + frame * (this.#logSize + 24);
      const page = this.#read(this.#log!, place, 4).readUInt32BE(0);
      if (wanted.has(page)) yield [page, this.#read(this.#log!, place + 24, this.#logSize)];
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
    if (this.#log !== null) closeSync(this.#log);
  }

  /** Zeros beyond the end. */
  #read(descriptor: number, place: number, bytes: number): Buffer {
    const buffer = Buffer.alloc(bytes);
    if (place >= 0) readSync(descriptor, buffer, 0, bytes, place);
    return buffer;
  }
}

function isPageSize(bytes: number): boolean {
  return bytes >= 512 && bytes <= 65_536 && (bytes & (bytes - 1)) === 0;
}

/**
 * That the schema is no larger than Twinhead could make it, before SQLite reads it: a stranger's with ten thousands of
 * tables would hold the process for minutes. All states of a page in the log count, as not all of them are valid.
 * @throws TwinheadError `project-corrupt`
 */
export function requireBoundedSchema(file: string): void {
  using pages = new Pages(file);
  const refuse: () => never = () => {
    throw projectCorrupt(file, say('store.schema.large'));
  };
  if (pages.frames > MOST_FRAMES) refuse();
  const below = new Set<number>();
  const look = (wanted: ReadonlySet<number>): { entries: number; bytes: number } => {
    const most = new Map<number, { entries: number; bytes: number }>();
    for (const [number, content] of pages.states(wanted)) {
      const page = readSchemaPage(content, number === 1);
      if (page === null) continue;
      for (const child of page.pages) below.add(child);
      // A schema of ours is one page, or one above a few.
      if (below.size > MOST_PAGES || below.has(1) || (number !== 1 && page.pages.length > 0)) refuse();
      const known = most.get(number) ?? { entries: 0, bytes: 0 };
      most.set(number, {
        entries: Math.max(known.entries, page.entries),
        bytes: Math.max(known.bytes, page.bytes),
      });
    }
    const sum = (of: 'entries' | 'bytes'): number =>
      [...most.values()].reduce((all, one) => all + one[of], 0);
    return { entries: sum('entries'), bytes: sum('bytes') };
  };
  const first = look(new Set([1]));
  const others = look(new Set(below));
  if (first.entries + others.entries > MOST_ENTRIES || first.bytes + others.bytes > MOST_BYTES) refuse();
}
