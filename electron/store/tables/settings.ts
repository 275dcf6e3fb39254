import { z } from 'zod';
import { classNameKey } from '../../common/class-names.ts';
import { SavedFilter } from '../../common/contract.ts';
import { AttributeDefinition } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { requireDefinitions } from './attribute-rules.ts';
import type { StoreContext } from '../context.ts';
import type { Reader, Writer } from '../database.ts';
import { requireNoImport } from '../history/journal.ts';

const LONGEST_FILTER_NAME = 100;

/** What is decided once a project. Each has a default, so that older projects need no migration for a new one. */
export const ProjectSettings = z.object({
  multipleImageClasses: z.boolean().default(false),
  attributes: z.array(AttributeDefinition).default([]),
  savedFilters: z.array(SavedFilter).default([]),
});
export type ProjectSettings = z.infer<typeof ProjectSettings>;

export function readSettings(reader: Reader): ProjectSettings {
  const rows = reader.all<{ key: string; value: string }>('SELECT key, value FROM settings');
  return ProjectSettings.parse(Object.fromEntries(rows.map(({ key, value }) => [key, JSON.parse(value)])));
}

function writeSetting(writer: Writer, key: string, value: unknown): void {
  writer.run(
    'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    key,
    JSON.stringify(value),
  );
}

export class Settings {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  get(): ProjectSettings {
    return readSettings(this.#context.db.read);
  }

  /** @throws TwinheadError `not-allowed` where an image has several classes and only one shall be allowed, or an import is under way */
  update(changes: Partial<ProjectSettings>): ProjectSettings {
    return this.#context.db.write((writer) => {
      requireNoImport(writer);
      if (changes.multipleImageClasses === false) {
        const several = writer.get<{ images: number }>(
          'SELECT count(*) AS images FROM (SELECT 1 FROM image_classes GROUP BY image_id HAVING count(*) > 1)',
        );
        if (several !== undefined && several.images > 0) {
          throw new TwinheadError('not-allowed', `${several.images} images have several classes.`, {
            remedy: 'Leave one class on each of them first.',
          });
        }
      }
      const settings = ProjectSettings.parse({
        ...readSettings(writer),
        ...changes,
        ...(changes.attributes === undefined ? {} : { attributes: requireDefinitions(changes.attributes) }),
      });
      for (const [key, value] of Object.entries(settings)) writeSetting(writer, key, value);
      return settings;
    });
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
      throw new TwinheadError(
        'invalid-input',
        `A filter's name has 1 to ${LONGEST_FILTER_NAME} characters.`,
        {
          place: 'name',
          remedy: 'Choose another name.',
        },
      );
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
      writeSetting(writer, 'savedFilters', filters);
      return filters;
    });
  }
}
