import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { TemporaryFolder } from '../../electron/files/index.ts';

it('what a killed export, pack or rescue has left is removed by the next one beside it', () => {
  const place = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'twinhead-beside-')));
  try {
    for (const name of ['.out-.999999999-0a1b2c3d.tmp', 'mine.tmp'])
      mkdirSync(path.join(place, name, 'export'), { recursive: true });
    {
      using folder = new TemporaryFolder('.out-', place);
      expect(readdirSync(place).sort()).toEqual([path.basename(folder.path), 'mine.tmp'].sort());
    }
    expect(readdirSync(place)).toEqual(['mine.tmp']);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
});
