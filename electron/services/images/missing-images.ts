import path from 'node:path';
import { unlessAborted } from '../../common/abort.ts';
import type { JobResult } from '../../common/jobs.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { ImageFile } from '../../store/index.ts';
import { pathOfSystem } from '../base/paths.ts';
import type { ServiceContext } from '../scope/context.ts';
import type { Handlers } from '../scope/handlers.ts';
import type { JobContext } from '../scope/jobs.ts';
import type { OpenProject } from '../scope/open-project.ts';
import { rootAround, statOfFile } from './image-files.ts';
import { Registration } from './registration.ts';
import type { Candidate } from './registration.ts';

/** Files that are looked for at once. */
const AT_ONCE = 64;

/** Images that are not where they should be, whatever was noted of them. */
async function missingImages(project: OpenProject, job: JobContext): Promise<ImageFile[]> {
  const { store } = project;
  const total = project.info().images;
  const missing: ImageFile[] = [];
  let done = 0;
  for (let last = 0; ;) {
    const some = store.files.after(last, AT_ONCE);
    if (some.length === 0) return missing;
    // A disk that does not answer must not keep the job from being stopped.
    const stats = await unlessAborted(Promise.all(some.map(({ file }) => statOfFile(file))), job.signal);
    missing.push(...some.filter((_, index) => stats[index] === null));
    done += some.length;
    job.progress(done, total, say('jobs.doing.checkingFiles'));
    last = some.at(-1)!.id;
  }
}

/** Files of these folders that are as long as one of the images: no other can be it, so no other is read. */
async function filesAsLong(
  folders: readonly string[],
  images: readonly ImageFile[],
  job: JobContext,
): Promise<Map<string, string>> {
  const { findImageFiles } = await import('../../images/index.ts');
  const sizes = new Set(images.map(({ bytes }) => bytes));
  const found = new Map<string, string>();
  let passed = 0;
  const options = { signal: job.signal, others: true, onProblem: job.problem };
  for (const folder of folders)
    for await (const file of findImageFiles(folder, options)) {
      const stats = await statOfFile(file);
      if (stats !== null && sizes.has(stats.size) && !found.has(file)) found.set(file, folder);
      job.progress(++passed, null, say('jobs.doing.lookingForImages'));
    }
  return found;
}

async function findMissing(
  project: OpenProject,
  folders: readonly string[],
  job: JobContext,
): Promise<JobResult<'find-missing'>> {
  const missing = await missingImages(project, job);
  if (missing.length === 0) return { missing: 0, found: 0 };
  const folderOf = await filesAsLong(folders, missing, job);
  const { scanFiles } = await import('../../images/index.ts');
  const registration = new Registration(project);
  const candidates: Candidate[] = [];
  const onProgress = (done: number, total: number): void =>
    job.progress(done, total, say('jobs.doing.lookingForImages'));
  for await (const { images } of scanFiles([...folderOf.keys()], { signal: job.signal, onProgress }))
    for (const info of images) {
      if (!registration.mayHaveMoved(info)) continue;
      const root = rootAround(project, info.file);
      candidates.push({ info, rootFolder: root?.folder ?? folderOf.get(info.file)! });
    }
  const decisions = await registration.decide(candidates);
  const moved = [...decisions.keys()].filter((at) => decisions[at]!.kind === 'moved');
  registration.register(
    moved.map((at) => candidates[at]!),
    moved.map((at) => decisions[at]!),
    null,
  );
  if (moved.length > 0) project.changed('images');
  return { missing: missing.length, found: moved.length };
}

/** Looks for what is missing where a person thinks that it is. */
export function missingImageHandlers({ jobs }: ServiceContext): Pick<Handlers, 'images.findMissing'> {
  return {
    'images.findMissing': async ({ editId, ...named }, { project }) => {
      const folders = named.folders.map(pathOfSystem);
      const names = folders.map((folder) => path.basename(folder)).join(', ');
      const title = say('jobs.findMissing', { folders: names });
      const request = { title, input: { folders }, editId };
      return {
        jobId: jobs.start(project, 'find-missing', request, (job) => findMissing(project, folders, job)),
      };
    },
  };
}
