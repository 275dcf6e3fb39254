import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openOnnx } from '../../electron/export/formats/onnx/runtime.ts';
import { exportModel } from '../../electron/export/export-model.ts';
import { PeerUnavailableError, pythonWith, runScript } from '../bench/peers/python.ts';
import { noise } from '../engine/graph/networks.ts';
import { kinds, request, useExports } from '../export/support.ts';

/** What pip may take, once a machine. */
const INSTALLING_MS = 1_200_000;
const SIZE = 64;
const IMAGES = 4;
const OUTPUTS = ['class_probabilities', 'boxes', 'scores'];

const RUNTIMES = [
  { runtime: 'onnxruntime', packages: ['onnxruntime==1.32.0', 'numpy==2.2.6'] },
  { runtime: 'onnxruntime', packages: ['onnxruntime==1.20.1', 'numpy==2.2.6'] },
  { runtime: 'openvino', packages: ['openvino==2026.4.1', 'numpy==2.2.6'] },
] as const;

const shared = useExports();

/** What is asked of an export, and how far off another runtime may be. */
const MODELS = [
  {
    model: '8-bit integers',
    options: { precision: 'int8', largestDrop: 1 },
    // Another's rounding of an integer that lies between two is as right: it may be off by what a step of a map makes.
    tolerance: { onnxruntime: { pixels: 1e-3, scores: 1e-5 }, openvino: { pixels: 1, scores: 0.01 } },
  },
  ...[17, 18].map((opset) => ({
    model: `float32, opset ${opset}`,
    options: { opset },
    tolerance: { onnxruntime: { pixels: 1e-3, scores: 1e-5 }, openvino: { pixels: 0.05, scores: 1e-4 } },
  })),
];

test.for(RUNTIMES.flatMap((runtime) => MODELS.map((model) => ({ ...runtime, ...model }))))(
  'a model gives in a runtime from pip what it gave here: $packages.0, $model',
  { timeout: INSTALLING_MS },
  async ({ runtime, packages, model: kind, options, tolerance }, context) => {
    let python: string;
    try {
      python = await pythonWith(runtime, packages, () => undefined);
    } catch (error) {
      if (!(error instanceof PeerUnavailableError)) throw error;
      return context.skip(`runtimes from pip: ${error.message}`);
    }
    const name = `${packages[0]} ${kind}`.replace(/\W+/g, '-');
    const asked = await request(name, kinds['nano with the dense head']!);
    const { files } = await exportModel({ ...asked, options, calibration: asked.images });
    const data = noise(IMAGES * 3 * SIZE ** 2, 8).map((value) => (value + 1) * 127);
    const model = await openOnnx(await readFile(files[0]!));
    const expected = await model.run({ images: { data, dims: [IMAGES, 3, SIZE, SIZE] } });
    await model.close();
    const images = path.join(shared.folder, `${name}.floats`);
    await writeFile(images, new Uint8Array(data.buffer));
    const folder = path.join(shared.folder, `${name}-outputs`);
    const script = path.join(import.meta.dirname, 'model-runtimes.py');
    const [said] = await runScript(python, script, [
      ...[files[0]!, images, String(SIZE), runtime, folder, ...OUTPUTS],
    ]);
    expect(said).toMatchObject({ runtime, outputs: OUTPUTS.toSorted() });
    for (const output of OUTPUTS) {
      const bytes = await readFile(path.join(folder, output));
      const found = new Float32Array(new Uint8Array(bytes).buffer);
      const wanted = expected[output]!.data;
      expect(found).toHaveLength(wanted.length);
      const largest = found.reduce((most, value, at) => Math.max(most, Math.abs(value - wanted[at]!)), 0);
      expect(largest).toBeLessThan(tolerance[runtime][output === 'boxes' ? 'pixels' : 'scores']);
    }
  },
);
