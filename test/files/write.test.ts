import { chmodSync, existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { toErrorReport } from '../../electron/common/errors.ts';
import type { ErrorReport } from '../../electron/common/errors.ts';
import { makeFolder, TemporaryFolder, writeAtomically } from '../../electron/files/index.ts';
import { withoutRights } from '../support/without-rights.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(realpathSync(os.tmpdir()), 'twinhead-write-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What a person is told, none of it in the words of the system. */
async function refusal(work: () => unknown): Promise<ErrorReport> {
  const error: unknown = await (async () => work())().catch((reason: unknown) => reason);
  const report = toErrorReport(error);
  expect(report.message).not.toMatch(/E[A-Z]{4,}|mkdir|\.tmp/);
  expect(report.details.remedy).toBeDefined();
  return report;
}

it.skipIf(!existsSync('/proc/self/fd'))('a folder that takes no files is said to be read-only', async () => {
  expect(await refusal(() => writeAtomically('/proc/report.html', 'text'))).toMatchObject({
    code: 'read-only',
    message: 'Twinhead isn’t allowed to write in /proc.',
  });
  expect(await refusal(() => new TemporaryFolder('.out-', '/proc'))).toMatchObject({
    code: 'unusable-input',
    message: 'No folder can be made in /proc.',
  });
});

it.skipIf(process.platform === 'win32')('a folder without permission to write is named', async () => {
  chmodSync(folder, 0o555);
  await withoutRights(async () => {
    for (const work of [
      () => makeFolder(path.join(folder, 'new', 'deep')),
      () => new TemporaryFolder('.out-', folder),
      () => writeAtomically(path.join(folder, 'a.txt'), 'text'),
    ])
      expect(await refusal(work)).toMatchObject({
        code: 'read-only',
        message: `Twinhead isn’t allowed to write in ${folder}.`,
      });
  });
});

it('a name that is too long, and a file where a folder should be, are told in words', async () => {
  const long = 'x'.repeat(300);
  for (const work of [
    () => makeFolder(path.join(folder, long, 'deep')),
    () => new TemporaryFolder(`.${long}-`, folder),
    () => writeAtomically(path.join(folder, long), 'text'),
  ])
    expect(await refusal(work)).toMatchObject({
      code: 'unusable-input',
      message: 'The name of this file or folder is too long.',
    });
  const file = path.join(folder, 'file');
  writeFileSync(file, '');
  for (const work of [
    () => makeFolder(file),
    () => makeFolder(path.join(file, 'new', 'deep')),
    () => new TemporaryFolder('.out-', file),
    () => writeAtomically(path.join(file, 'a.txt'), 'text'),
  ])
    expect(await refusal(work)).toMatchObject({
      code: 'unusable-input',
      message: `${file} is a file, not a folder.`,
    });
});
