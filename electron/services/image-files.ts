import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { OutputOf } from '../common/contract.ts';
import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import type { ImageFile, NewImage } from '../store/index.ts';
import type { Handlers } from './handlers.ts';
import { isBelow, newImage } from './registration.ts';
import type { OpenProject } from './open-project.ts';
import { pathOfSystem } from './paths.ts';

type FileCalls = 'images.check' | 'images.acceptContent' | 'images.relink';
type Found = OutputOf<'images.check'>;

/** What the file holds now; null where no picture can be read from it. */
async function probe(file: string): Promise<NewImage | null> {
  const { scanFiles } = await import('../images/index.ts');
  for await (const { images } of scanFiles([file])) {
    const [info] = images;
    if (info !== undefined) return newImage(info, path.dirname(file));
  }
  return null;
}

async function requirePicture(file: string): Promise<NewImage> {
  const picture = await probe(file);
  if (picture !== null) return picture;
  throw new TwinheadError('unusable-input', say('services.file.unreadable', { file }), {
    file,
    remedy: say('services.file.unreadable.remedy'),
  });
}

/** The same size and time as when it was read: nothing has touched it. */
export function isUntouched(
  found: Pick<Stats, 'size' | 'mtimeMs'>,
  { bytes, modifiedMs }: Pick<ImageFile, 'bytes' | 'modifiedMs'>,
): boolean {
  return found.size === bytes && Math.trunc(found.mtimeMs) === modifiedMs;
}

/** Compares the file of an image with what the project knows of it: its size and time, its content where those differ. */
export async function lookAtFile(project: OpenProject, image: ImageFile): Promise<Found> {
  const answer = (state: Found['state'], more: Partial<Found> = {}): Found => ({
    state,
    file: image.file,
    width: null,
    height: null,
    boxesOutside: 0,
    ...more,
  });
  const found = await stat(image.file).catch(() => null);
  if (found === null || !found.isFile()) return answer('missing');
  if (isUntouched(found, image)) return answer('same');
  const picture = await probe(image.file);
  if (picture === null) return answer('unreadable');
  if (picture.sha256 === image.sha256) {
    // So that the next look needs no reading.
    project.store.files.noteTouched(image.id, picture);
    return answer('same');
  }
  const { width, height } = picture;
  const boxesOutside = project.store.files.boxesOutside(image.id, picture);
  return answer('changed', { width, height, boxesOutside });
}

/** What has become of the files of images: gone, changed, found elsewhere. Labels stay whatever happens to a file. */
export function imageFileHandlers(): Pick<Handlers, FileCalls> {
  return {
    'images.check': async ({ imageId }, { project }) => {
      const image = project.store.files.get(imageId);
      const found = await lookAtFile(project, image);
      const missing = found.state === 'missing';
      if (missing !== image.missing) {
        project.store.files.markMissing([imageId], missing);
        project.changed('images', [imageId]);
      }
      return found;
    },
    'images.acceptContent': async ({ imageId, editId }, { project }) => {
      const { store } = project;
      store.files.acceptContent(imageId, await requirePicture(store.files.get(imageId).file), { editId });
      project.changed('images', [imageId]);
      return store.images.get(imageId);
    },
    'images.relink': async ({ imageId, file, editId }, { project }) => {
      const { store } = project;
      const absolute = pathOfSystem(file);
      const picture = await requirePicture(absolute);
      if (picture.sha256 !== store.files.get(imageId).sha256) {
        throw new TwinheadError('unusable-input', say('services.file.other', { file: absolute }), {
          file: absolute,
          remedy: say('services.file.other.remedy'),
        });
      }
      const root =
        store.roots.list().find(({ folder }) => isBelow(folder, absolute)) ??
        store.roots.add(path.dirname(absolute));
      const { bytes, modifiedMs } = picture;
      const found = {
        imageId,
        rootId: root.id,
        path: path.relative(root.folder, absolute),
        bytes,
        modifiedMs,
      };
      store.files.relink([found], { editId });
      project.changed('images', [imageId]);
      return store.images.get(imageId);
    },
  };
}
