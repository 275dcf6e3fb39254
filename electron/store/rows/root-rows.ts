import path from 'node:path';
import type { Reader, Writer } from '../database/database.ts';
import { damagedValue } from './damaged.ts';

/** A registered folder that images lie in. */
export interface Root {
  readonly id: number;
  /** Absolute, in the spelling of this system. */
  readonly folder: string;
  /** Inside the project's own folder: moves with it. */
  readonly insideProject: boolean;
}

interface RootRow {
  readonly id: number;
  readonly folder: string;
  readonly inside_project: 0 | 1;
}

export function readRoots(reader: Reader, projectFolder: string): Root[] {
  return reader.all<RootRow>('SELECT id, folder, inside_project FROM roots ORDER BY id').map((row) => {
    if (row.folder.includes('\0')) throw damagedValue('roots.folder');
    return {
      id: row.id,
      folder: row.inside_project === 1 ? path.join(projectFolder, row.folder) : row.folder,
      insideProject: row.inside_project === 1,
    };
  });
}

/** Where a folder of images is. */
export type RootTuple = readonly [id: number, folder: string, insideProject: 0 | 1];

/** Moves folders and returns what takes that back. */
export function putRoots(writer: Writer, roots: readonly RootTuple[]): RootTuple[] {
  return roots.flatMap(([id, folder, inside]): RootTuple[] => {
    const old = writer.get<{ folder: string; inside_project: 0 | 1 }>(
      'SELECT folder, inside_project FROM roots WHERE id = ?',
      id,
    );
    if (old === undefined) return [];
    writer.run('UPDATE roots SET folder = ?, inside_project = ? WHERE id = ?', folder, inside, id);
    return [[id, old.folder, old.inside_project]];
  });
}
