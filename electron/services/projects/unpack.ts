import { createHash } from 'node:crypto';
import { existsSync, lstatSync } from 'node:fs';
import path from 'node:path';
import { TwinheadError } from '../../common/errors.ts';
import type { JobResult } from '../../common/jobs.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Sentence } from '../../common/sentences/sentence.ts';
import { hashFile, makeFolder, move, remove, ZipArchive } from '../../files/index.ts';
import { verifyDatabase } from '../../store/index.ts';
import { readManifest } from '../exchange/archive-manifest.ts';
import type { Manifest } from '../exchange/archive-manifest.ts';
import type { JobContext } from '../scope/jobs.ts';
import { requireFree } from './new-project.ts';

interface UnpackRequest {
  readonly file: string;
  /** The new project's folder: nothing may be there. */
  readonly folder: string;
}

/**
 * Makes a project of an archive of one, every file compared with its checksum. It gets its name once it is whole; what
 * an interrupted call has unpacked lies beside it, and the next one goes on there.
 * @throws TwinheadError `unusable-input` for an archive that is damaged or none, `project-too-new`, `project-corrupt`,
 * `disk-full`, `cancelled`
 */
export async function unpackProject(request: UnpackRequest, job: JobContext): Promise<JobResult<'unpack'>> {
  try {
    return await unpackArchive(request, job);
  } catch (error) {
    throw withRemedy(error);
  }
}

/** Where an import, or a new project, knows another way than an unpacking has. */
const REMEDIES = new Map<string, Sentence>([
  ['files.zip.remedy', say('archive.again')],
  ['services.new.project.remedy', say('services.new.folder.remedy')],
]);

function withRemedy(error: unknown): unknown {
  if (!(error instanceof TwinheadError) || typeof error.details.remedy !== 'object') return error;
  const remedy = REMEDIES.get(error.details.remedy.key);
  return remedy === undefined ? error : error.with({ remedy });
}

async function unpackArchive({ file, folder }: UnpackRequest, job: JobContext): Promise<JobResult<'unpack'>> {
  requireFree(folder);
  // Names that differ in case only are whole on the disks that can have them: the checksums tell.
  using archive = await ZipArchive.open(file, { anyCase: true });
  const manifest = await readManifest(archive);
  const print = createHash('sha256').update(JSON.stringify(manifest)).digest('hex').slice(0, 12);
  const parent = path.dirname(folder);
  const begun = path.join(parent, `.${path.basename(folder)}-${print}.unpacking`);
  makeFolder(parent);
  if (!existsSync(begun)) await archive.requireRoom(parent);
  makeFolder(begun);
  let reused: number;
  try {
    reused = await unpackInto(begun, { archive, manifest }, job);
    verifyDatabase(path.join(begun, 'project.db'));
  } catch (error) {
    // A bad archive leaves nothing of use; whatever else came between, the next call goes on.
    if (error instanceof TwinheadError && !['disk-full', 'cancelled', 'disk-failed'].includes(error.code))
      await remove(begun);
    throw error;
  }
  await move(begun, folder);
  return { folder, files: manifest.files.length, reused, images: manifest.images, runs: manifest.runs };
}

/** @returns how many files were there already */
async function unpackInto(
  folder: string,
  { archive, manifest }: { readonly archive: ZipArchive; readonly manifest: Manifest },
  { signal, progress }: JobContext,
): Promise<number> {
  const entries = new Map(archive.files.map((entry) => [entry.name, entry]));
  let reused = 0;
  for (const [index, { path: name, bytes, sha256 }] of manifest.files.entries()) {
    signal.throwIfAborted();
    progress(index, manifest.files.length, say('jobs.doing.unpacking'));
    const to = path.join(folder, ...name.split('/'));
    const found = lstatSync(to, { throwIfNoEntry: false });
    if (found?.isFile() === true && found.size === bytes && (await hashFile(to)) === sha256) {
      reused += 1;
      continue;
    }
    makeFolder(path.dirname(to));
    if ((await archive.unpack(entries.get(name)!, to, signal)) === sha256) continue;
    throw new TwinheadError('unusable-input', say('archive.sum'), {
      file: archive.file,
      place: name,
      remedy: say('files.zip.remedy'),
    });
  }
  return reused;
}
