import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDiskFaults } from '../long/disk-faults.ts';
import type { DiskFaults } from '../long/disk-faults.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'twinhead-disk-faults-'));
const started = startDiskFaults(folder);
const lacks = typeof started === 'string';

describe.skipIf(lacks)('work on a disk that is full or fails', () => {
  let disk: DiskFaults;
  beforeAll(() => {
    if (typeof started !== 'string') disk = started;
  });
  afterAll(async () => {
    await disk.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ['a transaction that can’t be ended', 2],
    ['a project that can’t be opened stays free for the next try', 921177541],
  ])('loses nothing acknowledged, and says every refusal in words: %s', async (_, seed) => {
    expect(await disk.attempt(seed)).toBeNull();
  });
});
