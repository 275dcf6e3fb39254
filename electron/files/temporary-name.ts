import { randomUUID } from 'node:crypto';
import path from 'node:path';

/** Matches what temporaryName makes, and what SQLite keeps beside it; its group is the process that writes the file. */
export const TEMPORARY = /\.(\d+)-[0-9a-f]{8}\.tmp(?:-wal|-shm|-journal)?$/;

/** A name beside a file that says whose it is: see litter.ts. */
export function temporaryName(file: string): string {
  return `${path.basename(file)}.${process.pid}-${randomUUID().slice(0, 8)}.tmp`;
}
