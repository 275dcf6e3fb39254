import type { RecentProject, UserSettings } from '../base/settings.ts';
import type { OpenProject } from '../scope/open-project.ts';
import { smallPicture } from '../images/small-picture.ts';

/** Longest side, pixels: twice as large as it is shown. */
const SIZE = 128;
/** Images that are tried: where the files of so many are gone, those of the rest mostly are, too. */
const TRIED = 50;

/** The first screen comes first. */
const WAIT_MS = 2000;

/** Keeps a picture in the list for a project that has none there yet, in a while. */
export function keepPictureSoon(
  settings: UserSettings,
  project: OpenProject,
  failed: (error: unknown) => void,
): void {
  setTimeout(() => {
    if (project.isOpen) keepPicture(settings, project).catch(failed);
  }, WAIT_MS).unref();
}

async function keepPicture(settings: UserSettings, project: OpenProject): Promise<void> {
  const picture = await projectPicture(project);
  if (picture !== null) await settings.updateProject(project.folder, { picture });
}

/** One of a project's images, small, as a data address: a labelled one where there is one; null where none can be read. */
export async function projectPicture(project: OpenProject): Promise<RecentProject['picture']> {
  const { images, files } = project.store;
  const labelled = images.first({ state: 'labelled', missing: false }, TRIED);
  for (const id of new Set([...labelled, ...images.first({ missing: false }, TRIED)])) {
    try {
      return await smallPicture(project, files.get(id), SIZE);
    } catch {
      // A file that can't be read is said where its image is shown.
    }
  }
  return null;
}
