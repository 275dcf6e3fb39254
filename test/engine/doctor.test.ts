import { chmod, mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DoctorPart as Schema } from '../../electron/common/contract.ts';
import { examineInstallation, thisMachine } from '../../electron/engine/index.ts';
import type { DoctorPart } from '../../electron/engine/index.ts';
import { engineName } from '../../electron/engine/locate.ts';
import { asEnglish } from '../support/in-english.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'twinhead-doctor-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function examined(environment: NodeJS.ProcessEnv = {}, forced?: string): Promise<DoctorPart[]> {
  const { parts } = await examineInstallation({
    environment: { PATH: '', XDG_CACHE_HOME: folder, TWINHEAD_ENGINE_DIR: folder, ...environment },
    forced,
  });
  return parts;
}

const examine = async (...given: Parameters<typeof examined>): Promise<DoctorPart[]> =>
  asEnglish(await examined(...given));

async function part(name: string, environment: NodeJS.ProcessEnv = {}, forced?: string): Promise<DoctorPart> {
  const found = (await examine(environment, forced)).find((one) => one.name === name);
  if (found === undefined) throw new Error(`${name} is not among the parts.`);
  return found;
}

async function putEngine(): Promise<string> {
  const engine = path.join(folder, engineName('cpu', thisMachine()));
  await mkdir(engine);
  await writeFile(path.join(engine, 'library'), 'twelve bytes');
  await writeFile(
    path.join(engine, 'engine.json'),
    JSON.stringify({ files: [{ path: 'library', size: 12 }] }),
  );
  return engine;
}

describe('the examination of an installation', () => {
  it('gives parts as the contract has them, each once', async () => {
    const parts = await examined();
    for (const one of parts) expect(Schema.parse(one)).toEqual(one);
    const names = asEnglish(parts).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('tells version and place of Node and of the packages with native code', async () => {
    expect(await part('Node.js')).toMatchObject({ version: process.versions.node, source: process.execPath });
    for (const name of ['better-sqlite3', 'SQLite', 'sharp', 'libvips', 'onnxruntime-node'])
      expect((await part(name)).version).toMatch(/^\d+\.\d+/);
  });

  it('tells that no engine is set up, and what is used in its place', async () => {
    const missing = await part('TensorFlow (cpu)');
    expect(missing.state).toBe('missing');
    expect(missing.remedy).toContain('npm run setup');
    expect(await part('TensorFlow (cuda12)')).toMatchObject({ state: 'unused' });
    expect(await part('Engine in use')).toMatchObject({ state: 'ok', version: 'js' });
  });

  it('tells why set-up could not get the engine', async () => {
    await writeFile(path.join(folder, `.${engineName('cpu', thisMachine())}.failed`), 'There is no pip.\n');
    expect((await part('TensorFlow (cpu)')).remedy).toContain('There is no pip.');
  });

  it('tells the engine, the device that computes, and a damage', async () => {
    const engine = await putEngine();
    expect(await part('TensorFlow (cpu)')).toMatchObject({ state: 'ok', source: engine, version: '2.21.0' });
    const forced = { TWINHEAD_ENGINE: 'cpu' };
    expect(await part('Engine in use', forced)).toMatchObject({ state: 'ok', version: 'cpu' });
    const device = await part('Device in use', forced);
    expect(device.version).toBe('CPU');
    expect(device.source).toMatch(/, \d+ threads?$/);
    await truncate(path.join(engine, 'library'), 3);
    const damaged = await part('TensorFlow (cpu)');
    expect(damaged.state).toBe('broken');
    expect(damaged.remedy).toContain('library');
  });

  it('tells whether oneDNN is on, and by whose choice', async () => {
    await putEngine();
    const oneDnn = (environment: NodeJS.ProcessEnv) =>
      part('oneDNN', { TWINHEAD_ENGINE: 'cpu', ...environment });
    const byItself = process.arch === 'x64' ? 'on' : 'decided by TensorFlow';
    expect(await oneDnn({})).toMatchObject({ state: 'ok', version: byItself });
    for (const [value, version] of [
      ['0', 'off'],
      ['1', 'on'],
      ['yes', 'decided by TensorFlow'],
    ] as const)
      expect(await oneDnn({ TF_ENABLE_ONEDNN_OPTS: value })).toMatchObject({
        version,
        source: `TF_ENABLE_ONEDNN_OPTS=${value}`,
      });
  });

  it('tells that an engine which was asked for cannot be had', async () => {
    const refused = await part('Engine in use', {}, 'cuda12');
    expect(refused.state).toBe('broken');
    expect(refused.remedy).toContain('--gpu');
  });

  it.skipIf(process.platform === 'win32')('asks Chromium for its version, and does without', async () => {
    expect(await part('Chromium')).toMatchObject({ state: 'unused', version: '' });
    const program = path.join(folder, 'chromium');
    await writeFile(program, '#!/bin/sh\necho Chromium 140.0.7339.80 built on Debian\n');
    await chmod(program, 0o755);
    const found = { state: 'ok', version: '140.0.7339.80', source: program };
    expect(await part('Chromium', { PATH: folder })).toMatchObject(found);
    expect(await part('Chromium', { TWINHEAD_CHROMIUM: program })).toMatchObject(found);
  });
});
