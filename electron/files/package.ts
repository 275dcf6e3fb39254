import { existsSync } from 'node:fs';
import path from 'node:path';
import { readTextSync } from './read.ts';

const COMPILED = !import.meta.url.endsWith('.ts');

/** Folder of the package; once compiled it lies one level further up, above dist/. */
export const packageFolder = path.join(import.meta.dirname, COMPILED ? '../../..' : '../..');

/** The app's version, from package.json. */
export function appVersion(): string {
  const { version } = JSON.parse(readTextSync(path.join(packageFolder, 'package.json'))) as {
    version: string;
  };
  return version;
}

/**
 * A file that comes with the program, looked for upwards: beside the sources in a checkout, beside dist/ in the packaged
 * app. Null where there is none.
 */
export function findResource(relative: string): string | null {
  for (let folder = import.meta.dirname; ; folder = path.dirname(folder)) {
    const file = path.join(folder, relative);
    if (existsSync(file)) return file;
    if (path.dirname(folder) === folder) return null;
  }
}
