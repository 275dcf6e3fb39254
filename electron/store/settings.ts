import { z } from 'zod';
import { TwinheadError } from '../common/errors.ts';
import type { StoreContext } from './context.ts';
import type { Reader, Writer } from './database.ts';
import { requireNoImport } from './journal.ts';

/** What is decided once a project. Each has a default, so that older projects need no migration for a new one. */
export const ProjectSettings = z.object({
  multipleImageClasses: z.boolean().default(false),
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
      const settings = ProjectSettings.parse({ ...readSettings(writer), ...changes });
      for (const [key, value] of Object.entries(settings)) writeSetting(writer, key, value);
      return settings;
    });
  }
}
