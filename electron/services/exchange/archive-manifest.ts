import { z } from 'zod';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { ZipArchive, ZippedFile } from '../../files/index.ts';

/** The last entry of a project's archive: what it is, and a checksum of every other. */
export const MANIFEST = 'twinhead-archive.json';
const MOST_MANIFEST_BYTES = 400_000_000;
const VERSION = 1;

/** Names that would lie beside the project file and be taken for its log or lock. */
const BESIDE = /^project\.(db-|db\.|lock$|holder$)/;

const Manifest = z.object({
  twinhead: z.literal('project archive'),
  version: z.int().positive(),
  name: z.string(),
  /** Whether they are in it. */
  images: z.boolean(),
  runs: z.boolean(),
  files: z.array(
    z.object({ path: z.string(), bytes: z.int().nonnegative(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  ),
});
export type Manifest = z.infer<typeof Manifest>;

export function writeManifest(about: Omit<Manifest, 'twinhead' | 'version'>): string {
  return `${JSON.stringify({ twinhead: 'project archive', version: VERSION, ...about }, null, 1)}\n`;
}

/** Whether an archive is one of a project. */
export const hasManifest = (archive: ZipArchive): boolean =>
  archive.files.some(({ name }) => name === MANIFEST);

/**
 * What an archive of a project says of itself; it lists exactly the files that the archive has.
 * @throws TwinheadError `unusable-input`, `project-too-new` for a later version's
 */
export async function readManifest(archive: ZipArchive): Promise<Manifest> {
  const { file } = archive;
  const unusable = (
    key: 'archive.none' | 'archive.manifest' | 'archive.files',
    place?: string,
  ): TwinheadError =>
    new TwinheadError('unusable-input', say(key), {
      file,
      place,
      remedy: say(key === 'archive.none' ? 'archive.none.remedy' : 'files.zip.remedy'),
    });
  const entry = archive.files.find(({ name }) => name === MANIFEST);
  if (entry === undefined) throw unusable('archive.none');
  const manifest = Manifest.safeParse(
    parsed((await archive.read(entry, MOST_MANIFEST_BYTES)).toString('utf8')),
  );
  if (!manifest.success) throw unusable('archive.manifest', MANIFEST);
  if (manifest.data.version > VERSION)
    throw new TwinheadError('project-too-new', say('archive.tooNew'), {
      file,
      remedy: say('store.tooNew.remedy'),
    });
  const listed = new Map(manifest.data.files.map((one): [string, ZippedFile] => [one.path, one]));
  const others = archive.files.filter(({ name }) => name !== MANIFEST);
  const wrong = others.find(({ name, bytes }) => listed.get(name)?.bytes !== bytes || BESIDE.test(name));
  if (wrong !== undefined || listed.size !== others.length || !listed.has('project.db'))
    throw unusable('archive.files', wrong?.name ?? MANIFEST);
  return manifest.data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
