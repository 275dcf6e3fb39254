import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { createKernels } from '../../electron/engine/kernels.ts';
import type { Engine } from '../../electron/engine/types.ts';
import { exportModel } from '../../electron/export/export-model.ts';
import type { ExportRequest } from '../../electron/export/types.ts';
import { writeCheckpoint } from '../../electron/learning/training/checkpoint.ts';
import { parseTrainingConfig } from '../../electron/learning/config/config.ts';
import { headsOf } from '../../electron/learning/training/run-checkpoints.ts';
import type { TrainingSample } from '../../electron/learning/index.ts';
import { Model } from '../../electron/learning/model/model.ts';
import { stateName } from '../../electron/learning/model/step.ts';
import { loadNativeEngine } from '../engine/graph/native-engine.ts';
import { noise } from '../engine/graph/networks.ts';

export const IMAGE_CLASSES = ['cat', 'dog, "big"', '猫'].map((name, id) => ({ id, name }));
export const OBJECT_CLASSES = ['nose', 'tail'].map((name, id) => ({ id, name }));
export const IMAGES = 11;

let engine: Engine;
let folder: string;

/** For a file of tests. @returns what they are run with, once they run */
export function useExports(): { readonly engine: Engine; readonly folder: string } {
  beforeAll(async () => {
    engine = await loadNativeEngine();
    folder = await mkdtemp(path.join(os.tmpdir(), 'twinhead-export-test-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return {
    get engine() {
      return engine;
    },
    get folder() {
      return folder;
    },
  };
}

export interface Setup {
  readonly settings: Record<string, unknown>;
  readonly imageClasses?: typeof IMAGE_CLASSES;
  readonly objectClasses?: typeof OBJECT_CLASSES;
  /** Statistics as the network brings them: other ones would let signals grow without bound through pretrained layers. */
  readonly ownStatistics?: boolean;
  /** Put into every weight: finite, as files must be, and beyond what 32 bits hold once multiplied. */
  readonly spoilt?: number;
}

/** An image with one box; the pixels say nothing of it. */
const sampleAt = (row: number): TrainingSample => ({
  ...{ row, imageId: row + 1, split: 'test', width: 64, height: 64, imageClass: row % 3 },
  boxes: [{ x: 8, y: 8, width: 30, height: 20, classIndex: row % 2, crowd: false }],
});

/** A network that was never trained, with running statistics that are not the initial ones, and images. */
export async function request(name: string, setup: Setup): Promise<ExportRequest> {
  const config = parseTrainingConfig({ ...setup.settings });
  const { imageClasses = IMAGE_CLASSES, objectClasses = OBJECT_CLASSES } = setup;
  const model = new Model(config, { imageClasses: imageClasses.length, objectClasses: objectClasses.length });
  const { shape, initial } = model.declare(engine.tf, createKernels(engine));
  const tensors = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  for (const spec of shape.parameters) {
    const data = initial.get(spec.name)!.slice();
    if (setup.spoilt !== undefined) data.fill(setup.spoilt);
    tensors.set(stateName.parameter(spec.name), { shape: spec.shape, data });
  }
  for (const [i, spec] of shape.statistics.entries()) {
    const own = initial.get(spec.name)!;
    const data = setup.ownStatistics
      ? own
      : noise(own.length, i + 1).map((value) => (spec.name.endsWith('variance') ? 1 + value / 2 : value / 4));
    tensors.set(stateName.statistic(spec.name), { shape: spec.shape, data });
  }
  const checkpointFile = path.join(folder, `${name}.safetensors`);
  await writeCheckpoint(checkpointFile, {
    config,
    imageClasses,
    objectClasses,
    heads: headsOf(model),
    dataFingerprint: 'test',
    position: {
      epoch: 3,
      step: 30,
      stepInEpoch: 0,
      sums: {},
      observed: {},
      bestScore: null,
      bestEpoch: null,
      epochsSinceBest: 0,
      seconds: 1,
    },
    tensors,
  });
  const pixelFile = path.join(folder, `${name}.pixels`);
  await writeFile(
    pixelFile,
    Uint8Array.from(noise(IMAGES * config.inputSize ** 2 * 3, 5), (value) => (value + 1) * 127.5),
  );
  return {
    engine: engine.choice,
    format: 'onnx',
    options: {},
    checkpointFile,
    outFolder: path.join(folder, 'out', name),
    pixelFile,
    images: Array.from({ length: IMAGES }, (_, row) => ({ sample: sampleAt(row), sha256: `hash ${row}` })),
    run: `run ${name}`,
    appVersion: '9.8.7',
    language: 'en',
  };
}

/** Exports in a format that is verified on every machine. */
export async function exportVerified(asked: ExportRequest) {
  const { certificate, ...result } = await exportModel(asked);
  if (certificate === null) throw new Error(`The export of ${asked.run} was not verified.`);
  return { ...result, certificate };
}

export const NANO = { network: 'nano', inputSize: 64 };
export const kinds: Record<string, Setup> = {
  'nano with the dense head': { settings: NANO },
  'nano with the slots head': { settings: { ...NANO, boxHead: 'slots', slots: { count: 5, hidden: 32 } } },
  'plain with the slots head': {
    settings: { network: 'plain', inputSize: 32, boxHead: 'slots', slots: { count: 5, hidden: 32 } },
  },
  'plain with the dense head': { settings: { network: 'plain', inputSize: 32 } },
  'lite0 with the dense head': { settings: { network: 'lite0', inputSize: 64 }, ownStatistics: true },
  'boxes first, then the image class': { settings: { ...NANO, sharing: 'sequential' } },
  'slots first, then the image class': {
    settings: { ...NANO, sharing: 'sequential', boxHead: 'slots', slots: { count: 5, hidden: 32 } },
  },
  'the image class first, then boxes': {
    settings: { ...NANO, sharing: 'sequential', sequential: { first: 'imageClass' } },
  },
  'a subnetwork a head': { settings: { ...NANO, sharing: 'subnetworks' } },
  'a trunk a head': { settings: { ...NANO, sharing: 'soft' } },
  'a trunk a head with cross-stitch units': {
    settings: { ...NANO, sharing: 'soft', soft: { crossStitch: true } },
  },
  'SELU without batch norm': { settings: { ...NANO, activation: 'selu', batchNorm: false } },
  'image classes only': { settings: NANO, objectClasses: [] },
  'boxes only': { settings: NANO, imageClasses: [] },
};
