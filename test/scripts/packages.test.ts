import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const { packagesProblem } = (await import(
  new URL('../../scripts/setup/packages.mjs', import.meta.url).href
)) as { packagesProblem: (root: string) => string };

let root: string;
const wanted = {
  '': { name: 'x' },
  'node_modules/a': { version: '1.0.0' },
  'node_modules/other-system': { version: '1.0.0', optional: true },
};

beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'twinhead-packages-'));
  await write('package-lock.json', { packages: wanted });
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function write(name: string, content: unknown): Promise<void> {
  await mkdir(path.dirname(path.join(root, name)), { recursive: true });
  await writeFile(path.join(root, name), JSON.stringify(content));
}

describe('judging node_modules', () => {
  it('asks for an installation where there is none, or one that npm did not finish', async () => {
    expect(packagesProblem(root)).toContain('not installed');
    await write('node_modules/a/package.json', {});
    expect(packagesProblem(root)).toContain('not finished');
  });

  it('accepts what npm installed from this lock file, packages for other systems left out', async () => {
    await write('node_modules/a/package.json', {});
    await write('node_modules/.package-lock.json', { packages: { 'node_modules/a': { version: '1.0.0' } } });
    expect(packagesProblem(root)).toBe('');
  });

  it('notices another version, a missing package and a removed folder', async () => {
    await write('node_modules/.package-lock.json', { packages: { 'node_modules/a': { version: '0.9.0' } } });
    expect(packagesProblem(root)).toContain('at 0.9.0, not at 1.0.0');
    await write('node_modules/.package-lock.json', { packages: {} });
    expect(packagesProblem(root)).toContain('node_modules/a is missing');
    await write('node_modules/.package-lock.json', { packages: { 'node_modules/a': { version: '1.0.0' } } });
    expect(packagesProblem(root)).toBe('node_modules/a is missing');
  });
});
