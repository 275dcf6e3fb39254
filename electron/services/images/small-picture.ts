import path from 'node:path';
import type { ImageFile } from '../../store/index.ts';
import type { OpenProject } from '../scope/open-project.ts';

/** A picture as it stands in a page by itself. */
export function dataAddress({
  bytes,
  contentType,
}: {
  readonly bytes: Uint8Array;
  readonly contentType: string;
}): string {
  return `data:${contentType};base64,${Buffer.from(bytes).toString('base64')}`;
}

/**
 * A small copy of a picture as a data address, kept in the project's cache.
 * @param size longest side, pixels
 * @throws TwinheadError `unusable-input` or `not-found` for the picture
 */
export async function smallPicture(
  { folder }: Pick<OpenProject, 'folder'>,
  { file, sha256 }: Pick<ImageFile, 'file' | 'sha256'>,
  size: number,
): Promise<string> {
  const { thumbnail } = await import('../../images/index.ts');
  const cacheFolder = path.join(folder, 'cache', 'thumbnails');
  return dataAddress(await thumbnail(file, { size, sha256, cacheFolder }));
}
