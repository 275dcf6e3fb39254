import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheFolder, enginesFolder, locateEngines } from '../../electron/engine/index.ts';
import type { Machine } from '../../electron/engine/index.ts';
import { engineName } from '../../electron/engine/locate.ts';
import recipe from '../../electron/engine/recipe.json' with { type: 'json' };
import { saying } from '../support/in-english.ts';

interface SetupPaths {
  cacheFolder(machine: Machine): string;
  enginesFolder(machine: Machine): string;
  engineName(kind: string, machine: Machine): string;
}

const setup = (await import(new URL('../../scripts/setup/paths.mjs', import.meta.url).href)) as SetupPaths;

let folder: string;
const machine = (environment: NodeJS.ProcessEnv = {}): Machine => ({
  environment: { TWINHEAD_ENGINE_DIR: folder, ...environment },
  platform: 'linux',
  architecture: 'x64',
  home: folder,
});

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'twinhead-locate-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function putEngine(): Promise<string> {
  const engine = path.join(folder, engineName('cpu', machine()));
  await mkdir(path.join(engine, 'tensorflow'), { recursive: true });
  await writeFile(path.join(engine, 'tensorflow', 'library'), 'twelve bytes');
  const files = [{ path: 'tensorflow/library', size: 12 }];
  await writeFile(path.join(engine, 'engine.json'), JSON.stringify({ files }));
  return engine;
}

describe('the folders of engines', () => {
  it('are the same for the app and for set-up, on every system', () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const)
      for (const environment of [
        {},
        { XDG_CACHE_HOME: '/x' },
        { LOCALAPPDATA: '/l' },
        { TWINHEAD_ENGINE_DIR: '/e' },
      ]) {
        const given = { environment, platform, architecture: 'x64', home: '/home/someone' };
        expect(setup.cacheFolder(given)).toBe(cacheFolder(given));
        expect(setup.enginesFolder(given)).toBe(enginesFolder(given));
        expect(setup.engineName('cuda12', given)).toBe(engineName('cuda12', given));
      }
  });

  it('are built of the versions that package.json pins', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
      'dependencies' | 'devDependencies',
      Record<string, string>
    >;
    expect(recipe.tfjsNode).toBe(dependencies['@tensorflow/tfjs-node-gpu']);
    expect(recipe.nodeApiHeaders).toBe(devDependencies['node-api-headers']);
  });
});

describe('locating engines', () => {
  it('finds none in an empty or absent folder', () => {
    expect(locateEngines(machine())).toEqual([]);
    expect(locateEngines(machine({ TWINHEAD_ENGINE_DIR: path.join(folder, 'absent') }))).toEqual([]);
  });

  it('finds a whole one', async () => {
    const engine = await putEngine();
    expect(locateEngines(machine())).toMatchObject([
      { kind: 'cpu', folder: engine, problem: null, bytes: 12 },
    ]);
  });

  it('notices a file that was cut off, and a list that cannot be read', async () => {
    const engine = await putEngine();
    await truncate(path.join(engine, 'tensorflow', 'library'), 5);
    expect(locateEngines(machine())[0]?.problem).toEqual(saying('tensorflow/library'));
    await writeFile(path.join(engine, 'engine.json'), '{"files"');
    expect(locateEngines(machine())[0]?.problem).toEqual(saying('engine.json'));
  });

  it('takes an engine that the variable itself points at as it is', async () => {
    await mkdir(path.join(folder, 'tensorflow'));
    await writeFile(path.join(folder, 'tensorflow', 'tfjs_binding.node'), '');
    expect(locateEngines(machine())).toMatchObject([{ kind: 'cpu', folder, problem: null }]);
  });
});
