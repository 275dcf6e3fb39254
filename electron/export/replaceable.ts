import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import { readWhole } from '../files/index.ts';

/** Beside an export: what was written there, so that a later one replaces that and nothing else. */
export const MANIFEST_FILE = 'twinhead-export.json';

const Manifest = z.object({ twinhead: z.literal('export'), sha256: z.record(z.string(), z.string()) });

async function hashOf(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readWhole(file))
    .digest('hex');
}

/** The manifest of files that lie in a folder. */
export async function manifestOf(folder: string, files: readonly string[]): Promise<string> {
  const hashes = await Promise.all(files.map(async (file) => [file, await hashOf(path.join(folder, file))]));
  const manifest: z.infer<typeof Manifest> = {
    twinhead: 'export',
    sha256: Object.fromEntries(hashes) as Record<string, string>,
  };
  return JSON.stringify(manifest, null, 2);
}

async function recordedHashes(folder: string): Promise<Readonly<Record<string, string>>> {
  try {
    const text = (await readWhole(path.join(folder, MANIFEST_FILE))).toString('utf8');
    return Manifest.parse(JSON.parse(text)).sha256;
  } catch {
    // None, or not ours: then nothing there is.
    return {};
  }
}

/** Names of the files of an earlier export in a folder that are as it has written them. */
export async function earlierFiles(folder: string): Promise<string[]> {
  const unchanged: string[] = [];
  for (const [name, hash] of Object.entries(await recordedHashes(folder))) {
    const file = path.join(folder, name);
    if (name === path.basename(name) && existsSync(file) && (await hashOf(file)) === hash)
      unchanged.push(name);
  }
  return unchanged;
}

/**
 * Whether files of these names may be written to a folder: they are not there, or as an export has written them.
 * @throws TwinheadError `unusable-input` for one that is somebody else's, or was changed since
 */
export async function requireReplaceable(folder: string, names: readonly string[]): Promise<void> {
  const known = await recordedHashes(folder);
  for (const name of names) {
    const file = path.join(folder, name);
    if (!existsSync(file)) continue;
    const ours =
      name === MANIFEST_FILE
        ? Object.keys(known).length > 0
        : Object.hasOwn(known, name) && (await hashOf(file)) === known[name];
    if (ours) continue;
    throw new TwinheadError('unusable-input', say('export.foreign', { file: name }), {
      file,
      remedy: say('export.foreign.remedy'),
    });
  }
}
