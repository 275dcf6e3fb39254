import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The list of an engine's files with sizes and hashes; written last, so an engine with a list is a whole one. */
export const MANIFEST = 'engine.json';

export function writeManifest(folder, manifest) {
  writeFileSync(path.join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, { flush: true });
}

/** @returns null where nothing is there, else what is wrong with an engine by names and sizes; '' where nothing is. */
export function quickProblem(folder) {
  if (!statSync(folder, { throwIfNoEntry: false })) return null;
  const manifest = readManifest(folder);
  if (!manifest) return `${MANIFEST} is missing or cannot be read`;
  const bad = manifest.files.find((file) => sizeOf(path.join(folder, file.path)) !== file.size);
  return bad ? `${bad.path} is missing or has the wrong size` : '';
}

/** As `quickProblem`, with every byte read and hashed. */
export async function fullProblem(folder, progress = () => {}) {
  const quick = quickProblem(folder);
  if (quick !== '') return quick;
  for (const file of readManifest(folder).files) {
    if (!file.sha256) continue;
    progress(file.path);
    if ((await sha256(path.join(folder, file.path))) !== file.sha256)
      return `${file.path} has other content than when it was set up`;
  }
  return '';
}

export function readManifest(folder) {
  try {
    const manifest = JSON.parse(readFileSync(path.join(folder, MANIFEST), 'utf8'));
    return Array.isArray(manifest.files) ? manifest : null;
  } catch {
    return null;
  }
}

export function sizeOf(file) {
  return statSync(file, { throwIfNoEntry: false })?.size;
}

/** @returns {Promise<string>} the hash of a file's content, in hexadecimal */
export function sha256(file) {
  return new Promise((resolve, reject) => {
    const hash = createHash('sha256');
    createReadStream(file, { highWaterMark: 1 << 20 })
      .on('error', reject)
      .on('data', (data) => hash.update(data))
      .on('end', () => resolve(hash.digest('hex')));
  });
}
