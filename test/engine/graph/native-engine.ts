import { findEngine } from '../../../electron/engine/find.ts';
import { loadEngine } from '../../../electron/engine/load.ts';
import type { Engine } from '../../../electron/engine/types.ts';

/** TensorFlow itself: what these tests are about. Fails where it is missing, since set-up guarantees it. */
export async function loadNativeEngine(): Promise<Engine> {
  return loadEngine(findEngine({ forced: 'cpu' }));
}
