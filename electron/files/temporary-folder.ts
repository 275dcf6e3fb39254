import { existsSync, mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { errorCode } from './error-code.ts';
import { noFolderIn, removeSync } from './folders.ts';
import { canonicalPath, inFolderSync } from './held-folder.ts';
import { sweep } from './litter.ts';
import { temporaryName } from './temporary-name.ts';

/** A new folder for temporary files, removed when it is disposed of; after a kill, by the next one made beside it. */
export class TemporaryFolder implements Disposable {
  readonly path: string;

  /** @param within canonical; where the system keeps temporary files by default */
  constructor(prefix: string, within = canonicalPath(os.tmpdir())) {
    sweep(within);
    const name = temporaryName(prefix);
    // For its owner alone, as the system's folder of temporary files is open to everybody.
    this.path = path.join(within, name);
    try {
      inFolderSync(within, (folder) => mkdirSync(folder.at(name), { mode: 0o700 }));
    } catch (error) {
      throw errorCode(error) === 'ENOENT' && existsSync(within) ? noFolderIn(within, within) : error;
    }
  }

  [Symbol.dispose](): void {
    removeSync(this.path);
  }
}
