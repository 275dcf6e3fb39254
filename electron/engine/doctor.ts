import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { saidOf, toErrorReport } from '../common/errors.ts';
import { graphicsCardName, processorName } from './device.ts';
import { findEngine } from './find.ts';
import type { EngineRequest } from './find.ts';
import { cacheFolder, engineName, enginesFolder, locateEngines, thisMachine } from './locate.ts';
import type { Machine } from './locate.ts';
import { oneDnnState } from './one-dnn.ts';
import type { Said } from '../common/sentences/sentence.ts';
import { say } from '../common/sentences/sentence.ts';

/** One thing that Twinhead stands on. `remedy` is empty where nothing need be done. */
export interface DoctorPart {
  readonly name: Said;
  /** `unused`: not there, and nothing that was asked for needs it. */
  readonly state: 'ok' | 'missing' | 'broken' | 'unused';
  readonly version: Said;
  readonly source: Said;
  readonly remedy: Said;
}

export interface DoctorReport {
  readonly parts: readonly DoctorPart[];
}

const require = createRequire(import.meta.url);

/**
 * Examines everything by its files: no library is loaded, so that a broken one can't end the examination. Chromium alone
 * is asked for its version, in a process of its own.
 */
export async function examineInstallation(request: EngineRequest = {}): Promise<{ parts: DoctorPart[] }> {
  const machine = thisMachine(request.environment);
  return {
    parts: [
      nodePart(),
      packagePart('better-sqlite3'),
      sqlitePart(),
      packagePart('sharp'),
      libvipsPart(),
      packagePart('onnxruntime-node'),
      packagePart('@tensorflow/tfjs'),
      ...engineParts(machine),
      ...deviceParts(request, machine),
      await chromiumPart(machine),
      electronPart(),
      cachePart(machine),
    ],
  };
}

const SET_UP = say('engine.doctor.setUp');
const NOT_SAID = say('engine.doctor.notSaid');

function nodePart(): DoctorPart {
  const modern = Number(process.versions.node.split('.')[0]) >= 24;
  return {
    name: 'Node.js',
    state: modern ? 'ok' : 'broken',
    version: process.versions.node,
    source: process.execPath,
    remedy: modern ? '' : say('engine.doctor.node'),
  };
}

/** A package's folder, found as Node finds it: some don't export their package.json. */
function packageFolder(name: string): string | null {
  const folders = require.resolve.paths(name) ?? [];
  return folders.map((folder) => path.join(folder, name)).find((folder) => existsSync(folder)) ?? null;
}

function packagePart(name: string): DoctorPart {
  const folder = packageFolder(name);
  if (folder === null) return { name, state: 'missing', version: '', source: '', remedy: SET_UP };
  const version = textOf(path.join(folder, 'package.json'), /"version":\s*"([^"]+)"/);
  return version === null
    ? { name, state: 'broken', version: '', source: folder, remedy: SET_UP }
    : { name, state: 'ok', version, source: folder, remedy: '' };
}

function sqlitePart(): DoctorPart {
  const folder = packageFolder('better-sqlite3');
  const header = folder && path.join(folder, 'deps', 'sqlite3', 'sqlite3.h');
  const version = header && textOf(header, /#define SQLITE_VERSION\s+"([^"]+)"/);
  return {
    name: 'SQLite',
    state: folder ? 'ok' : 'missing',
    version: version || NOT_SAID,
    source: say('engine.doctor.insideSqlite'),
    remedy: folder ? '' : SET_UP,
  };
}

function libvipsPart(): DoctorPart {
  const images = packageFolder('@img');
  const folder =
    images && readdirSync(images).find((name) => name.startsWith('sharp-libvips-') && !name.endsWith('-dev'));
  const version =
    images && folder ? textOf(path.join(images, folder, 'versions.json'), /"vips":\s*"([^"]+)"/) : null;
  return {
    name: 'libvips',
    state: version ? 'ok' : 'missing',
    version: version ?? '',
    source: images && folder ? path.join(images, folder) : '',
    remedy: version ? '' : SET_UP,
  };
}

function engineParts(machine: Machine): DoctorPart[] {
  const installed = locateEngines(machine);
  return (['cpu', 'cuda12'] as const).map((kind) => {
    const engine = installed.find((found) => found.kind === kind);
    const name = `TensorFlow (${kind})`;
    const setUp = kind === 'cpu' ? SET_UP : say('engine.doctor.setUpGpu');
    if (engine === undefined) {
      const folder = enginesFolder(machine);
      // Set-up leaves a note where an engine could not be had; scripts/setup/index.mjs writes it.
      const failure = textOf(path.join(folder, `.${engineName(kind, machine)}.failed`), /(.+)/);
      const replaced = installed.length > 0 || (kind === 'cuda12' && failure === null);
      const state = replaced ? 'unused' : 'missing';
      const remedy = failure === null ? setUp : say('engine.doctor.failed', { failure });
      return { name, state, version: '', source: folder, remedy };
    }
    const { folder: source, tensorflowVersion, problem } = engine;
    const version = tensorflowVersion || NOT_SAID;
    return problem === null
      ? { name, state: 'ok', version, source, remedy: '' }
      : {
          name,
          state: 'broken',
          version,
          source,
          remedy: say('engine.doctor.damaged', { problem, remedy: setUp }),
        };
  });
}

/** Which engine would be used, why, and on what device it computes. */
function deviceParts(request: EngineRequest, machine: Machine): DoctorPart[] {
  const name = say('engine.part.engine');
  try {
    const { kind, why } = findEngine(request);
    const remedy = kind === 'js' ? SET_UP : '';
    const device = kind === 'cuda12' ? (graphicsCardName() ?? say('engine.doctor.card')) : processorName();
    return [
      {
        name,
        state: 'ok',
        version: kind,
        source: why,
        remedy,
      },
      {
        name: say('engine.part.device'),
        state: 'ok',
        version: kind === 'cuda12' ? 'GPU' : 'CPU',
        source: device,
        remedy: '',
      },
      ...(kind === 'js' ? [] : [oneDnnPart(machine)]),
    ];
  } catch (error) {
    const { remedy = '' } = toErrorReport(error).details;
    return [{ name, state: 'broken', version: '', source: saidOf(error), remedy }];
  }
}

function oneDnnPart({ environment, architecture }: Machine): DoctorPart {
  const [version, source] = oneDnnState(environment, architecture);
  return { name: 'oneDNN', state: 'ok', version, source, remedy: '' };
}

async function chromiumPart({ environment }: Machine): Promise<DoctorPart> {
  const given = environment['TWINHEAD_CHROMIUM'];
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const candidates = given
    ? [given]
    : (environment['PATH'] ?? '')
        .split(path.delimiter)
        .filter((folder) => folder !== '')
        .flatMap((folder) => names.map((name) => path.join(folder, name)));
  const source = candidates.find((file) => existsSync(file)) ?? '';
  return {
    name: 'Chromium',
    state: source === '' ? 'unused' : 'ok',
    version: source === '' ? '' : await versionSaidBy(source),
    source,
    remedy: source === '' ? say('engine.doctor.chromium') : '',
  };
}

/** What a program answers to `--version`, without its name: "Chromium 140.0.7339.80 built on Debian" → "140.0.7339.80". */
async function versionSaidBy(program: string): Promise<Said> {
  try {
    const { stdout } = await promisify(execFile)(program, ['--version'], { timeout: 10_000 });
    return /\d+(\.\d+)+/.exec(stdout)?.[0] ?? NOT_SAID;
  } catch {
    return NOT_SAID;
  }
}

function electronPart(): DoctorPart {
  const part = packagePart('electron');
  const folder = packageFolder('electron');
  if (part.state !== 'ok' || folder === null) return { ...part, name: 'Electron', state: 'unused' };
  const name = textOf(path.join(folder, 'path.txt'), /(.+)/);
  const binary = name !== null && existsSync(path.join(folder, 'dist', name));
  return binary
    ? { ...part, name: 'Electron' }
    : {
        ...part,
        name: 'Electron',
        state: 'unused',
        remedy: say('engine.doctor.electron'),
      };
}

function cachePart({ environment, platform, home }: Machine): DoctorPart {
  const source = cacheFolder({ environment, platform, home });
  const version = existsSync(source)
    ? `${(bytesUnder(source) / 1e6).toFixed(0)} MB`
    : say('engine.doctor.empty');
  return { name: say('engine.part.cache'), state: 'ok', version, source, remedy: '' };
}

/** Bytes of all files under a folder; links count nothing, so that a library with two names counts once. */
function bytesUnder(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) return sum + bytesUnder(full);
    return sum + (entry.isFile() ? (statSync(full, { throwIfNoEntry: false })?.size ?? 0) : 0);
  }, 0);
}

function textOf(file: string, pattern: RegExp): string | null {
  return existsSync(file) ? (pattern.exec(readFileSync(file, 'utf8'))?.[1] ?? null) : null;
}
