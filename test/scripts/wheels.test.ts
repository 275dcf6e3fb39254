import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const { bytesUnder, keptWheel } = (await import(
  new URL('../../scripts/setup/engine/wheels.mjs', import.meta.url).href
)) as {
  bytesUnder: (folder: string) => number;
  keptWheel: (folder: string, requirement: string) => string | null;
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'twinhead-wheels-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the size of a download under way', () => {
  it('is that of all files in it', async () => {
    await mkdir(path.join(folder, 'pip-unpack'));
    await writeFile(path.join(folder, 'pip-unpack', 'x.whl'), 'twelve bytes');
    await writeFile(path.join(folder, 'y'), 'three');
    expect(bytesUnder(folder)).toBe(17);
  });

  it('is nothing once pip has taken its folder away', () => {
    expect(bytesUnder(path.join(folder, 'gone'))).toBe(0);
  });
});

describe('a wheel that was fetched earlier', () => {
  it('is found by project and version, not one of another version or a half one', async () => {
    const wheel = path.join(folder, 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl');
    await writeFile(wheel, '');
    await writeFile(path.join(folder, 'tensorflow-2.21.0-cp311.whl.part'), '');
    expect(keptWheel(folder, 'tensorflow-cpu==2.21.0')).toBe(wheel);
    expect(keptWheel(folder, 'tensorflow-cpu==2.20.0')).toBeNull();
    expect(keptWheel(folder, 'tensorflow==2.21.0')).toBeNull();
    expect(keptWheel(path.join(folder, 'absent'), 'tensorflow==2.21.0')).toBeNull();
  });
});
