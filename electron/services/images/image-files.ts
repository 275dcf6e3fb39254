import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { unlessAborted } from '../../common/abort.ts';
import type { OutputOf } from '../../common/contract.ts';
import { TwinheadError } from '../../common/errors.ts';
import type { JobResult } from '../../common/jobs.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { ImageFile, NewImage, NewLook, Root } from '../../store/index.ts';
import type { ServiceContext } from '../scope/context.ts';
import type { Handlers } from '../scope/handlers.ts';
import type { JobContext } from '../scope/jobs.ts';
import { isBelow, newImage } from './registration.ts';
import type { OpenProject } from '../scope/open-project.ts';
import { pathOfSystem } from '../base/paths.ts';

type FileCalls = 'images.check' | 'images.checkFiles' | 'images.acceptContent' | 'images.relink';
type Found = OutputOf<'images.check'>;

/** What the file holds now; null where no picture can be read from it. */
async function probe(file: string): Promise<NewImage | null> {
  const { scanFiles } = await import('../../images/index.ts');
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

/** Files that are looked for at once: what else wants the disk waits no longer than for these. */
const AT_ONCE = 64;
/** Images whose rows are read, and written, in one turn: some milliseconds. */
const IN_A_TURN = 1000;
/** Missing files that are named: with a drive that isn't connected, all are missing. The rest is counted. */
const NAMED_MISSING = 1000;

/** What is at the path of an image; null where no file is. */
export async function statOfFile(file: string): Promise<Stats | null> {
  const found = await stat(file).catch(() => null);
  return found?.isFile() === true ? found : null;
}

/** Reads files that were touched, and keeps what each is now. @returns how many are other than they were known */
async function readTouched(
  { store }: OpenProject,
  images: readonly ImageFile[],
  unwell: ReadonlySet<number>,
  { signal, progress }: JobContext,
): Promise<number> {
  if (images.length === 0) return 0;
  const { scanFiles } = await import('../../images/index.ts');
  const labelled = new Map(images.map((image) => [image.file, image]));
  const onProgress = (done: number, total: number): void =>
    progress(done, total, say('jobs.doing.readingTouched'));
  let changed = 0;
  for await (const batch of scanFiles([...labelled.keys()], { signal, onProgress })) {
    const read = batch.images.map((info) => ({ info, image: labelled.get(info.file)! }));
    const isSame = ({ info, image }: (typeof read)[number]): boolean => info.sha256 === image.sha256;
    const same = read.filter(isSame);
    const others = read.filter((one) => !isSame(one));
    const damaged = batch.problems.map(({ file }) => labelled.get(file!)!);
    const looks: NewLook[] = [
      ...others.map(({ info, image }) => ({
        imageId: image.id,
        sha256: image.sha256,
        state: 'changed' as const,
        content: info.sha256,
      })),
      ...damaged.map(({ id, sha256 }) => ({ imageId: id, sha256, state: 'unreadable' as const })),
    ];
    const mended = same.map(({ image }) => image.id).filter((id) => unwell.has(id));
    // So that the next check needs no reading.
    store.files.noteTouched(
      same.map(({ info: { bytes, modified }, image }) => ({
        imageId: image.id,
        bytes,
        modifiedMs: modified,
      })),
    );
    store.looks.forget(mended);
    store.looks.save(looks);
    changed += mended.length + looks.filter(({ imageId }) => !unwell.has(imageId)).length;
  }
  return changed;
}

/** Looks for the files of all images, reads those that were touched, and keeps what is found as it comes. */
async function checkFiles(project: OpenProject, job: JobContext): Promise<JobResult<'check-files'>> {
  const { files, looks } = project.store;
  const total = project.info().images;
  const result = { images: 0, missing: 0, changed: 0, unreadable: 0 };
  let changed = 0;
  const unwell = looks.found('unreadable', 'changed');
  /** That are there, and not as they were when they were last known. */
  const doubtful: ImageFile[] = [];
  const touched: ImageFile[] = [];
  const missingFiles: string[] = [];
  try {
    for (let last = 0; ;) {
      const images = files.after(last, IN_A_TURN);
      if (images.length === 0) break;
      const stats: (Stats | null)[] = [];
      while (stats.length < images.length) {
        const some = images.slice(stats.length, stats.length + AT_ONCE);
        const looked = Promise.all(some.map(({ file }) => statOfFile(file)));
        // A disk that does not answer must not keep the job from being stopped.
        stats.push(...(await unlessAborted(looked, job.signal)));
        job.progress(result.images + stats.length, total, say('jobs.doing.checkingFiles'));
      }
      for (const missing of [true, false]) {
        const found = images.filter(
          (image, index) => (stats[index] === null) === missing && image.missing !== missing,
        );
        changed += files.markMissing(
          found.map(({ id }) => id),
          missing,
        );
      }
      for (const [index, image] of images.entries()) {
        const found = stats[index];
        if (!found) {
          if (missingFiles.length < NAMED_MISSING) missingFiles.push(image.file);
          continue;
        }
        const known = unwell.has(image.id);
        if (!known && isUntouched(found, image)) continue;
        doubtful.push(image);
        // Of those that are known only what is as long as it was can be what it was: the rest need not be read.
        if (!known || found.size === image.bytes) touched.push(image);
      }
      result.images += images.length;
      result.missing += stats.filter((one) => one === null).length;
      last = images.at(-1)!.id;
    }
    changed += await readTouched(project, touched, unwell, job);
  } finally {
    if (changed > 0) project.changed('images');
  }
  const damaged = looks.found('unreadable');
  const others = looks.found('changed');
  for (const { id, file } of doubtful) {
    if (damaged.has(id)) {
      result.unreadable += 1;
      const remedy = say('images.damaged.remedy');
      job.problem({ file, message: say('services.file.damaged'), remedy });
    } else if (others.has(id)) {
      result.changed += 1;
      const remedy = say('services.file.changed.remedy');
      job.problem({ file, message: say('services.file.changed'), remedy });
    }
  }
  for (const file of missingFiles)
    job.problem({ file, message: say('images.missing'), remedy: say('images.missing.remedy') });
  const more = result.missing - missingFiles.length;
  if (more > 0) job.problem({ message: say('exchange.more', { count: more }) });
  return result;
}

/** Compares the file of an image with what the project knows of it: its size and time, its content where those differ. */
export async function lookAtFile(project: OpenProject, image: ImageFile): Promise<Found> {
  const answer = (state: Found['state'], more: Partial<Found> = {}): Found => ({
    state,
    file: image.file,
    content: null,
    width: null,
    height: null,
    boxesOutside: 0,
    ...more,
  });
  const found = await statOfFile(image.file);
  if (found === null) return answer('missing');
  if (isUntouched(found, image)) return answer('same');
  const picture = await probe(image.file);
  if (picture === null)
    return answer('unreadable', { content: `${found.size}-${Math.trunc(found.mtimeMs)}` });
  if (picture.sha256 === image.sha256) {
    // So that the next look needs no reading.
    project.store.files.noteTouched([{ imageId: image.id, ...picture }]);
    return answer('same');
  }
  const { width, height } = picture;
  const boxesOutside = project.store.files.boxesOutside(image.id, picture);
  return answer('changed', { content: picture.sha256.slice(0, 16), width, height, boxesOutside });
}

/**
 * Looks for the files that are noted as missing.
 * @param all also after some of which none is back; else the first ones stand for all, which may be a whole drive's
 * @returns how many are back
 */
async function markFoundAgain({ store: { files } }: OpenProject, all: boolean): Promise<number> {
  let found = 0;
  for (let last = 0; ;) {
    const images = files.missingAfter(last, AT_ONCE);
    if (images.length === 0) return found;
    const stats = await Promise.all(images.map(({ file }) => statOfFile(file)));
    const back = images.filter((_, index) => stats[index] !== null);
    files.markMissing(
      back.map(({ id }) => id),
      false,
    );
    found += back.length;
    if (back.length === 0 && !all) return found;
    last = images.at(-1)!.id;
  }
}

/** The folder of the project around a file: that of `own` where it is one, else the nearest; undefined where none is. */
export function rootAround({ store }: OpenProject, file: string, own?: number): Root | undefined {
  return store.roots
    .list()
    .filter(({ folder }) => isBelow(folder, file))
    .sort((a, b) => Number(b.id === own) - Number(a.id === own) || b.folder.length - a.folder.length)[0];
}

/** What has become of the files of images: gone, changed, found elsewhere. Labels stay whatever happens to a file. */
export function imageFileHandlers({ jobs }: ServiceContext): Pick<Handlers, FileCalls> {
  return {
    'images.checkFiles': async (input, { project }) => ({
      jobId: jobs.start(project, 'check-files', { title: say('jobs.checkFiles'), input }, (job) =>
        checkFiles(project, job),
      ),
    }),
    'images.check': async ({ imageId }, { project }) => {
      const image = project.store.files.get(imageId);
      const found = await lookAtFile(project, image);
      const missing = found.state === 'missing';
      const other = missing !== image.missing;
      if (other) project.store.files.markMissing([imageId], missing);
      // Others may be back, too: a drive that is, or a folder, has brought many.
      const back = missing ? 0 : await markFoundAgain(project, other);
      if (other || back > 0) project.changed('images', missing ? [imageId] : []);
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
      const own = store.files.get(imageId).rootId;
      // Where no folder of the project is around it, its own becomes one.
      const root = rootAround(project, absolute, own) ?? store.roots.add(path.dirname(absolute));
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
