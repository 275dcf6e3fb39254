import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { DatasetImage } from '../../common/dataset.ts';
import { TwinheadError } from '../../common/errors.ts';
import type { ImportReport } from '../../common/jobs.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { ReadDataset } from '../../exchange/index.ts';
import { openProject } from '../../store/index.ts';
import { hasManifest, readManifest } from './archive-manifest.ts';
import { openFile, remove, ZipArchive } from '../../files/index.ts';
import { importDataset } from './import.ts';
import type { ImportRequest } from './import.ts';
import type { JobContext } from '../scope/jobs.ts';
import type { OpenProject } from '../scope/open-project.ts';
import { ownImagesFolder } from '../images/own-images.ts';
import { PackedPictures } from '../images/packed-pictures.ts';
import type { PackedSource } from '../images/packed-pictures.ts';

/** What a zip archive begins with; an empty one begins with its end. */
const HEADS = new Set(['504b0304', '504b0506']);
const FOLDERS_DOWN = 5;
/** What the labels of a packed project are called among the formats. */
const PACKED = 'twinhead';

/** Whether a path is a file that begins as a zip archive does, whatever it is called. */
export async function isZip(file: string): Promise<boolean> {
  try {
    await using handle = await openFile(file);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return bytesRead === 4 && HEADS.has(buffer.toString('hex'));
  } catch {
    // No file, or none that can be read: whoever reads the data set says so.
    return false;
  }
}

export interface ZipImport {
  /** Absolute. */
  readonly file: string;
  /** Reads the data set in the folder that the archive was unpacked to. */
  readonly read: (folder: string, job: JobContext, pictures: PackedPictures) => Promise<ReadDataset>;
  readonly request: Omit<ImportRequest, 'dataset'>;
}

/**
 * Imports a data set out of a zip archive: unpacked inside the project for as long as that takes; its pictures then
 * stay among the project's own, as frames of a video do. Whatever is said names the archive and the entry.
 * @throws TwinheadError as {@link importDataset}; `unusable-input` for an archive that may not be unpacked, `disk-full`
 */
export async function importZip(
  project: OpenProject,
  job: JobContext,
  { file, read, request }: ZipImport,
): Promise<ImportReport> {
  using archive = await ZipArchive.open(file);
  await using pictures = new PackedPictures(project);
  const { folder } = pictures;
  return await namingSource(job, folder, file, async (named) => {
    await archive.unpackAll(folder, {
      signal: job.signal,
      onProgress: (done, total) => job.progress(done, total, say('jobs.doing.unpacking')),
    });
    const found = hasManifest(archive)
      ? await readPacked(archive, folder)
      : await read(await innermost(folder), named, pictures);
    const bytes = archive.files.reduce((sum, one) => sum + one.bytes, 0);
    const source = { name: path.basename(file), bytes, fingerprint: archive.fingerprint };
    return importKeeping(project, named, { pictures, source, found, request });
  });
}

/** Does some work whose words name what the files of a temporary folder came out of, where they would name the folder. */
export async function namingSource<Result>(
  job: JobContext,
  folder: string,
  source: string,
  work: (job: JobContext) => Promise<Result>,
): Promise<Result> {
  const inWords = spelling(folder, source);
  try {
    return await work({ ...job, problem: (problem) => job.problem(inWords(problem)) });
  } catch (error) {
    throw error instanceof TwinheadError ? error.with(inWords(error.details), inWords(error.said)) : error;
  }
}

/**
 * Imports a data set whose pictures were inside its source: those that come in stay among the project's own; where the
 * import fails, none does.
 * @throws TwinheadError as {@link importDataset}
 */
export async function importKeeping(
  project: OpenProject,
  job: JobContext,
  {
    pictures,
    source,
    found,
    request,
  }: {
    readonly pictures: PackedPictures;
    readonly source: PackedSource;
    readonly found: ReadDataset;
    readonly request: Omit<ImportRequest, 'dataset'>;
  },
): Promise<ImportReport> {
  const { dataset, problems } = found;
  if (request.dryRun === true) return importDataset(project, job, { ...request, dataset }, problems);
  const { images, added } = await pictures.keep(source, dataset.images);
  try {
    const imageFolders = [ownImagesFolder(project.folder), ...request.imageFolders];
    return await importDataset(
      project,
      job,
      { ...request, imageFolders, dataset: { ...dataset, images } },
      problems,
    );
  } catch (error) {
    for (const file of added) await remove(file);
    throw error;
  }
}

/** Labels and images of a project that was packed. */
async function readPacked(archive: ZipArchive, folder: string): Promise<ReadDataset> {
  await readManifest(archive);
  const store = openProject(folder);
  try {
    const query = { imageIds: store.images.ids({}), format: PACKED, suggestions: false };
    const images = [...store.labelledImages(query)].map(({ missing, ...image }): DatasetImage => ({
      ...image,
      file: !missing && existsSync(image.file) ? image.file : null,
    }));
    const dataset = { format: PACKED, classes: store.labelledClasses(PACKED), unknown: {}, images };
    const problems = images
      .filter(({ file }) => file === null)
      .map(({ path: name }) => ({ file: archive.file, place: name, message: say('archive.noImage') }));
    return { dataset, problems, format: PACKED };
  } finally {
    store.close();
  }
}

/** Paths of the temporary folder become those of the archive, in whatever is said. */
function spelling(folder: string, file: string): <Value>(value: Value) => Value {
  const change = (value: unknown): unknown => {
    if (typeof value === 'string') return value.replaceAll(folder, file);
    if (Array.isArray(value)) return value.map(change);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, change(one)]));
  };
  return <Value>(value: Value) => change(value) as Value;
}

/** Archives often hold one folder that holds all, beside what macOS adds. */
async function innermost(folder: string): Promise<string> {
  let at = folder;
  for (let down = 0; down < FOLDERS_DOWN; down += 1) {
    const entries = await readdir(at, { withFileTypes: true });
    const [only, ...others] = entries.filter(({ name }) => !name.startsWith('.') && name !== '__MACOSX');
    if (only === undefined || others.length > 0 || !only.isDirectory() || isMeant(only.name)) break;
    at = path.join(at, only.name);
  }
  return at;
}

/** A folder that a format knows by its name. */
const isMeant = (name: string): boolean => /^(images?|labels?|annotations|train|valid|val|test)$/i.test(name);
