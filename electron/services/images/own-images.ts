import path from 'node:path';
import { z } from 'zod';
import { folderNameFor } from '../../common/video-frames.ts';
import { makeFolder, makeNewFolder, readWhole, writeAtomically } from '../../files/index.ts';

/** Inside the project: pictures that Twinhead has made itself, out of videos and of files with several pages. */
const OWN_IMAGES = 'images';
const SOURCE_FILE = 'source.json';

export function ownImagesFolder(projectFolder: string): string {
  return path.join(projectFolder, OWN_IMAGES);
}

/** What pictures were made of: a file's name without its folder, and what tells files of the same name apart. */
const PictureSource = z.object({ name: z.string(), bytes: z.number(), fingerprint: z.string() });
type PictureSource = z.infer<typeof PictureSource>;

async function sourceOf(folder: string): Promise<PictureSource | null> {
  try {
    return PictureSource.parse(
      JSON.parse((await readWhole(path.join(folder, SOURCE_FILE))).toString('utf8')),
    );
  } catch {
    // None there, or not ours: the folder is left alone.
    return null;
  }
}

/**
 * The folder of the pictures made of a file, made and marked where it is the first time: two files of one name get two.
 * @returns its name below the project's own images
 */
export async function folderOfSource(
  imagesFolder: string,
  { name, bytes, fingerprint }: PictureSource,
): Promise<string> {
  const wanted = folderNameFor(name);
  for (let number = 1; ; number += 1) {
    const folder = number === 1 ? wanted : `${wanted} (${number})`;
    const absolute = path.join(imagesFolder, folder);
    const source = await sourceOf(absolute);
    if (source?.fingerprint === fingerprint) return folder;
    if (source !== null) continue;
    makeFolder(imagesFolder);
    // Else it is somebody else's.
    if (!makeNewFolder(absolute)) continue;
    await writeAtomically(
      path.join(absolute, SOURCE_FILE),
      JSON.stringify({ name, bytes, fingerprint }, null, 2),
    );
    return folder;
  }
}
