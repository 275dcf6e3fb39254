import type { Unknown } from '../../common/dataset.ts';
import type { Reader, Writer } from '../database/database.ts';
import { objectIn } from './damaged.ts';

/** Fields that an imported file had beside images and classes and nobody here knows, by format, as JSON; null for none. */
export type SourceTexts = Readonly<Record<string, string | null>>;

function sourceText(reader: Reader, format: string): string | null {
  const row = reader.get<{ fields: string }>('SELECT fields FROM source_fields WHERE format = ?', format);
  return row?.fields ?? null;
}

export function sourceFields(reader: Reader, format: string): Unknown {
  return objectIn(sourceText(reader, format) ?? '{}', 'source_fields.fields');
}

/** Stores them, each in the place of what an earlier import of its format brought, and returns what takes that back. */
export function putSources(writer: Writer, sources: SourceTexts): SourceTexts {
  const before: [string, string | null][] = [];
  for (const [format, text] of Object.entries(sources)) {
    const old = sourceText(writer, format);
    if (old === text) continue;
    before.push([format, old]);
    if (text === null) writer.run('DELETE FROM source_fields WHERE format = ?', format);
    else {
      writer.run(
        'INSERT INTO source_fields (format, fields) VALUES (?, ?) ON CONFLICT (format) DO UPDATE SET fields = excluded.fields',
        format,
        text,
      );
    }
  }
  return Object.fromEntries(before);
}
