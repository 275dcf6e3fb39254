import path from 'node:path';
import type { ParsedInputOf } from '../../common/contract.ts';
import { TwinheadError } from '../../common/errors.ts';
import { pagesGroup } from '../../common/video-frames.ts';
import { say } from '../../common/sentences/sentence.ts';
import { newImage } from './registration.ts';
import type { ProbedFile, Registration } from './registration.ts';
import type { JobContext } from '../scope/jobs.ts';
import { folderOfSource, ownImagesFolder } from './own-images.ts';
import type { Addition } from '../../store/index.ts';
import type { OpenProject } from '../scope/open-project.ts';

type PageChoice = ParsedInputOf<'images.add'>['pages'];

/** Where pages go to. */
interface PageIntake {
  readonly project: OpenProject;
  readonly registration: Registration;
  readonly addition: Addition;
  readonly job: JobContext;
}

/** Digits by which names of pages are padded. */
const PAGE_DIGITS = 4;

/** Chosen pages of the file, ascending; what it lacks is reported. */
async function chosenPages(
  info: ProbedFile,
  choice: Exclude<PageChoice, 'first'>,
  job: JobContext,
): Promise<number[]> {
  const { pageNumbers } = await import('../../images/index.ts');
  const there = await pageNumbers(info.file);
  if (choice === 'all') return there;
  const missing = choice.filter((page) => page > info.pages);
  if (missing.length > 0) {
    job.problem({
      file: info.file,
      place: say('services.pages', { pages: missing.join(', ') }),
      message: say('services.pages.missing', { count: info.pages }),
    });
  }
  return [...new Set(choice)].filter((page) => page <= info.pages).sort((a, b) => a - b);
}

/**
 * Makes chosen pages of a file images of their own: the first is the file itself, the others are taken out without
 * loss, into the project. All are one group of the split. A page that can't be taken out is left out and reported.
 * @param rootFolder that the file is registered under
 * @returns how many images were added
 */
export async function addPages(
  { project: { store, folder: projectFolder }, registration, addition, job }: PageIntake,
  info: ProbedFile,
  rootFolder: string,
  choice: Exclude<PageChoice, 'first'>,
): Promise<number> {
  const imagesFolder = ownImagesFolder(projectFolder);
  const source = { name: path.basename(info.file), bytes: info.bytes, fingerprint: info.sha256 };
  const { keepPicture, readPage } = await import('../../images/index.ts');
  const chosen = await chosenPages(info, choice, job);
  if (chosen.length === 0) return 0;
  const folder = await folderOfSource(imagesFolder, source);
  let added = 0;
  for (const page of chosen) {
    job.signal.throwIfAborted();
    if (page === 1) {
      const whole = [{ info, rootFolder }];
      const [first] = registration.register(whole, await registration.decide(whole), addition);
      if (first === undefined) continue;
      if (first.outcome === 'added') added += 1;
      store.images.setGroups([{ imageId: first.id, group: pagesGroup(folder) }]);
      continue;
    }
    try {
      const { format, content } = await readPage(info.file, page);
      const name = `page-${String(page).padStart(PAGE_DIGITS, '0')}.${format === 'tiff' ? 'tif' : 'png'}`;
      const kept = await keepPicture(path.join(imagesFolder, folder, name), content, format);
      const root = store.roots.add(imagesFolder);
      const image = { ...newImage(kept, imagesFolder), group: pagesGroup(folder) };
      const [result] = store.files.add(root.id, [image], addition);
      if (result?.outcome === 'added') added += 1;
    } catch (error) {
      if (!(error instanceof TwinheadError) || error.code !== 'unusable-input') throw error;
      const { remedy } = error.details;
      job.problem({
        file: info.file,
        place: say('services.page', { page: String(page) }),
        message: error.said,
        remedy,
      });
    }
  }
  return added;
}
