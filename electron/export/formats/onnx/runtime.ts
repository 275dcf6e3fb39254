import { createRequire } from 'node:module';
import { TwinheadError } from '../../../common/errors.ts';
import { say } from '../../../common/sentences/sentence.ts';
import { refusedBy } from '../../parity.ts';

export interface RuntimeTensor<Data extends Float32Array | Uint8Array = Float32Array> {
  readonly data: Data;
  readonly dims: readonly number[];
}

type Feeds = Readonly<Record<string, RuntimeTensor<Float32Array | Uint8Array>>>;

/** The parts of onnxruntime-node that are used; its own types describe far more. */
interface Runtime {
  readonly Tensor: new (
    type: 'float32' | 'uint8',
    data: Float32Array | Uint8Array,
    dims: readonly number[],
  ) => RuntimeTensor<Float32Array | Uint8Array>;
  readonly InferenceSession: {
    create(model: Uint8Array, options: object): Promise<RuntimeSession>;
  };
  readonly env: { readonly versions: { readonly common: string; readonly node?: string } };
}

interface RuntimeSession {
  run(feeds: Feeds): Promise<Record<string, RuntimeTensor>>;
  release(): Promise<void>;
}

/** An exported model in the runtime that people will run it in. */
export interface OnnxModel {
  readonly version: string;
  run(feeds: Feeds): Promise<Record<string, RuntimeTensor>>;
  close(): Promise<void>;
}

/** Severity from which the runtime writes to the console: errors. */
const LOG_ERRORS = 3;

function loadRuntime(): Runtime {
  try {
    return createRequire(import.meta.url)('onnxruntime-node') as Runtime;
  } catch (error) {
    throw new TwinheadError(
      'engine-unavailable',
      say('export.noRuntime', { platform: process.platform, architecture: process.arch }),
      { remedy: say('export.noRuntime.remedy'), cause: String(error) },
    );
  }
}

/**
 * Loads the bytes of an .onnx file.
 * @throws TwinheadError `engine-unavailable` where the runtime has no binary for this machine, `export-mismatch` where
 *   it refuses the model.
 */
export async function openOnnx(bytes: Uint8Array): Promise<OnnxModel> {
  const { InferenceSession, Tensor, env } = loadRuntime();
  let session: RuntimeSession;
  try {
    session = await InferenceSession.create(bytes, {
      executionProviders: ['cpu'],
      logSeverityLevel: LOG_ERRORS,
    });
  } catch (error) {
    throw refusedBy('ONNX Runtime', String(error));
  }
  return {
    version: `ONNX Runtime ${env.versions.node ?? env.versions.common}`,
    run: (feeds) =>
      session.run(
        Object.fromEntries(
          Object.entries(feeds).map(([name, { data, dims }]) => [
            name,
            new Tensor(data instanceof Uint8Array ? 'uint8' : 'float32', data, dims),
          ]),
        ),
      ),
    close: () => session.release(),
  };
}
