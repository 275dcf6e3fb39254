import { lstatSync } from 'node:fs';

/** What tells a file from another one that takes its name; null where there is none. */
export function identityOf(file: string): string | null {
  const found = lstatSync(file, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? null : `${found.dev}:${found.ino}`;
}
