import { stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { openLiteRt } from '../../electron/export/formats/tflite/runtime.ts';
import { exportModel } from '../../electron/export/export-model.ts';
import { PeerUnavailableError, pythonWith } from '../bench/peers/python.ts';
import { exportVerified, IMAGES, kinds, request, useExports } from '../export/support.ts';
import { thorough } from '../support/thorough.ts';

/** What pip may take, once a machine. */
const INSTALLING_MS = 1_200_000;
const PACKAGES = ['ai-edge-litert==2.3.0', 'numpy==2.2.6'];
const KINDS = thorough({
  part: ['nano with the dense head', 'lite0 with the dense head', 'slots first, then the image class'],
  all: Object.keys(kinds),
});

const shared = useExports();
afterEach(() => vi.unstubAllEnvs());

/** Lets exports find LiteRT. @returns why they can't */
async function useLiteRt(): Promise<string | null> {
  try {
    vi.stubEnv('TWINHEAD_PYTHON', await pythonWith('ai_edge_litert.interpreter', PACKAGES, () => undefined));
    return null;
  } catch (error) {
    if (!(error instanceof PeerUnavailableError)) throw error;
    return `LiteRT from pip: ${error.message}`;
  }
}

const asked = async (kind: string, precision: string) => ({
  ...(await request(`tflite-${precision}-${kind.replaceAll(' ', '-')}`, kinds[kind]!)),
  format: 'tflite',
  options: { precision, ...(precision === 'float32' ? {} : { largestDrop: 1 }) },
});

test.for(KINDS)(
  'a model as TFLite gives in LiteRT what the engine gives: %s',
  { timeout: INSTALLING_MS },
  async (kind, context) => {
    const missing = await useLiteRt();
    if (missing !== null) return context.skip(missing);
    const given = await asked(kind, 'float32');
    const result = await exportVerified(given);
    expect(result.files.map((file) => path.relative(given.outFolder, file))).toEqual([
      ...['model.tflite', 'certificate.json', 'model.json', 'README.md'],
    ]);
    expect(result).toMatchObject({ images: IMAGES, unverified: null });
    expect(result.certificate).toMatchObject({ runtime: 'LiteRT 2.3.0', batchSizes: [1, 3, 8] });
    expect(result.shareOfTolerance).toBeLessThanOrEqual(1);
  },
);

/** How far off weights of fewer bits may be in networks that were never trained. */
const SMALLER = [
  { precision: 'float16', pixels: 2, scores: 0.02 },
  { precision: 'int8', pixels: 32, scores: 0.15 },
];

test.for(KINDS.flatMap((kind) => SMALLER.map((smaller) => ({ kind, ...smaller }))))(
  'one with weights of fewer bits is smaller, and its scores are measured: $precision, $kind',
  { timeout: INSTALLING_MS },
  async ({ kind, precision, pixels, scores }, context) => {
    const missing = await useLiteRt();
    if (missing !== null) return context.skip(missing);
    const { certificate } = await exportVerified(await asked(kind, precision));
    const { bytes } = certificate.beside!;
    expect(bytes.model / bytes.float32).toBeLessThan(0.6);
    expect(certificate.scores!.length).toBeGreaterThan(0);
    for (const { unit, largest, tolerance } of certificate.differences) {
      expect(tolerance).toBeNull();
      expect(largest).toBeGreaterThan(0);
      expect(largest).toBeLessThan(unit === 'pixels' ? pixels : scores);
    }
  },
);

test('what LiteRT refuses, or ends at, is said', { timeout: INSTALLING_MS }, async (context) => {
  const missing = await useLiteRt();
  if (missing !== null) return context.skip(missing);
  const file = path.join(shared.folder, 'broken.tflite');
  await writeFile(file, 'no model');
  await expect(openLiteRt(file)).rejects.toThrow(/LiteRT does not accept the exported model: .*Error/s);
});

test('where no Python has LiteRT the model is written, and said to be unverified', async () => {
  vi.stubEnv('TWINHEAD_PYTHON', path.join(shared.folder, 'no-python'));
  const given = await asked('nano with the dense head', 'float16');
  const result = await exportModel(given);
  expect(result).toMatchObject({ certificate: null, images: 0, largestDifference: null });
  expect(result.unverified).not.toBeNull();
  expect(result.files.map((file) => path.basename(file))).toEqual([
    'model.tflite',
    'model.json',
    'README.md',
  ]);
  expect((await stat(result.files[0]!)).size).toBeGreaterThan(100_000);
});
