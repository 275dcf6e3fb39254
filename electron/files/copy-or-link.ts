import { constants } from 'node:fs';
import { copyFile, link } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from './error-code.ts';
import { inFolder } from './held-folder.ts';
import { openFile } from './read.ts';

/** Errors of hard links where a copy can still be made. */
const NO_LINKS = new Set(['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK']);

/**
 * Makes a copy of somebody's file at a path where nothing may be yet, or as a hard link, which needs no room.
 * @returns what was made: a copy where the disk can't link
 * @throws TwinheadError `unusable-input` where the path lies behind a link or the file is none; what the system says
 */
export async function copyOrLink(file: string, at: string, how: 'copy' | 'link'): Promise<'copy' | 'link'> {
  // A pipe would keep the copy waiting for somebody who writes into it.
  await using _ = await openFile(file);
  return await inFolder(path.dirname(at), async (folder) => {
    const target = folder.at(path.basename(at));
    if (how === 'link') {
      try {
        await link(file, target);
        return 'link';
      } catch (error) {
        if (!NO_LINKS.has(errorCode(error) ?? '')) throw error;
      }
    }
    await copyFile(file, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    return 'copy';
  });
}
