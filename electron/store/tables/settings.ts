import { z } from 'zod';
import { classNameKey } from '../../common/class-names.ts';
import { ColumnMapping } from '../../common/columns.ts';
import { SavedFilter } from '../../common/contract.ts';
import { AttributeDefinition } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Sentence } from '../../common/sentences/sentence.ts';
import { requireDefinitions } from './attribute-rules.ts';
import type { StoreContext } from '../database/context.ts';
import type { Reader } from '../database/database.ts';
import { knownEntry } from '../history/edit-ids.ts';
import type { ChangeOptions } from '../history/edit-ids.ts';
import { requireNoImport } from '../history/journal.ts';
import type { Journal } from '../history/journal.ts';
import { putSettings } from '../rows/setting-rows.ts';
import { TEST_SET_KEY, testSetNames } from '../rows/test-set-rows.ts';

const LONGEST_FILTER_NAME = 100;
const MOST_MAPPINGS = 50;

/** What is decided once a project. Each has a default, so that older projects need no migration for a new one. */
export const ProjectSettings = z.object({
  multipleImageClasses: z.boolean().default(false),
  attributes: z.array(AttributeDefinition).default([]),
  savedFilters: z.array(SavedFilter).default([]),
  /** What the columns of imported tables mean, by the names of all of them. */
  columnMappings: z.array(z.object({ names: z.string(), columns: ColumnMapping })).default([]),
  /** Nothing comes into the test set or goes out of it. */
  testLocked: z.boolean().default(false),
  /** How often a run was evaluated on the test set. */
  testLooks: z.int().default(0),
  /** By name of a test set, those that are gone too: a look at it stays a look. */
  testSetLooks: z.record(z.string(), z.int()).default({}),
});
export type ProjectSettings = z.infer<typeof ProjectSettings>;

export function readSettings(reader: Reader): ProjectSettings {
  const rows = reader.all<{ key: string; value: string }>(
    `SELECT key, value FROM settings WHERE substr(key, 1, ${TEST_SET_KEY.length}) <> '${TEST_SET_KEY}'`,
  );
  return ProjectSettings.parse(Object.fromEntries(rows.map(({ key, value }) => [key, JSON.parse(value)])));
}

function changedTexts(old: ProjectSettings, settings: ProjectSettings): Record<string, string> {
  const texts = Object.entries(settings).map(([key, value]): [string, string] => [
    key,
    JSON.stringify(value),
  ]);
  return Object.fromEntries(
    texts.filter(([key, text]) => text !== JSON.stringify(old[key as keyof ProjectSettings])),
  );
}

function summaryOf(changed: readonly string[], { testLocked }: ProjectSettings): Sentence {
  if (changed.join() !== 'testLocked') return say('history.settings');
  return say(testLocked ? 'history.testLocked' : 'history.testUnlocked');
}

export class Settings {
  readonly #context: StoreContext;
  readonly #journal: Journal;

  constructor(context: StoreContext, journal: Journal) {
    this.#context = context;
    this.#journal = journal;
  }

  get(): ProjectSettings {
    return readSettings(this.#context.db.read);
  }

  /**
   * One step of the project's undo.
   * @throws TwinheadError `not-allowed` where an image has several classes and only one shall be allowed, or an import is under way
   */
  update(changes: Partial<ProjectSettings>, { editId }: ChangeOptions = {}): ProjectSettings {
    return this.#context.db.write((writer) => {
      if (knownEntry(writer, null, 'settings', editId) !== undefined) return readSettings(writer);
      requireNoImport(writer);
      const old = readSettings(writer);
      const settings = ProjectSettings.parse({
        ...old,
        ...changes,
        ...(changes.attributes === undefined ? {} : { attributes: requireDefinitions(changes.attributes) }),
      });
      const before = putSettings(writer, changedTexts(old, settings));
      const changed = Object.keys(before);
      if (changed.length === 0) return settings;
      const summary = summaryOf(changed, settings);
      this.#journal
        .begin(writer, { kind: 'settings', summary, operations: { changed }, editId })
        .finish({ settings: before });
      return settings;
    });
  }

  /**
   * One more evaluation on the test set, and on each part of it that has a name, or on the one alone: no step of undo.
   * @param name null: on all of it
   * @param seen of which named parts, where not all were seen
   */
  countTestLook(name: string | null = null, seen?: readonly string[]): void {
    this.#context.db.write((writer) => {
      const { testLooks, testSetLooks } = readSettings(writer);
      const parts = name === null ? (seen ?? testSetNames(writer)) : [name];
      const more = parts.map((one) => [one, (testSetLooks[one] ?? 0) + 1] as const);
      putSettings(writer, {
        ...(name === null ? { testLooks: JSON.stringify(testLooks + 1) } : {}),
        ...(more.length > 0
          ? { testSetLooks: JSON.stringify({ ...testSetLooks, ...Object.fromEntries(more) }) }
          : {}),
      });
    });
  }

  /** What the columns of a table mean, for the next one with the same: no step of undo. */
  rememberColumns(names: readonly string[], columns: ColumnMapping): void {
    const key = names.join('\t');
    this.#context.db.write((writer) => {
      const others = readSettings(writer).columnMappings.filter((one) => one.names !== key);
      const kept = [{ names: key, columns }, ...others].slice(0, MOST_MAPPINGS);
      putSettings(writer, { columnMappings: JSON.stringify(kept) });
    });
  }

  /** As {@link rememberColumns} was called; undefined for other tables. */
  knownColumns(names: readonly string[]): ColumnMapping | undefined {
    return this.get().columnMappings.find((one) => one.names === names.join('\t'))?.columns;
  }

  /** By name. */
  savedFilters(): SavedFilter[] {
    return this.get().savedFilters;
  }

  /**
   * Keeps a filter; one of the same name is replaced.
   * @throws TwinheadError `invalid-input` for a name that can't be seen or is too long
   */
  saveFilter(filter: SavedFilter): SavedFilter[] {
    const name = filter.name.normalize('NFC').trim();
    if (classNameKey(name) === '' || Array.from(name).length > LONGEST_FILTER_NAME) {
      throw new TwinheadError('invalid-input', say('store.filter', { most: LONGEST_FILTER_NAME }), {
        place: 'name',
        remedy: say('store.anotherName'),
      });
    }
    return this.#changeFilters((filters) => [
      ...filters.filter((other) => classNameKey(other.name) !== classNameKey(name)),
      { ...filter, name },
    ]);
  }

  /** A name that is not there changes nothing. */
  deleteFilter(name: string): SavedFilter[] {
    return this.#changeFilters((filters) => filters.filter((other) => other.name !== name));
  }

  #changeFilters(change: (filters: readonly SavedFilter[]) => SavedFilter[]): SavedFilter[] {
    return this.#context.db.write((writer) => {
      const filters = change(readSettings(writer).savedFilters).sort((a, b) => a.name.localeCompare(b.name));
      putSettings(writer, { savedFilters: JSON.stringify(filters) });
      return filters;
    });
  }
}
