import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { detectionScenes, writeAsCoco } from '../detection-scenes.ts';
import type { Peer } from './index.ts';
import { pythonWith, runScript } from './python.ts';

const Line = z.object({ milliseconds: z.number(), map: z.number() });

/** pycocotools on the same boxes: matching, accumulation and averages, without the reading of files. */
export const detectionPeer: Peer = {
  name: 'pycocotools',
  figures: ['learning.metrics.detection5000'],
  async measure(_names, progress) {
    const python = await pythonWith('pycocotools', ['pycocotools==2.0.11'], progress);
    const folder = mkdtempSync(path.join(os.tmpdir(), 'twinhead-bench-'));
    try {
      writeAsCoco(detectionScenes(), folder);
      const script = fileURLToPath(new URL('./detection.py', import.meta.url));
      const [line] = z.tuple([Line]).parse(await runScript(python, script, [folder]));
      progress(`pycocotools: mAP ${line.map.toFixed(6)}`);
      return new Map([['learning.metrics.detection5000', line.milliseconds]]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};
