import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout that this script belongs to. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The pinned Node 24 of a checkout, whether it is there or not. */
export function pinnedNode(folder = root) {
  return path.join(folder, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/** @returns the machine that folders depend on, in the shape of `Machine` in electron/engine/locate.ts. */
export function thisMachine(environment = process.env) {
  return { environment, platform: process.platform, architecture: process.arch, home: os.homedir() };
}

/** The per-user cache folder; electron/engine/locate.ts says the same for the app, and a test compares the two. */
export function cacheFolder({ environment, platform, home } = thisMachine()) {
  if (platform === 'win32')
    return path.join(environment.LOCALAPPDATA || path.join(home, 'AppData', 'Local'), 'twinhead');
  if (platform === 'darwin') return path.join(home, 'Library', 'Caches', 'twinhead');
  return path.join(environment.XDG_CACHE_HOME || path.join(home, '.cache'), 'twinhead');
}

/** The folder that holds engines, one sub-folder each. */
export function enginesFolder(machine = thisMachine()) {
  const given = machine.environment.TWINHEAD_ENGINE_DIR;
  return given ? path.resolve(given) : path.join(cacheFolder(machine), 'engines');
}

/** What engines are built of: electron/engine/recipe.json, shared with the app, which derives folder names from it. */
export function readRecipe() {
  return JSON.parse(readFileSync(path.join(root, 'electron', 'engine', 'recipe.json'), 'utf8'));
}

/** The name of an engine's folder; as `engineName` in electron/engine/locate.ts. */
export function engineName(kind, { platform, architecture } = thisMachine(), recipe = readRecipe()) {
  const hash = createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 8);
  return `${kind}-${recipe.tensorflow}-${platform}-${architecture}-${hash}`;
}
