import path from 'node:path';
import type { RecentProject, UserSettings } from './settings.ts';
import type { OpenProject } from './open-project.ts';

/** Longest side, pixels: twice as large as it is shown. */
const SIZE = 128;

/** Keeps a picture in the list for a project that has none there yet. */
export async function keepPicture(settings: UserSettings, project: OpenProject): Promise<void> {
  const picture = await projectPicture(project);
  if (picture !== null) await settings.updateProject(project.folder, { picture });
}

/** One of a project's images, small, as a data address: a labelled one where there is one; null where none can be read. */
export async function projectPicture({ store, folder }: OpenProject): Promise<RecentProject['picture']> {
  const first = (filter: { state?: 'labelled' }) =>
    store.images.list({ filter: { ...filter, missing: false }, limit: 1 }).items[0];
  const image = first({ state: 'labelled' }) ?? first({});
  if (image === undefined) return null;
  const { file, sha256 } = store.files.get(image.id);
  const { thumbnail } = await import('../images/index.ts');
  try {
    const { bytes, contentType } = await thumbnail(file, {
      size: SIZE,
      sha256,
      cacheFolder: path.join(folder, 'cache', 'thumbnails'),
    });
    return `data:${contentType};base64,${Buffer.from(bytes).toString('base64')}`;
  } catch {
    // A file that can't be read is said where its image is shown.
    return null;
  }
}
