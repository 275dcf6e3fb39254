import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { TwinheadError } from '../../common/errors.ts';
import type { JobResult } from '../../common/jobs.ts';
import { say } from '../../common/sentences/sentence.ts';
import { canonicalPath, TemporaryFolder, writeZip } from '../../files/index.ts';
import type { ZipSource } from '../../files/index.ts';
import { copyOut, moveRoots } from '../../store/index.ts';
import type { CopiedImage } from '../../store/index.ts';
import { MANIFEST, writeManifest } from '../exchange/archive-manifest.ts';
import { isUntouched, statOfFile } from '../images/image-files.ts';
import type { JobContext } from '../scope/jobs.ts';
import { ownImagesFolder } from '../images/own-images.ts';
import { isBelow } from '../images/registration.ts';

/** In an archive, and in the project that is unpacked from it: images that lie outside the project. */
const CARRIED = 'originals';
/** What a name of a file may not have on some system, or leads elsewhere in a zip archive. */
const UNPORTABLE = /[\\:*?"<>|\p{Cc}]/u;

export interface PackRequest {
  /** The project's; it may be open, here or elsewhere. */
  readonly folder: string;
  readonly out: string;
  readonly images: boolean;
  readonly runs: boolean;
}

/**
 * Packs a project into one zip archive: its file as it is at this moment, its images wherever they lie, its runs; not
 * its cache and backups. Nothing of the project is changed; a failure leaves no archive.
 * @throws TwinheadError `not-found`, `unusable-input` where something has the archive's name or it lies in the project, `disk-full`, `cancelled`
 */
export async function packProject(
  { folder, out, images, runs }: PackRequest,
  job: JobContext,
): Promise<JobResult<'pack'>> {
  const file = canonicalPath(out);
  requireFresh(folder, file);
  using temporary = new TemporaryFolder(`.${path.basename(file)}-`, path.dirname(file));
  const copy = path.join(temporary.path, 'project.db');
  job.progress(0, null, say('jobs.doing.copying'));
  const project = await copyOut(folder, copy);
  const sources: ZipSource[] = [{ name: 'project.db', file: copy }];
  let [packed, missing] = [0, 0];
  if (images) {
    const places = packedFolders(folder, project.roots);
    moveRoots(
      copy,
      [...places].map(([id, place]) => [id, place, 1] as const),
    );
    const touched: CopiedImage[] = [];
    for (const image of project.images) {
      job.signal.throwIfAborted();
      const name = [places.get(image.rootId)!, image.path].filter((part) => part !== '').join('/');
      const found = await statOfFile(image.file);
      if (found !== null && !UNPORTABLE.test(name)) {
        sources.push({ name, file: image.file });
        if (!isUntouched(found, image)) touched.push(image);
        packed += 1;
        continue;
      }
      missing += 1;
      const why = found === null ? 'missing' : 'name';
      job.problem({
        file: image.file,
        message: say(`archive.pack.${why}`),
        remedy: say(`archive.pack.${why}.remedy`),
      });
    }
    await nameSpoilt(touched, job);
    for (const note of await filesBelow(ownImagesFolder(folder)))
      if (path.basename(note) === 'source.json') sources.push({ name: slashed(folder, note), file: note });
  }
  if (runs)
    for (const one of await filesBelow(path.join(folder, 'runs')))
      sources.push({ name: slashed(folder, one), file: one });
  sources.sort((a, b) => (a.name < b.name ? -1 : 1));
  const about = { name: path.basename(folder), images, runs };
  await writeZip(
    file,
    sources,
    { name: MANIFEST, content: (files) => writeManifest({ ...about, files: [...files] }) },
    {
      signal: job.signal,
      onProgress: (done, total) => job.progress(done, total, say('jobs.doing.packing')),
    },
  );
  const { size } = await stat(file);
  return { file, files: sources.length, images: packed, missing, bytes: size };
}

/** Names files that are not what was labelled: they are packed as they are. */
async function nameSpoilt(touched: readonly CopiedImage[], job: JobContext): Promise<void> {
  if (touched.length === 0) return;
  const { scanFiles } = await import('../../images/index.ts');
  const labelled = new Map(touched.map(({ file, sha256 }) => [file, sha256]));
  const onProgress = (done: number, total: number): void =>
    job.progress(done, total, say('jobs.doing.readingTouched'));
  const tell = (file: string | undefined, what: 'damaged' | 'changed'): void =>
    job.problem({ file, message: say(`archive.pack.${what}`), remedy: say(`archive.pack.${what}.remedy`) });
  for await (const { images, problems } of scanFiles([...labelled.keys()], {
    signal: job.signal,
    onProgress,
  })) {
    for (const { file } of problems) tell(file, 'damaged');
    for (const { file, sha256 } of images) if (sha256 !== labelled.get(file)) tell(file, 'changed');
  }
}

function requireFresh(folder: string, file: string): void {
  if (!existsSync(path.join(folder, 'project.db')))
    throw new TwinheadError('not-found', say('store.noFolder', { folder }), {
      file: folder,
      remedy: say('store.checkPath'),
    });
  if (isBelow(folder, file))
    throw new TwinheadError('unusable-input', say('archive.inside'), {
      file,
      remedy: say('archive.inside.remedy'),
    });
  const parent = path.dirname(file);
  if (!existsSync(parent))
    throw new TwinheadError('not-found', say('archive.noFolder', { folder: parent }), {
      file: parent,
      remedy: say('archive.noFolder.remedy'),
    });
  if (existsSync(file))
    throw new TwinheadError('unusable-input', say('archive.there', { file }), {
      file,
      remedy: say('archive.there.remedy'),
    });
}

/** Where each folder of images lies below the unpacked project. */
function packedFolders(
  folder: string,
  roots: readonly { readonly id: number; readonly folder: string; readonly insideProject: boolean }[],
): Map<number, string> {
  return new Map(
    roots.map(({ id, folder: own, insideProject }) => {
      const name = path.basename(own).replace(new RegExp(UNPORTABLE, 'gu'), '_');
      return [id, insideProject ? slashed(folder, own) : `${CARRIED}/${id}-${name || 'images'}`];
    }),
  );
}

const slashed = (folder: string, file: string): string =>
  path.relative(folder, file).split(path.sep).join('/');

/** Files of the project's own; neither links nor what is being written. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.tmp'))
    .map((entry) => path.join(entry.parentPath, entry.name));
}
