import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from '@playwright/test';
import type { io, Tensor } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import type { TensorFlowGraph } from '../../electron/export/formats/tensorflow/graph.ts';
import { graphOf } from '../../electron/export/formats/tensorflow/graph.ts';
import { recordTwice } from '../../electron/export/formats/recordings.ts';
import { exportModel } from '../../electron/export/export-model.ts';
import { openOnnx } from '../../electron/export/formats/onnx/runtime.ts';
import { noise } from '../engine/graph/networks.ts';
import { chromiumOptions } from '../support/chromium.ts';
import { IMAGES, kinds, NANO, request, useExports } from './support.ts';

const shared = useExports();
const SIZE = NANO.inputSize;
const PIXELS = noise(2 * SIZE * SIZE * 3, 11).map((value) => (value + 1) * 127.5);

/** Both have the same graph, so one of them is made of every kind of network. */
const FORMATS = [
  ['tfjs', ['graph.json', 'weights.bin'], Object.keys(kinds)],
  ['saved-model', ['saved_model.pb'], ['nano with the slots head', 'lite0 with the dense head']],
] as const;

describe.each(FORMATS)('exporting as %s', (format, files, networks) => {
  it.each(networks)('gives what the engine gives: %s', async (kind) => {
    const name = `${format} ${kind}`.replaceAll(' ', '-');
    const asked = { ...(await request(name, kinds[kind]!)), format };
    const result = await exportModel(asked);
    expect(result.files.map((file) => path.relative(asked.outFolder, file))).toEqual([
      ...files,
      'certificate.json',
      'model.json',
      'README.md',
    ]);
    expect(result).toMatchObject({ images: IMAGES, certificate: { batchSizes: [1, 3, 8] } });
    expect(result.shareOfTolerance).toBeLessThanOrEqual(1);
    const card = JSON.parse(await readFile(path.join(asked.outFolder, 'model.json'), 'utf8')) as unknown;
    expect(card).toMatchObject({ format, input: { layout: '[batch, size, size, 3]', range: [0, 255] } });
  });

  it('has no options', async () => {
    const asked = { ...(await request(`${format}-options`, { settings: NANO })), format };
    await expect(exportModel({ ...asked, options: { suppression: true } })).rejects.toMatchObject({
      code: 'invalid-input',
    });
  });
});

/** What the same network gives as ONNX, which another runtime computes. */
async function expectedOutputs(): Promise<Record<string, Float32Array>> {
  const asked = await request('reference', { settings: NANO });
  await exportModel({ ...asked, options: { preprocessing: 'bytes' } });
  const onnx = await openOnnx(await readFile(path.join(asked.outFolder, 'model.onnx')));
  const bytes = { data: Uint8Array.from(PIXELS), dims: [2, SIZE, SIZE, 3] };
  const outputs = await onnx.run({ images: bytes });
  await onnx.close();
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data]));
}

/** Probabilities to 1e-4, corners to 0.05 px. */
function expectEqual(
  outputs: Readonly<Record<string, ArrayLike<number>>>,
  expected: Readonly<Record<string, Float32Array>>,
): void {
  expect(Object.keys(outputs).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, values] of Object.entries(expected)) {
    const off = values.map((value, at) => Math.abs(value - outputs[name]![at]!));
    expect(Math.max(...off)).toBeLessThan(name === 'boxes' ? 0.05 : 1e-4);
  }
}

const NAMES = ['class_probabilities', 'boxes', 'scores'];

it('replaces an export of another format, but for files that were changed since', async () => {
  const asked = await request('replaced', { settings: NANO });
  const files = () => readdir(asked.outFolder).then((names) => names.sort());
  const usual = ['README.md', 'certificate.json', 'model.json', 'twinhead-export.json'];
  await exportModel(asked);
  await exportModel({ ...asked, format: 'saved-model' });
  expect(await files()).toEqual([...usual.slice(0, 3), 'saved_model.pb', usual[3]]);
  await writeFile(path.join(asked.outFolder, 'saved_model.pb'), 'mine');
  await exportModel({ ...asked, format: 'tfjs' });
  expect(await files()).toEqual([...usual, 'graph.json', 'saved_model.pb', 'weights.bin'].sort());
  expect(await readFile(path.join(asked.outFolder, 'saved_model.pb'), 'utf8')).toBe('mine');
});

describe('a graph of TensorFlow.js', () => {
  it('runs in TensorFlow.js alone, without TensorFlow', async () => {
    const { tf } = shared.engine;
    const asked = { ...(await request('alone', { settings: NANO })), format: 'tfjs' };
    await exportModel(asked);
    const expected = await expectedOutputs();
    const read = (file: string): Promise<Buffer> => readFile(path.join(asked.outFolder, file));
    const graph = JSON.parse((await read('graph.json')).toString()) as io.ModelJSON;
    const weights = Uint8Array.from(await read('weights.bin')).buffer;
    await tf.setBackend('cpu');
    try {
      const model = await tf.loadGraphModel({
        load: () =>
          Promise.resolve({ ...graph, weightSpecs: graph.weightsManifest[0]!.weights, weightData: weights }),
      });
      const images = tf.tensor4d(Float32Array.from(PIXELS, Math.trunc), [2, SIZE, SIZE, 3]);
      const tensors = [model.execute(images, NAMES)].flat();
      const outputs = Object.fromEntries(tensors.map((tensor, at) => [NAMES[at]!, tensor.dataSync()]));
      tf.dispose([images, tensors]);
      model.dispose();
      expectEqual(outputs, expected);
    } finally {
      await tf.setBackend('tensorflow');
    }
  });

  it('runs in a browser', async (context) => {
    const asked = { ...(await request('browser', { settings: NANO })), format: 'tfjs' };
    await exportModel(asked);
    const expected = await expectedOutputs();
    const { executablePath = chromium.executablePath() } = chromiumOptions();
    if (!existsSync(executablePath)) return context.skip('no Chromium on this machine');
    const browser = await chromium.launch(chromiumOptions());
    try {
      const page = await browser.newPage();
      // A web server's part: the page, the library and the two files of the export.
      await page.route('http://model.test/**', async (route) => {
        const { pathname } = new URL(route.request().url());
        if (pathname === '/') return route.fulfill({ contentType: 'text/html', body: '<!doctype html>' });
        return route.fulfill({ path: path.join(asked.outFolder, pathname) });
      });
      await page.goto('http://model.test/');
      await page.addScriptTag({ path: 'node_modules/@tensorflow/tfjs/dist/tf.min.js' });
      const outputs = await page.evaluate<Record<string, number[]>>(
        `(async (pixels, size, names) => {
          await tf.ready();
          const model = await tf.loadGraphModel('http://model.test/graph.json');
          const tensors = model.execute(tf.tensor4d(pixels, [2, size, size, 3]), names);
          const values = await Promise.all(tensors.map((tensor) => tensor.data()));
          return Object.fromEntries(names.map((name, at) => [name, [...values[at]]]));
        })(${JSON.stringify([[...PIXELS].map(Math.trunc), SIZE, NAMES]).slice(1, -1)})`,
      );
      expectEqual(outputs, expected);
    } finally {
      await browser.close();
    }
  });
});

describe('a graph for any number of images', () => {
  const graph = (fn: (x: Tensor) => Tensor): TensorFlowGraph =>
    graphOf(...recordTwice(shared.engine, ({ x }) => ({ y: fn(x!) }), { x: [4, 6] }));

  it('leaves the side free that is their number, and has nothing that no output needs', () => {
    const { tf } = shared.engine;
    const { nodes, signature } = graph((x) => {
      x.square();
      return tf.reshape(x.mul(2), [x.shape[0] * 2, 12]);
    });
    expect(signature).toMatchObject({
      inputs: { x: { name: 'x:0', tensorShape: { dim: [{ size: -1 }, { size: 4 }, { size: 6 }] } } },
      outputs: { y: { name: 'y:0', tensorShape: { dim: [{ size: -1 }, { size: 12 }] } } },
    });
    expect(nodes.map(({ op }) => op)).toEqual([
      'Placeholder',
      'Const',
      'Mul',
      'Const',
      'Reshape',
      'Identity',
    ]);
  });

  it('is refused where something else depends on their number', () => {
    const { tf } = shared.engine;
    expect(() => graph((x) => x.mul(tf.scalar(x.shape[0])))).toThrow(
      /cannot be written as TensorFlow: a constant depends on the number of images/,
    );
  });
});
