import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportModel } from '../../electron/export/export-model.ts';
import { safetensors } from '../../electron/export/formats/safetensors/index.ts';
import type { ModelSource } from '../../electron/export/types.ts';
import { openNetwork } from '../../electron/export/network.ts';
import { decodeSafetensors } from '../../electron/learning/base/safetensors.ts';
import { thorough } from '../support/thorough.ts';
import { IMAGES, kinds, NANO, OBJECT_CLASSES, request, useExports } from './support.ts';

/** Each network, box head, and way of sharing once: all of them in the long pass. */
const KINDS = thorough({
  part: [
    'nano with the slots head',
    'plain with the slots head',
    'lite0 with the dense head',
    'slots first, then the image class',
    'a trunk a head with cross-stitch units',
    'SELU without batch norm',
    'image classes only',
  ],
  all: Object.keys(kinds),
});

const shared = useExports();

interface Config {
  readonly layers: { op: string; inputs: (string | number)[]; attributes: Record<string, unknown> }[];
  readonly classes: unknown;
  readonly imageClass: unknown;
  readonly outputs: Record<string, unknown>;
}

const asked = async (name: string, kind: keyof typeof kinds = 'nano with the dense head') => ({
  ...(await request(`safetensors-${name}`.replaceAll(' ', '-'), kinds[kind]!)),
  format: 'safetensors',
});

async function readExport(folder: string) {
  const read = (file: string): Promise<Buffer> => readFile(path.join(folder, file));
  const config = JSON.parse((await read('config.json')).toString()) as Config;
  const model = decodeSafetensors(await read('model.safetensors'), 'model.safetensors');
  return { config, tensors: model.tensors, metadata: model.metadata };
}

describe('exporting as safetensors', () => {
  it.each(KINDS)('is read back and gives what the engine gives: %s', async (kind) => {
    const given = await asked(kind, kind);
    const result = await exportModel(given);
    expect(result.files.map((file) => path.relative(given.outFolder, file))).toEqual([
      ...['model.safetensors', 'config.json', 'run.py', 'sample.safetensors'],
      ...['certificate.json', 'model.json', 'README.md'],
    ]);
    expect(result).toMatchObject({ images: IMAGES, certificate: { batchSizes: [1, 3, 8] } });
    expect(result.shareOfTolerance).toBeLessThanOrEqual(1);
    const { config, tensors } = await readExport(given.outFolder);
    // Every tensor is used, and every weight has its name.
    const used = new Set(config.layers.flatMap(({ inputs }) => inputs));
    expect([...tensors.keys()].filter((name) => !used.has(name))).toEqual([]);
    const kernels = config.layers.filter(({ op }) => op.endsWith('conv2d')).map(({ inputs }) => inputs[1]);
    expect(kernels.every((name) => String(name).endsWith('/kernel'))).toBe(true);
  });

  it('says in config.json what the network takes, does and means', async () => {
    const given = { ...(await asked('config')), colors: { 0: '#E69F00', 1: '#56B4E9' } };
    await exportModel({ ...given, thresholds: [{ classId: 1, score: 0.3 }] });
    const { config, tensors, metadata } = await readExport(given.outFolder);
    expect(tensors.get('trunk/stem/kernel')!.shape).toEqual([3, 3, 3, 16]);
    expect(metadata).toMatchObject({ run: 'run safetensors-config', input_size: '64' });
    expect(config).toMatchObject({
      ...{ format: 'twinhead-network', version: 1, network: 'nano', epoch: 3 },
      input: { size: 64, color: 'RGB', letterbox: { padding: 114 }, range: [0, 255] },
      imageClass: { classes: 'one' },
    });
    expect(config.classes).toMatchObject({
      image: [{ id: 0, name: 'cat' }, { id: 1 }, { id: 2, name: '猫' }],
      object: [
        { id: 0, name: OBJECT_CLASSES[0]!.name, color: '#E69F00' },
        { id: 1, color: '#56B4E9', threshold: 0.3 },
      ],
    });
    expect(Object.keys(config.outputs)).toEqual(['class_probabilities', 'boxes', 'scores']);
    expect(config.layers.slice(0, 3)).toMatchObject([
      { op: 'subtract', inputs: ['images', 127] },
      { op: 'multiply', inputs: ['subtract_0', 1 / 128] },
      {
        ...{ op: 'conv2d', inputs: ['multiply_1', 'trunk/stem/kernel'] },
        attributes: {
          strides: [2, 2],
          padding: [
            [0, 1],
            [0, 1],
          ],
        },
      },
    ]);
  });

  it('leaves the sample image out where it is not wanted', async () => {
    const given = { ...(await asked('no-sample')), options: { sample: false } };
    const { files } = await exportModel(given);
    expect(files.map((file) => path.basename(file))).not.toContain('sample.safetensors');
  });

  it('is not done where the weights that were written are not those of the network', async () => {
    const given = await asked('damaged');
    const { engine } = shared;
    const network = await openNetwork(engine, given.checkpointFile);
    const rows = { pixelFile: given.pixelFile, size: NANO.inputSize, images: given.images };
    const source: ModelSource = { engine, network, appVersion: '', calibration: rows, verified: rows };
    await exportModel(given);
    const file = path.join(given.outFolder, 'config.json');
    const text = await readFile(file, 'utf8');
    const writer = safetensors.choose({ sample: false });
    const data = new Float32Array(NANO.inputSize ** 2 * 3);
    const run = async (config: string) => {
      await writeFile(file, config);
      const model = await writer.openRuntime(given.outFolder, source);
      return model!.run(data, 1, NANO.inputSize).finally(() => model!.close());
    };
    await expect(run(text.replace('"relu"', '"rule"'))).rejects.toThrow(/rule/);
    await expect(run(text.replace('"strides":[2,2]', '"strides":2'))).rejects.toThrow(/strides/);
    await expect(run(text.replace('trunk/stem/kernel', 'trunk/stem/kernels'))).rejects.toThrow(/before/);
    await expect(run(text.replace('"layers"', '"levels"'))).rejects.toMatchObject({
      code: 'export-mismatch',
    });
  });
});
