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
  await writeInspected(file, content, () => Promise.resolve(), flush);
}

/**
 * The same, but the file gets its name only once `inspect` has found what is on the disk to be good.
 * @param inspect of the temporary name; throws where it is not
 */
export async function writeInspected<Found>(
  file: string,
  content: string | Uint8Array,
  inspect: (temporary: string) => Promise<Found>,
  flush = true,
): Promise<Found> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    {
      await using handle = await open(temporary, 'wx');
      await handle.writeFile(content);
      if (flush) await handle.sync();
    }
    const found = await inspect(temporary);
    await rename(temporary, file);
    return found;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
