import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';

/**
 * Writes a whole file or nothing: to a temporary name beside it, flushed, renamed.
 * @param flush false for files that can be made again and are checked when read
 */
export async function writeAtomically(
  file: string,
  content: string | Uint8Array,
  flush = true,
): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    {
      await using handle = await open(temporary, 'wx');
      await handle.writeFile(content);
      if (flush) await handle.sync();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
