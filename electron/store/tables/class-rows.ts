import type { ClassKind } from '../../common/entities.ts';
import type { Reader, Writer } from '../database.ts';

/** A class as patches carry it. How often it is used follows from boxes and images and is no part of it. */
export type ClassTuple = [
  id: number,
  kind: ClassKind,
  name: string,
  color: string,
  hotkey: string | null,
  position: number,
];

/** A change of the class list as plain data; see ImagePatch. */
export interface ClassPatch {
  readonly put?: readonly ClassTuple[];
  readonly remove?: readonly number[];
}

interface ClassRow {
  readonly id: number;
  readonly kind: ClassKind;
  readonly name: string;
  readonly color: string;
  readonly hotkey: string | null;
  readonly position: number;
  readonly uses: number;
}

export function classRow(reader: Reader, id: number): ClassRow | undefined {
  return reader.get<ClassRow>(
    'SELECT id, kind, name, color, hotkey, position, uses FROM classes WHERE id = ?',
    id,
  );
}

export function classTuple(row: ClassRow): ClassTuple {
  return [row.id, row.kind, row.name, row.color, row.hotkey, row.position];
}

/** Makes classes as given and returns what takes it back. */
export function putClasses(writer: Writer, classes: readonly ClassTuple[]): Required<ClassPatch> {
  const put: ClassTuple[] = [];
  const remove: number[] = [];
  for (const [id, kind, name, color, hotkey, position] of classes) {
    const old = classRow(writer, id);
    if (old === undefined) {
      writer.run(
        'INSERT INTO classes (id, kind, name, color, hotkey, position) VALUES (?, ?, ?, ?, ?, ?)',
        id,
        kind,
        name,
        color,
        hotkey,
        position,
      );
      remove.push(id);
    } else {
      writer.run(
        'UPDATE classes SET name = ?, color = ?, hotkey = ?, position = ? WHERE id = ?',
        name,
        color,
        hotkey,
        position,
        id,
      );
      put.push(classTuple(old));
    }
  }
  return { put, remove };
}

/** Removes classes that no label and no suggestion uses; those in use stay. Returns what takes it back. */
export function removeUnusedClasses(writer: Writer, ids: readonly number[]): ClassTuple[] {
  const put: ClassTuple[] = [];
  for (const id of ids) {
    const old = classRow(writer, id);
    if (old === undefined || old.uses > 0) continue;
    if (writer.get('SELECT 1 AS there FROM suggestions WHERE class_id = ? LIMIT 1', id) !== undefined)
      continue;
    writer.run('DELETE FROM classes WHERE id = ?', id);
    put.push(classTuple(old));
  }
  return put;
}
