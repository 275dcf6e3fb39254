import path from 'node:path';
import os from 'node:os';
import { loadEngine } from '../../../electron/engine/load.ts';
import type { Engine } from '../../../electron/engine/types.ts';

/** TensorFlow itself: what these tests are about. Fails where it is missing, since set-up guarantees it. */
export function loadNativeEngine(): Promise<Engine> {
  const folder =
    process.env['TWINHEAD_ENGINE_DIR'] ?? path.join(os.homedir(), '.cache', 'twinhead', 'engine');
  return loadEngine({ kind: 'cpu', folder, why: 'the tests of graphs need TensorFlow' });
}
