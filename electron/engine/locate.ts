import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import recipe from './recipe.json' with { type: 'json' };
import type { InstalledEngine, NativeEngineKind } from './types.ts';
import { say } from '../common/sentences/sentence.ts';

/** Where to look; the defaults are this machine. */
export interface Machine {
  readonly environment: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  readonly architecture: string;
  readonly home: string;
}

export function thisMachine(environment: NodeJS.ProcessEnv = process.env): Machine {
  return { environment, platform: process.platform, architecture: process.arch, home: os.homedir() };
}

/**
 * The folder that holds engines, one sub-folder each: `TWINHEAD_ENGINE_DIR`, else `engines` in the user's cache folder
 * for Twinhead. `scripts/setup/paths.mjs` says the same for set-up, which runs before TypeScript can.
 */
export function enginesFolder({ environment, platform, home }: Machine): string {
  const given = environment['TWINHEAD_ENGINE_DIR'];
  return given ? path.resolve(given) : path.join(cacheFolder({ environment, platform, home }), 'engines');
}

/** The per-user cache folder: `$XDG_CACHE_HOME` or `~/.cache`, `~/Library/Caches`, `%LOCALAPPDATA%`; then `twinhead`. */
export function cacheFolder({ environment, platform, home }: Omit<Machine, 'architecture'>): string {
  if (platform === 'win32')
    return path.join(environment['LOCALAPPDATA'] || path.join(home, 'AppData', 'Local'), 'twinhead');
  if (platform === 'darwin') return path.join(home, 'Library', 'Caches', 'twinhead');
  return path.join(environment['XDG_CACHE_HOME'] || path.join(home, '.cache'), 'twinhead');
}

/** A folder's name tells everything that it was built of, so that another recipe never meets an old engine. */
export function engineName(
  kind: NativeEngineKind,
  { platform, architecture }: Pick<Machine, 'platform' | 'architecture'>,
): string {
  const hash = createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 8);
  return `${kind}-${recipe.tensorflow}-${platform}-${architecture}-${hash}`;
}

const BINDING = path.join('tensorflow', 'tfjs_binding.node');

/**
 * The native engines on this machine, found by looking at files; nothing is loaded. Sizes are compared with the list
 * that set-up wrote, so that a half-written or truncated library shows before it can bring the process down.
 */
export function locateEngines(machine: Machine = thisMachine()): InstalledEngine[] {
  const folder = enginesFolder(machine);
  if (existsSync(path.join(folder, BINDING))) return [handMadeEngine(folder)];
  return (['cuda12', 'cpu'] as const).flatMap((kind) => {
    const engine = path.join(folder, engineName(kind, machine));
    return existsSync(engine) ? [inspectEngine(kind, engine)] : [];
  });
}

/** `TWINHEAD_ENGINE_DIR` may also point at one engine that somebody built without set-up: taken as it is. */
function handMadeEngine(folder: string): InstalledEngine {
  const kind = existsSync(path.join(folder, 'nvidia')) ? 'cuda12' : 'cpu';
  const library = path.join(folder, 'tensorflow');
  const bytes = readdirSync(library)
    .map((name) => statSync(path.join(library, name), { throwIfNoEntry: false }))
    .reduce((sum, stats) => sum + (stats?.isFile() ? stats.size : 0), 0);
  return { kind, folder, tensorflowVersion: '', problem: null, bytes };
}

interface Manifest {
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

function inspectEngine(kind: NativeEngineKind, folder: string): InstalledEngine {
  const engine = { kind, folder, tensorflowVersion: recipe.tensorflow };
  let files: Manifest['files'];
  try {
    ({ files } = JSON.parse(readFileSync(path.join(folder, 'engine.json'), 'utf8')) as Manifest);
  } catch {
    return { ...engine, problem: say('engine.listUnreadable'), bytes: 0 };
  }
  const damaged = files.find(
    (file) => statSync(path.join(folder, file.path), { throwIfNoEntry: false })?.size !== file.size,
  );
  return {
    ...engine,
    problem: damaged ? say('engine.fileDamaged', { file: damaged.path }) : null,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
  };
}
