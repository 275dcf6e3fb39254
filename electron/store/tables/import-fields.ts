import type { Unknown } from '../../common/dataset.ts';
import type { Reader, Writer } from '../database/database.ts';
import { applyProjectPatch } from '../history/project-patch.ts';
import type { ProjectPatch } from '../history/project-patch.ts';
import { putClasses, readClassRow } from '../rows/class-rows.ts';
import type { ClassRow } from '../rows/class-rows.ts';
import { withFields } from '../rows/extra-fields.ts';
import type { SourceTexts } from '../rows/source-rows.ts';

/** Fields that a source brought and nobody here knows, by its format. */
export type BroughtFields = Readonly<Record<string, Unknown>>;

/** An image's `extra` with what an import brings. */
export function imageFields(reader: Reader, imageId: number, brought: BroughtFields): string {
  const { extra } = reader.get<{ extra: string | null }>('SELECT extra FROM images WHERE id = ?', imageId)!;
  return withFields(extra, brought);
}

/** Keeps the fields of classes, by their id, and of the source as a whole. @returns what takes it back */
export function keepFields(
  writer: Writer,
  classes: ReadonlyMap<number, BroughtFields>,
  source: BroughtFields,
): ProjectPatch {
  const rows = [...classes].flatMap(([id, brought]): ClassRow[] => {
    const row = readClassRow(writer, id)!;
    const extra = withFields(row.extra, brought);
    return extra === row.extra ? [] : [{ ...row, extra }];
  });
  const { put } = putClasses(writer, rows);
  const texts = Object.entries(source).map(([format, fields]) => [format, JSON.stringify(fields)]);
  const sources = Object.fromEntries(texts) as SourceTexts;
  return { ...(put.length > 0 ? { put } : {}), ...applyProjectPatch(writer, { sources }) };
}
