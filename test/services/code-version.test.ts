import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codeVersion, commitOf } from '../../electron/services/base/code-version.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'twinhead-code-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const git = (...args: string[]) =>
  execFileSync('git', ['-C', folder, '-c', 'user.name=T', '-c', 'user.email=t@localhost', ...args], {
    encoding: 'utf8',
  }).trim();

function put(name: string, text: string): void {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
}

function commit(): string {
  put('a.txt', 'a');
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '--message', 'first');
  return git('rev-parse', 'HEAD').slice(0, 12);
}

describe('the code version of a run', () => {
  it('is that of the package, with the commit where there is one', async () => {
    expect(await codeVersion()).toMatch(/^\d+\.\d+\.\d+(\+[0-9a-f]{12}(-dirty)?)?$/);
  });

  it('has the commit of the checkout, before what a build once wrote, and says where files differ', async () => {
    const hash = commit();
    put('dist/electron/commit.txt', 'of a build\n');
    expect(await commitOf(folder)).toBe(hash);
    put('a.txt', 'changed');
    expect(await commitOf(folder)).toBe(`${hash}-dirty`);
  });

  it('has what the build wrote where there is no checkout, else nothing', async () => {
    expect(await commitOf(folder)).toBeNull();
    put('dist/electron/commit.txt', 'f1b6551a2b3c\n');
    expect(await commitOf(folder)).toBe('f1b6551a2b3c');
  });

  it('does not take the commit of a checkout that the package is only installed in', async () => {
    commit();
    put('node_modules/twinhead/package.json', '{}');
    expect(await commitOf(path.join(folder, 'node_modules', 'twinhead'))).toBeNull();
  });
});
