import { createRequire } from 'node:module';
import path from 'node:path';
import util from 'node:util';
import type * as tfjs from '@tensorflow/tfjs';
import type { Engine, EngineChoice } from './types.ts';

interface Binding {
  readonly TF_Version: string;
}
type BackendClass = new (binding: Binding, packageName: string) => tfjs.KernelBackend;

const require = createRequire(import.meta.url);

/** Loads the chosen engine into this thread. */
export async function loadEngine(choice: EngineChoice): Promise<Engine> {
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '3';
  if (choice.folder === null) {
    const tf = require('@tensorflow/tfjs') as typeof tfjs;
    await tf.setBackend('cpu');
    return { choice, tf, device: 'CPU', tensorflowVersion: tf.version.tfjs, native: false };
  }
  // Node 23 and later lack it, and the package's backend calls it.
  const legacy = util as unknown as { isNullOrUndefined?: (value: unknown) => boolean };
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
  const tf = require('@tensorflow/tfjs') as typeof tfjs;
  const binding = require(path.join(choice.folder, 'tensorflow', 'tfjs_binding.node')) as Binding;
  require('@tensorflow/tfjs-node-gpu/dist/register_all_kernels');
  const { NodeJSKernelBackend } = require('@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend') as {
    NodeJSKernelBackend: BackendClass;
  };
  tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(binding, 'tfjs-node'), 3);
  await tf.setBackend('tensorflow');
  return { choice, tf, device: 'CPU', tensorflowVersion: binding.TF_Version, native: true };
}
