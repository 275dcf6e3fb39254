import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { writePictures } from '../fixtures/pictures.ts';
import type { Report, Subject } from '../types.ts';
import { inEnglish } from '../../../electron/common/sentences/english.ts';

const FILES = 4_000;
const CACHED = 1_000;
const WIDTH = 640;
const HEIGHT = 480;
const CACHE_SIZE = 224;

/** Adding a folder of photographs, and decoding them for training. */
export const images: Subject = {
  figures: [
    // The peer is a loop that reads, hashes and decodes the same files whole, one after the other.
    { name: 'images.scan', unit: 'ms', budget: null, budgetRatio: 1 },
    { name: 'images.pixelCache', unit: 'images/s', budget: null },
  ],
  async measure(names, report) {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'twinhead-bench-'));
    try {
      report.progress(`writing ${FILES} pictures of ${WIDTH}×${HEIGHT}`);
      const files = await writePictures(path.join(folder, 'pictures'), {
        count: FILES,
        width: WIDTH,
        height: HEIGHT,
      });
      // Once for nothing, so that both sides find the files in the system's cache.
      await readHashAndDecode(files);
      if (names.has('images.scan')) await measureScan(files, report);
      if (names.has('images.pixelCache')) await measurePixelCache(files, folder, report);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

async function readHashAndDecode(files: readonly string[]): Promise<number> {
  const started = performance.now();
  for (const file of files) {
    const content = await readFile(file);
    createHash('sha256').update(content).digest('hex');
    await sharp(content, { sequentialRead: true }).raw().toBuffer();
  }
  return performance.now() - started;
}

async function measureScan(files: readonly string[], report: Report): Promise<void> {
  const { scanFiles } = await import('../../../electron/images/index.ts');
  const baseline = await readHashAndDecode(files);
  const started = performance.now();
  let found = 0;
  for await (const batch of scanFiles(files)) found += batch.images.length;
  const milliseconds = performance.now() - started;
  if (found !== files.length) throw new Error(`${found} of ${files.length} pictures were taken`);
  report.value('images.scan', milliseconds, baseline);
}

async function measurePixelCache(files: readonly string[], folder: string, report: Report): Promise<void> {
  const { PixelStore } = await import('../../../electron/images/index.ts');
  const cached = files.slice(0, CACHED);
  const started = performance.now();
  using lease = await new PixelStore(path.join(folder, 'cache')).lease({
    images: cached.map((file) => ({ file, width: WIDTH, height: HEIGHT })),
    size: CACHE_SIZE,
  });
  const seconds = (performance.now() - started) / 1000;
  if (lease.problems.length > 0) throw new Error(inEnglish(lease.problems[0]!.message));
  report.value('images.pixelCache', cached.length / seconds);
}
