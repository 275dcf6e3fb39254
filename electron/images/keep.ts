import { dirname } from 'node:path';
import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import { makeFolder, writeAtomically } from '../files/index.ts';
import type { ImageFormat } from './formats.ts';
import { probe } from './probe.ts';
import type { ImageInfo } from './probe.ts';

/**
 * Writes a picture that came from elsewhere: it gets its name only once it is on the disk, is of that format and can
 * be read.
 * @param file absolute; its folder is made
 * @throws TwinheadError `unusable-input` for anything but a whole picture of the format
 */
export async function keepPicture(
  file: string,
  content: Uint8Array,
  format: ImageFormat,
): Promise<ImageInfo> {
  makeFolder(dirname(file));
  const inspect = async (temporary: string): Promise<ImageInfo> => {
    const outcome = await probe(temporary);
    if (!outcome.ok) {
      throw new TwinheadError('unusable-input', outcome.reason, { file, remedy: outcome.remedy });
    }
    if (outcome.image.format !== format) {
      throw new TwinheadError('unusable-input', say('images.expected', { format: format.toUpperCase() }), {
        file,
      });
    }
    return { ...outcome.image, file, note: null };
  };
  return writeAtomically(file, content, { inspect });
}
