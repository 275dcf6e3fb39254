import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import util from 'node:util';
import type * as tfjs from '@tensorflow/tfjs';
import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import { graphicsCardName } from './device.ts';
import { turnOnOneDnn } from './one-dnn.ts';
import type { Engine, EngineChoice } from './types.ts';

interface Binding {
  readonly TF_Version: string;
}
interface NativeBackend extends tfjs.KernelBackend {
  readonly isUsingGpuDevice: boolean;
}
type NativeBackendClass = new (binding: Binding, packageName: string) => NativeBackend;

const require = createRequire(import.meta.url);
const loaded = new Map<string | null, Engine>();

/**
 * Loads the chosen engine into this thread and makes it the one that tensors are computed on; another choice switches.
 * `TWINHEAD_ENGINE_LOG=1` lets TensorFlow's notices and warnings through; errors always are.
 * @throws TwinheadError `engine-unavailable` where the library cannot be loaded, or runs on another device than was
 *   asked for.
 */
export async function loadEngine(choice: EngineChoice): Promise<Engine> {
  const known = loaded.get(choice.folder);
  const engine = known ? { ...known, choice } : choice.folder === null ? loadJs(choice) : loadNative(choice);
  await engine.tf.setBackend(engine.native ? 'tensorflow' : 'cpu');
  loaded.set(choice.folder, engine);
  return engine;
}

function loadJs(choice: EngineChoice): Engine {
  const tf = require('@tensorflow/tfjs') as typeof tfjs;
  // Else the backend advises, on first use, to install packages that we have replaced.
  tf.enableProdMode();
  return { choice, tf, device: 'CPU', tensorflowVersion: tf.version.tfjs, native: false };
}

function loadNative(choice: EngineChoice): Engine {
  if ([...loaded.keys()].some((folder) => folder !== null))
    throw new TwinheadError('engine-unavailable', say('engine.another'), {
      remedy: say('engine.another.remedy'),
    });
  const library = path.join(choice.folder!, 'tensorflow');
  // The package's backend calls two functions of old: Node 23 and later lack one, and warn (DEP0044) of the other.
  const legacy = util as { isNullOrUndefined?: (value: unknown) => boolean; isArray: typeof Array.isArray };
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
  legacy.isArray = Array.isArray;
  const tf = require('@tensorflow/tfjs') as typeof tfjs;
  turnOnOneDnn();
  const binding = loadBinding(library);
  require('@tensorflow/tfjs-node-gpu/dist/register_all_kernels');
  const { NodeJSKernelBackend } = require('@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend') as {
    NodeJSKernelBackend: NativeBackendClass;
  };
  const backend = new NodeJSKernelBackend(binding, 'tfjs-node');
  tf.registerBackend('tensorflow', () => backend, 3);
  if (choice.kind === 'cuda12' && choice.forced && !backend.isUsingGpuDevice)
    throw new TwinheadError('engine-unavailable', say('engine.noCard'), {
      remedy: say('engine.noCard.remedy'),
      engine: choice.kind,
    });
  const device = backend.isUsingGpuDevice ? (graphicsCardName() ?? 'NVIDIA graphics card') : 'CPU';
  return { choice, tf, device, tensorflowVersion: binding.TF_Version, native: true };
}

/**
 * RTLD_NODELETE, which Node doesn't name. TensorFlow leaves functions to be called at the end of the process: without its
 * library, which goes with the thread that loaded it, that end is a segmentation fault.
 */
const NO_DELETE: Readonly<Partial<Record<NodeJS.Platform, number>>> = { linux: 0x1000, darwin: 0x80 };

function loadBinding(library: string): Binding {
  const file = path.join(library, 'tfjs_binding.node');
  try {
    if (process.env['TWINHEAD_ENGINE_LOG'] !== '1') silenceNotices(path.join(library, 'log_level.node'));
    const addon: { exports: unknown } = { exports: {} };
    process.dlopen(addon, file, os.constants.dlopen.RTLD_LAZY | (NO_DELETE[os.platform()] ?? 0));
    return addon.exports as Binding;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TwinheadError(
      'engine-unavailable',
      say('engine.notLoaded', { reason }),
      { file, remedy: say('engine.notLoaded.remedy') },
      { cause: error },
    );
  }
}

/**
 * Quiets what TensorFlow writes while its libraries load: a small library that set-up has built answers its question for
 * the least severity (log_level.cc), loaded first, since a worker's process.env does not reach native code.
 */
function silenceNotices(file: string): void {
  if (!existsSync(file)) return;
  process.dlopen({ exports: {} }, file, os.constants.dlopen.RTLD_NOW | os.constants.dlopen.RTLD_GLOBAL);
}
