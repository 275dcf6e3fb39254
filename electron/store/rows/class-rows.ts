import { z } from 'zod';
import type { LabelClass } from '../../common/entities.ts';
import { valueIn } from './damaged.ts';
import { extraColumn, NO_FIELDS } from './extra-fields.ts';
import type { Reader, Writer } from '../database/database.ts';

/** A class as patches carry it. How often it is used follows from boxes and images and is no part of it. */
export interface ClassRow extends Omit<LabelClass, 'uses' | 'description' | 'examples'> {
  /** These may be left out: a class that is there keeps its own. */
  readonly description?: string;
  readonly examples?: readonly number[];
  /** Fields that imports brought (see extra-fields.ts). */
  readonly extra?: string;
}

/** A change of the class list as plain data; see ImagePatch. */
export interface ClassPatch {
  readonly put?: readonly ClassRow[];
  readonly remove?: readonly number[];
}

const COLUMNS = 'id, kind, name, color, hotkey, position, uses, description, examples';
const Examples = z.array(z.int());

/** A row with its list as the text that the table has. */
type AsStored<Row> = Omit<Row, 'examples'> & { readonly examples: string };

function listed<Row extends { readonly examples: string }>(
  row: Row,
): Omit<Row, 'examples'> & { examples: number[] } {
  return { ...row, examples: valueIn(Examples, row.examples, 'classes.examples') };
}

export function readClass(reader: Reader, id: number): LabelClass | undefined {
  const row = reader.get<AsStored<LabelClass>>(`SELECT ${COLUMNS} FROM classes WHERE id = ?`, id);
  return row && listed(row);
}

/** By kind (objects first) and position. */
export function readClasses(reader: Reader): LabelClass[] {
  return reader
    .all<AsStored<LabelClass>>(`SELECT ${COLUMNS} FROM classes ORDER BY kind DESC, position, id`)
    .map(listed);
}

type StoredClass = Required<ClassRow> & { readonly uses: number };

export function readClassRow(reader: Reader, id: number): StoredClass | undefined {
  const row = reader.get<AsStored<StoredClass>>(
    `SELECT ${COLUMNS}, coalesce(extra, '${NO_FIELDS}') AS extra FROM classes WHERE id = ?`,
    id,
  );
  return row && listed(row);
}

/**
 * Makes classes as given and returns what takes it back. Another class that has a name which is needed, as one may
 * that goes with the same change, gets its id behind it.
 */
export function putClasses(writer: Writer, classes: readonly ClassRow[]): Required<ClassPatch> {
  const put: ClassRow[] = [];
  const remove: number[] = [];
  const seen = new Set<number>();
  const keep = (old: Required<ClassRow>): void => {
    if (!seen.has(old.id)) put.push(withoutUses(old));
    seen.add(old.id);
  };
  for (const { id, kind, name, color, hotkey, position, description, examples, extra } of classes) {
    const holder = writer.get<{ id: number }>(
      'SELECT id FROM classes WHERE kind = ? AND name = ? AND id <> ?',
      kind,
      name,
      id,
    );
    if (holder !== undefined) {
      keep(readClassRow(writer, holder.id)!);
      writer.run('UPDATE classes SET name = ? WHERE id = ?', `${name} (${holder.id})`, holder.id);
    }
    const old = readClassRow(writer, id);
    if (old === undefined) {
      writer.run(
        `INSERT INTO classes (id, kind, name, color, hotkey, position, description, examples, extra)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        id,
        kind,
        name,
        color,
        hotkey,
        position,
        description ?? '',
        JSON.stringify(examples ?? []),
        extraColumn(extra ?? NO_FIELDS),
      );
      remove.push(id);
      seen.add(id);
    } else {
      writer.run(
        `UPDATE classes SET name = ?, color = ?, hotkey = ?, position = ?, description = ?, examples = ?, extra = ?
         WHERE id = ?`,
        name,
        color,
        hotkey,
        position,
        description ?? old.description,
        JSON.stringify(examples ?? old.examples),
        extraColumn(extra ?? old.extra),
        id,
      );
      keep(old);
    }
  }
  return { put, remove };
}

/** What takes back first the one, then the other: of a class that both name, the row that it had first. */
export function firstRows(first: readonly ClassRow[], then: readonly ClassRow[]): ClassRow[] {
  const known = new Set(first.map(({ id }) => id));
  return [...first, ...then.filter(({ id }) => !known.has(id))];
}

/** Removes classes that no label and no suggestion uses; those in use stay. Returns what takes it back. */
export function removeUnusedClasses(writer: Writer, ids: readonly number[]): ClassRow[] {
  const put: ClassRow[] = [];
  for (const id of ids) {
    const old = readClassRow(writer, id);
    if (old === undefined || old.uses > 0) continue;
    if (writer.get('SELECT 1 AS there FROM suggestions WHERE class_id = ? LIMIT 1', id) !== undefined)
      continue;
    writer.run('DELETE FROM classes WHERE id = ?', id);
    put.push(withoutUses(old));
  }
  return put;
}

function withoutUses(row: Required<ClassRow>): ClassRow {
  const { id, kind, name, color, hotkey, position, description, examples, extra } = row;
  return { id, kind, name, color, hotkey, position, description, examples, extra };
}
