import { classNameKey } from '../../common/class-names.ts';
import type { TestSet } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { StoreContext } from '../database/context.ts';
import type { Reader, Writer } from '../database/database.ts';
import { knownEntry } from '../history/edit-ids.ts';
import type { ChangeOptions } from '../history/edit-ids.ts';
import type { Journal } from '../history/journal.ts';
import { putSettings } from '../rows/setting-rows.ts';
import { IN_TEST_SET, testSetIds, testSetKey, testSetNames } from '../rows/test-set-rows.ts';
import { readSettings } from './settings.ts';
import { requireImages } from './splits.ts';

const LONGEST_NAME = 60;

function countImages(reader: Reader, name: string): number {
  return reader.get<{ n: number }>(
    `SELECT count(*) AS n FROM images WHERE split = 'test' AND removed = 0 AND ${IN_TEST_SET}`,
    testSetKey(name),
  )!.n;
}

/** Test sets by name, with what is in them. */
export function readTestSets(reader: Reader): TestSet[] {
  const { testSetLooks } = readSettings(reader);
  return testSetNames(reader).map((name) => ({
    name,
    images: countImages(reader, name),
    looks: testSetLooks[name] ?? 0,
  }));
}

/** @throws TwinheadError `not-found` */
function requireIds(reader: Reader, name: string): number[] {
  const ids = testSetIds(reader, name);
  if (ids !== null) return ids;
  const names = testSetNames(reader);
  throw new TwinheadError('not-found', say('store.testSet.none', { name }), {
    place: 'testSet',
    remedy:
      names.length === 0
        ? say('store.testSet.none.remedy')
        : say('store.testSet.none.names', { names: { list: names, comma: true } }),
  });
}

/** @throws TwinheadError `not-allowed` */
function requireOpen(reader: Reader): void {
  if (!readSettings(reader).testLocked) return;
  throw new TwinheadError('not-allowed', say('store.testSet.locked'), {
    remedy: say('store.testLocked.remedy'),
  });
}

/**
 * Parts of the split `test` that have a name. Each is a list of images that was once given, so that what a score is about
 * stays the same; an image that leaves the split is not counted as long as it is away.
 */
export class TestSets {
  readonly #context: StoreContext;
  readonly #journal: Journal;

  constructor(context: StoreContext, journal: Journal) {
    this.#context = context;
    this.#journal = journal;
  }

  /** By name. */
  list(): TestSet[] {
    return this.#context.db.snapshot(readTestSets);
  }

  /** The images of a set that count. @throws TwinheadError `not-found` */
  images(name: string): number[] {
    return this.#context.db.snapshot((reader) => {
      requireIds(reader, name);
      return reader.values<number>(
        `SELECT id FROM images WHERE split = 'test' AND removed = 0 AND ${IN_TEST_SET} ORDER BY id`,
        testSetKey(name),
      );
    });
  }

  /**
   * Makes a set of images, or adds them to the one of that name, and moves those to the split `test` that are elsewhere: one
   * step of the project's undo.
   * @throws TwinheadError `invalid-input` for a name that can't be seen or is too long; `not-found`; `not-allowed` while the
   * test set is locked, or an import is under way
   */
  add(
    given: string,
    imageIds: readonly number[],
    { editId }: ChangeOptions = {},
  ): { images: number; moved: number } {
    const name = requireName(given);
    return this.#context.db.write((writer) => {
      const known = knownEntry(writer, null, 'split-change', editId);
      if (known !== undefined) {
        const { moved } = JSON.parse(known.operations) as { readonly moved: { readonly test: number } };
        return { images: countImages(writer, name), moved: moved.test };
      }
      requireOpen(writer);
      requireImages(writer, imageIds);
      const old = testSetIds(writer, name) ?? [];
      const moving = writer.values<number>(
        `SELECT id FROM images WHERE split <> 'test' AND id IN (SELECT value FROM json_each(?)) ORDER BY id`,
        JSON.stringify(imageIds),
      );
      const ids = [...new Set([...old, ...imageIds])].sort((a, b) => a - b);
      if (ids.length > old.length || moving.length > 0) {
        const count = imageIds.length;
        const entry = this.#journal.begin(writer, {
          kind: 'split-change',
          summary: say('history.testSet', { name, count }),
          operations: { moved: { test: moving.length }, testSet: { name, images: count } },
          editId,
        });
        if (moving.length > 0) entry.moveToSplit('test', moving);
        entry.finish({ settings: putSettings(writer, { [testSetKey(name)]: JSON.stringify(ids) }) });
      }
      return { images: countImages(writer, name), moved: moving.length };
    });
  }

  /** Takes the name away: a step of the project's undo. The images stay where they are. @throws as {@link add} */
  delete(name: string, { editId }: ChangeOptions = {}): void {
    this.#context.db.write((writer) => {
      if (knownEntry(writer, null, 'split-change', editId) !== undefined) return;
      requireOpen(writer);
      requireIds(writer, name);
      this.#remove(writer, name, editId);
    });
  }

  #remove(writer: Writer, name: string, editId: string | undefined): void {
    const entry = this.#journal.begin(writer, {
      kind: 'split-change',
      summary: say('history.testSet.deleted', { name }),
      operations: { moved: {}, testSet: { name, images: 0 } },
      editId,
    });
    entry.finish({ settings: putSettings(writer, { [testSetKey(name)]: null }) });
  }
}

/** @throws TwinheadError `invalid-input` */
function requireName(given: string): string {
  const name = given.normalize('NFC').trim();
  const length = Array.from(name).length;
  if (classNameKey(name) !== '' && length <= LONGEST_NAME && name.isWellFormed() && !/\p{Cc}/u.test(name))
    return name;
  throw new TwinheadError('invalid-input', say('store.testSet.name', { most: LONGEST_NAME }), {
    place: 'name',
    remedy: say('store.anotherName'),
  });
}
