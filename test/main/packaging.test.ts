import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = path.resolve(import.meta.dirname, '../..');
const text = readFileSync(path.join(root, 'electron-builder.yml'), 'utf8');

interface Validator {
  validateConfiguration(config: unknown, log: { isEnabled: boolean }): Promise<void>;
}
/** electron-builder's own check of its configuration, the first thing that it does. */
const validator = createRequire(import.meta.url)('app-builder-lib/out/util/config/config.js') as Validator;
const read = (): Record<string, unknown> => parse(text) as Record<string, unknown>;
const valid = (config: unknown): Promise<void> =>
  validator.validateConfiguration(config, { isEnabled: false });

/** Width of a PNG, from its header. */
function widthOf(file: string): number {
  return readFileSync(path.join(root, file)).readUInt32BE(16);
}

describe('the packaging', () => {
  it('is what electron-builder accepts, which refuses a misspelt key', async () => {
    await expect(valid(read())).resolves.toBeUndefined();
    await expect(valid({ ...read(), asarUnpak: [] })).rejects.toThrow(/asarUnpak/);
    await expect(valid({ ...read(), electronFuses: { runAsNod: false } })).rejects.toThrow(/electronFuses/);
  });

  it('closes every way into the program but its own', () => {
    expect(read()['electronFuses']).toMatchObject({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      grantFileProtocolExtraPrivileges: false,
    });
    expect(read()['asar']).toBe(true);
  });

  it('leaves outside of the archive whatever holds native code', () => {
    const unpacked = read()['asarUnpack'] as string[];
    // libheif is LGPL: it stays a file that a person can replace.
    const apart = [
      'better-sqlite3',
      'sharp',
      '@img',
      'onnxruntime-node',
      'libheif-js',
      '@tensorflow/tfjs-node-gpu',
    ];
    for (const name of apart) {
      expect(unpacked).toContain(`**/node_modules/${name}/**`);
    }
    expect(unpacked).toContain('**/*.node');
  });

  it('makes the four installers', () => {
    const { linux, win, mac } = read() as Record<string, { target: string[] }>;
    expect([linux?.target, win?.target, mac?.target]).toEqual([['AppImage', 'deb'], ['nsis'], ['dmg']]);
  });

  it('has icons of the sizes that each system asks for', () => {
    const names = readdirSync(path.join(root, 'resources/icons/linux'));
    for (const size of [16, 32, 48, 64, 128, 256, 512]) expect(names).toContain(`${size}x${size}.png`);
    for (const name of names) expect(widthOf(`resources/icons/linux/${name}`)).toBe(parseInt(name, 10));
    // macOS wants 512 and 1024, Windows 256: both are made of this one.
    expect(widthOf('resources/icons/icon.png')).toBe(1024);
  });

  it('starts at the file that the build writes', () => {
    const { main } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { main: string };
    expect(main).toBe('dist/electron/main/index.js');
    expect(existsSync(path.join(root, 'electron/main/index.ts'))).toBe(true);
  });
});
