import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { TwinheadError } from '../../electron/common/errors.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import { exportModel } from '../../electron/export/export-model.ts';
import { startExport } from '../../electron/export/index.ts';
import { openOnnx } from '../../electron/export/formats/onnx/runtime.ts';
import type { ExportProgress, ExportRequest } from '../../electron/export/types.ts';
import { noise } from '../engine/graph/networks.ts';
import { saying } from '../support/in-english.ts';
import { thorough } from '../support/thorough.ts';
import { exportVerified, IMAGE_CLASSES, IMAGES, kinds, NANO, OBJECT_CLASSES } from './support.ts';
import { request, useExports } from './support.ts';

const shared = useExports();

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof TwinheadError ? error.code : error),
  );

/** Each network, box head, and way of normalising and sharing once: all of them in the long pass. */
const SMALLER = thorough({
  part: [
    'nano with the dense head',
    'plain with the slots head',
    'lite0 with the dense head',
    'boxes first, then the image class',
    'a trunk a head with cross-stitch units',
    'SELU without batch norm',
    'image classes only',
  ],
  all: Object.keys(kinds),
});

describe('exporting to ONNX', () => {
  it.each(Object.keys(kinds))(
    'writes a model that gives what the engine gives on held-out images: %s',
    async (kind) => {
      const asked = await request(kind.replaceAll(' ', '-'), kinds[kind]!);
      const result = await exportVerified(asked);
      expect(result.files.map((file) => path.relative(asked.outFolder, file))).toEqual([
        'model.onnx',
        'certificate.json',
        'model.json',
        'README.md',
      ]);
      expect(result.images).toBe(IMAGES);
      expect(result.shareOfTolerance).toBeLessThanOrEqual(1);
      const { imageClasses = IMAGE_CLASSES, objectClasses = OBJECT_CLASSES } = kinds[kind]!;
      const outputs = result.certificate.differences.map(({ output }) => output);
      expect(outputs).toEqual([
        ...(imageClasses.length > 0 ? ['class_probabilities'] : []),
        ...(objectClasses.length > 0 ? ['boxes', 'scores'] : []),
      ]);
    },
  );

  it('says in the file and beside it how to use the model', async () => {
    const asked = await request('described', { settings: NANO });
    const { files, certificate } = await exportVerified(asked);
    expect(certificate.runtime).toMatch(/^ONNX Runtime \d/);
    const [model, , card, readme] = await Promise.all(files.map((file) => readFile(file)));
    expect(certificate.sha256).toBe(createHash('sha256').update(model!).digest('hex'));
    for (const text of ['"猫"', 'run described', 'x1', 'Twinhead 9.8.7'])
      expect(model!.includes(text)).toBe(true);
    const { input, imageClasses, objectClasses } = JSON.parse(card!.toString()) as {
      input: { layout: string; size: number; range: number[]; letterbox: { padding: number } };
      imageClasses: string[];
      objectClasses: string[];
    };
    expect(input).toMatchObject({ layout: '[batch, 3, size, size]', size: 64, range: [0, 255] });
    expect(input.letterbox.padding).toBe(114);
    expect(imageClasses).toEqual(['cat', 'dog, "big"', '猫']);
    expect(objectClasses).toEqual(['nose', 'tail']);
    expect(readme!.toString()).toContain('11 images of the project');
  });

  it.each(['nano with the dense head', 'nano with the slots head', 'lite0 with the dense head'])(
    'suppresses boxes in the model as Twinhead does, to the bit: %s',
    async (kind) => {
      const { settings, ...setup } = kinds[kind]!;
      // An untrained head is sure of nothing.
      const asked = await request(`suppressed-${kind.replaceAll(' ', '-')}`, {
        ...setup,
        settings: { ...settings, evaluation: { minScore: 0.001 } },
      });
      const thresholds = [{ classId: 1, score: 0.0095 }];
      const { certificate, files } = await exportVerified({
        ...asked,
        thresholds,
        options: { suppression: true },
      });
      expect(certificate.detections).toBeGreaterThan(0);
      expect(certificate.differences.map(({ output }) => output)).toEqual(
        expect.arrayContaining(['boxes', 'scores']),
      );
      expect(await readFile(files[3]!, 'utf8')).toContain('those that Twinhead keeps, in the same order');
    },
  );

  it.each(['float32', 'float16', 'int8'])(
    'writes the newer version of the operators, where the runtime is as strict: %s',
    async (precision) => {
      const asked = await request(`opset-${precision}`, kinds['slots first, then the image class']!);
      const options = { opset: 18, suppression: true, precision, largestDrop: 1 };
      const { files, certificate } = await exportVerified({
        ...{ ...asked, options, calibration: asked.images },
      });
      expect(certificate.differences).toHaveLength(3);
      // ModelProto.opset_import (field 8) { version (field 2): 18 }, after an empty domain that is left out or written.
      const model = await readFile(files[0]!);
      const imports = ['42021012', '42040a001012'].map((bytes) => Buffer.from(bytes, 'hex'));
      expect(imports.some((bytes) => model.includes(bytes))).toBe(true);
    },
  );

  it('has a certificate beside it with hashes, versions, images, differences and times', async () => {
    const asked = await request('certified', { settings: NANO });
    const options = { suppression: true };
    const { files, certificate } = await exportVerified({ ...asked, options });
    const written = JSON.parse(await readFile(files[1]!, 'utf8')) as Record<string, unknown>;
    const hashOf = async (file: string) =>
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex');
    expect(written).toMatchObject({
      model: { file: 'model.onnx', sha256: await hashOf(files[0]!), format: 'onnx', options },
      checkpoint: { run: 'run certified', sha256: await hashOf(asked.checkpointFile) },
      producer: 'Twinhead 9.8.7',
      runtime: certificate.runtime,
      engine: certificate.engine,
      differences: certificate.differences,
      machine: { platform: process.platform },
    });
    expect(written['images']).toHaveLength(IMAGES);
    expect(written['images']).toContainEqual({ sha256: 'hash 3', split: 'test' });
    const { engine: here, runtime: there } = certificate.milliseconds!;
    expect(Math.min(here, there)).toBeGreaterThan(0);
    expect(Math.max(here, there)).toBeLessThan(10_000);
  });

  it.each(SMALLER)('halves a model and measures what its scores lose: %s', async (kind) => {
    const { settings, ...setup } = kinds[kind]!;
    const asked = await request(`half-${kind.replaceAll(' ', '-')}`, {
      ...setup,
      settings: { ...settings, evaluation: { minScore: 0.001 } },
    });
    const boxes = setup.objectClasses === undefined;
    const exact = await exportModel({ ...asked, outFolder: `${asked.outFolder}-exact` });
    const options = { precision: 'float16', suppression: boxes, largestDrop: 1 };
    const half = await exportVerified({ ...asked, options });
    const [from, to] = await Promise.all(
      [exact, half].map(async ({ files }) => (await stat(files[0]!)).size),
    );
    expect(to! / from!).toBeLessThan(0.7);
    const { differences, scores, detections } = half.certificate;
    for (const { unit, largest, tolerance } of differences) {
      expect(tolerance).toBeNull();
      expect(largest).toBeLessThan(unit === 'pixels' ? 3 : 0.02);
    }
    expect(half.shareOfTolerance).toBeNull();
    expect(scores!.map(({ metric }) => metric)).toEqual([
      ...(setup.imageClasses === undefined ? ['imageClass.accuracy', 'imageClass.macroF1'] : []),
      ...(boxes ? ['boxes.map50', 'boxes.map'] : []),
    ]);
    if (boxes) expect(detections).toBeGreaterThan(0);
  });

  it.each(SMALLER)('writes a model in 8-bit integers, and measures its scores: %s', async (kind) => {
    const { settings, ...setup } = kinds[kind]!;
    const asked = await request(`int8-${kind.replaceAll(' ', '-')}`, {
      ...setup,
      settings: { ...settings, evaluation: { minScore: 0.001 } },
    });
    const boxes = setup.objectClasses === undefined;
    const options = { precision: 'int8', suppression: boxes, preprocessing: 'bytes', largestDrop: 1 };
    const { certificate, files } = await exportVerified({ ...asked, options, calibration: asked.images });
    const { differences, scores, calibration, beside } = certificate;
    for (const { unit, largest, tolerance } of differences) {
      expect(tolerance).toBeNull();
      expect(largest).toBeLessThan(unit === 'pixels' ? 32 : 0.15);
    }
    expect(scores!.length).toBeGreaterThan(0);
    const lines = asked.images.map(({ sha256 }) => `${sha256}\n`).join('');
    expect(calibration).toEqual({
      images: IMAGES,
      sha256: createHash('sha256').update(lines).digest('hex'),
    });
    expect(beside!.bytes.model).toBe((await stat(files[0]!)).size);
    expect(beside!.bytes.model / beside!.bytes.float32).toBeLessThan(0.6);
    expect(Math.min(...Object.values(beside!.milliseconds))).toBeGreaterThan(0);
    expect(await readdir(asked.outFolder)).toHaveLength(5);
    const written = JSON.parse(await readFile(files[1]!, 'utf8')) as { calibration: { of: string[] } };
    expect(written.calibration.of).toEqual(asked.images.map(({ sha256 }) => sha256));
    expect(await readFile(files[3]!, 'utf8')).toContain('measured on 11 images of the training split');
  });

  it('writes no integers without images to measure their ranges on, nor where a score drops too far', async () => {
    const asked = await request('int8-refused', { settings: NANO });
    const options = { precision: 'int8' };
    const refusal = await exportModel({ ...asked, options }).catch((error: unknown) => error);
    expect(inEnglish((refusal as TwinheadError).details.remedy ?? '')).toBe(
      'Put images into the training split, or export with float32 or float16.',
    );
    // Ranges of other images than those that it then gets: black ones.
    const pixels = await readFile(asked.pixelFile);
    await writeFile(asked.pixelFile, Buffer.concat([pixels, Buffer.alloc(64 * 64 * 3)]));
    const black = { sample: { ...asked.images[0]!.sample, row: IMAGES }, sha256: 'black' };
    const wrong = exportModel({ ...asked, options: { ...options, largestDrop: 0 }, calibration: [black] });
    expect(await codeOf(wrong)).toBe('export-mismatch');
    expect(await readdir(shared.folder)).not.toContain('int8-refused');
  });

  it('takes images in each form that can be chosen, and says which', async () => {
    const asked = await request('forms', { settings: NANO });
    const types: unknown[] = [];
    for (const preprocessing of ['none', 'bytes', 'unit']) {
      const options = { preprocessing, suppression: true };
      const { files, certificate, shareOfTolerance } = await exportVerified({ ...asked, options });
      expect(shareOfTolerance).toBeLessThanOrEqual(1);
      const card = JSON.parse(await readFile(files[2]!, 'utf8')) as {
        input: { layout: string; type: string; range: number[] };
      };
      types.push([card.input.layout, card.input.type, card.input.range[1], certificate.batchSizes]);
    }
    expect(types).toEqual([
      ['[batch, 3, size, size]', 'float32', 255, [1, 3, 8]],
      ['[batch, size, size, 3]', 'uint8', 255, [1, 3, 8]],
      ['[1, 3, size, size]', 'float32', 1, [1]],
    ]);
  });

  it('has the keys of Ultralytics where its input and first output are as theirs, and only there', async () => {
    const asked = await request('keys', { settings: NANO });
    const has = async (options: Record<string, unknown>) => {
      const { files } = await exportModel({ ...asked, options });
      const model = await readFile(files[0]!);
      return ["{'batch': 1, 'dynamic': False, 'nms': True}", '{0: "nose", 1: "tail"}', '[64, 64]'].map(
        (text) => model.includes(text),
      );
    };
    expect(await has({ suppression: true, preprocessing: 'unit' })).toEqual([true, true, true]);
    expect(await has({ preprocessing: 'unit' })).toEqual([false, false, false]);
    expect(await has({ suppression: true })).toEqual([false, false, false]);
  });

  it('refuses options that are none, and suppression where there are no boxes, and writes nothing', async () => {
    const asked = await request('options', { settings: NANO, objectClasses: [] });
    for (const options of [{ preprocessing: 'lanczos' }, { supression: true }, { suppression: true }]) {
      expect(await codeOf(exportModel({ ...asked, options }))).toBe('invalid-input');
    }
    const refusal = await exportModel({ ...asked, options: { suppression: true } }).catch(
      (error: unknown) => error,
    );
    // As the page calls the option.
    expect(inEnglish((refusal as TwinheadError).details.remedy ?? '')).toBe(
      'Export without “Suppress overlapping boxes in the model”.',
    );
    expect(await readdir(shared.folder)).not.toContain(path.basename(asked.outFolder));
  });

  it('writes the guide in the person’s language, and what programs read in English', async () => {
    const asked = await request('in-chinese', { settings: NANO });
    const { files } = await exportModel({ ...asked, language: 'zh-CN' });
    const [model, , card, readme] = await Promise.all(files.map((file) => readFile(file)));
    expect(readme!.toString()).toContain('已在项目的 11 张图像上比较');
    expect(readme!.toString()).not.toMatch(/[a-z]{3,} [a-z]{3,} [a-z]{3,}/);
    for (const file of [model!, card!]) expect(file.toString()).toContain('pixels of the letterboxed input');
  });

  it('writes a model that takes any number of images and gives probabilities', async () => {
    const asked = await request('any-number', { settings: NANO });
    const { files } = await exportModel(asked);
    const model = await openOnnx(await readFile(files[0]!));
    const images = {
      data: noise(3 * 3 * 64 * 64, 8).map((value) => (value + 1) * 127),
      dims: [3, 3, 64, 64],
    };
    const outputs = await model.run({ images });
    await model.close();
    const probabilities = outputs['class_probabilities']!;
    expect(probabilities.dims).toEqual([3, IMAGE_CLASSES.length]);
    expect(probabilities.data.reduce((sum, value) => sum + value, 0)).toBeCloseTo(3, 4);
    expect(outputs['boxes']!.dims[2]).toBe(4);
    expect(outputs['scores']!.dims).toEqual([3, outputs['boxes']!.dims[1], OBJECT_CLASSES.length]);
  });

  it('runs on a worker thread and reports how far it is', async () => {
    const seen: ExportProgress[] = [];
    const asked = await request('worker', { settings: NANO });
    const { images } = await startExport(asked, (progress) => seen.push(progress)).done;
    expect(images).toBe(IMAGES);
    expect(seen.at(-1)).toEqual({ message: saying('comparing outputs'), done: IMAGES, total: IMAGES });
  });

  it('replaces an older export in the same folder and leaves other files there alone', async () => {
    const asked = await request('again', { settings: NANO });
    await mkdir(asked.outFolder, { recursive: true });
    await writeFile(path.join(asked.outFolder, 'mine.txt'), 'mine');
    await exportModel(asked);
    await exportModel({ ...asked, run: 'another run' });
    expect(await readFile(path.join(asked.outFolder, 'README.md'), 'utf8')).toContain('another run');
    expect((await readdir(asked.outFolder)).sort()).toEqual([
      'README.md',
      'certificate.json',
      'mine.txt',
      'model.json',
      'model.onnx',
      'twinhead-export.json',
    ]);
    expect((await readFile(path.join(asked.outFolder, 'model.onnx'))).length).toBeGreaterThan(1000);
  });
});

describe('an export that cannot be done', () => {
  const leftovers = async (asked: ExportRequest) => {
    const parent = path.dirname(asked.outFolder);
    const name = path.basename(asked.outFolder);
    return (await readdir(parent).catch(() => [])).filter((entry) => entry.includes(name));
  };

  it('is a mismatch where the outputs are not numbers, and leaves nothing behind', async () => {
    const asked = await request('spoilt', { settings: NANO, spoilt: 3e38 });
    expect(await codeOf(exportModel(asked))).toBe('export-mismatch');
    expect(await leftovers(asked)).toEqual([]);
  });

  it('leaves an older export as it was', async () => {
    const asked = await request('kept', { settings: NANO, spoilt: 3e38 });
    await mkdir(asked.outFolder, { recursive: true });
    await writeFile(path.join(asked.outFolder, 'model.onnx'), 'old');
    expect(await codeOf(exportModel(asked))).toBe('export-mismatch');
    expect(await readFile(path.join(asked.outFolder, 'model.onnx'), 'utf8')).toBe('old');
    expect(await leftovers(asked)).toEqual(['kept']);
  });

  it.each(['README.md', 'model.onnx', 'twinhead-export.json'])(
    'replaces no %s that is not from an export',
    async (name) => {
      const asked = await request(`mine-${name}`, { settings: NANO });
      await mkdir(asked.outFolder, { recursive: true });
      await writeFile(path.join(asked.outFolder, name), 'mine');
      expect(await codeOf(exportModel(asked))).toBe('unusable-input');
      expect(await readdir(asked.outFolder)).toEqual([name]);
      expect(await readFile(path.join(asked.outFolder, name), 'utf8')).toBe('mine');
      expect(await leftovers(asked)).toEqual([`mine-${name}`]);
    },
  );

  it('replaces nothing of an export that was changed since', async () => {
    const asked = await request('changed', { settings: NANO });
    await exportModel(asked);
    await writeFile(path.join(asked.outFolder, 'README.md'), 'my notes');
    expect(await codeOf(exportModel(asked))).toBe('unusable-input');
    expect(await readFile(path.join(asked.outFolder, 'README.md'), 'utf8')).toBe('my notes');
  });

  it('stops when asked to, and leaves nothing behind', async () => {
    const asked = await request('stopped', { settings: NANO });
    let stop = false;
    const running = exportModel(
      asked,
      ({ done }) => (stop ||= done > 0),
      () => stop,
    );
    expect(await codeOf(running)).toBe('cancelled');
    expect(await leftovers(asked)).toEqual([]);
  });

  it('says so for a format that is not there, no images, a file in the way and a missing checkpoint', async () => {
    const asked = await request('refused', { settings: NANO });
    expect(() => startExport({ ...asked, format: 'gguf' })).toThrow('Twinhead can’t export to “gguf”.');
    expect(await codeOf(exportModel({ ...asked, format: 'savedmodel' }))).toBe('invalid-input');
    expect(await codeOf(exportModel({ ...asked, images: [] }))).toBe('unusable-input');
    expect(await codeOf(exportModel({ ...asked, outFolder: asked.pixelFile }))).toBe('unusable-input');
    expect(await codeOf(exportModel({ ...asked, checkpointFile: path.join(shared.folder, 'none') }))).toBe(
      'not-found',
    );
    expect(
      await codeOf(startExport({ ...asked, checkpointFile: path.join(shared.folder, 'none') }).done),
    ).toBe('not-found');
    expect(await leftovers(asked)).toEqual([]);
  });
});
