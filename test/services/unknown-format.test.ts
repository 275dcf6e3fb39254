import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TwinheadError } from '../../electron/common/errors.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import type { Said } from '../../electron/common/sentences/sentence.ts';
import { TestApp } from '../support/app.ts';

let app: TestApp;
let out: string;
beforeEach(async () => {
  app = new TestApp();
  out = path.join(app.folder, 'out');
  await app.call('project.open', { path: app.project, create: true });
});
afterEach(() => app.remove());

async function unchanged(): Promise<void> {
  expect(existsSync(out)).toBe(false);
  expect((await app.call('project.get', {})).revision).toBe(0);
}

test('a model format that this version lacks is refused in words before a job starts', async () => {
  await expect(app.call('models.export', { runId: 'r0001', format: 'gguf', out })).rejects.toMatchObject({
    code: 'invalid-input',
    message: 'Twinhead can’t export to “gguf”.',
    details: { place: 'format' },
  });
  expect((await app.call('jobs.list', {})).jobs).toEqual([]);
  await unchanged();
});

test.each([
  [{ dynamo: true }, 'ONNX has no option “dynamo”.', /^Its options: suppression, preprocessing, /],
  [{ supresion: true }, 'ONNX has no option “supresion”.', /^Did you mean “suppression”\?$/],
  [
    { preprocessing: 'words' },
    '“preprocessing” must be one of none, bytes, unit, not "words".',
    /^Give one of none/,
  ],
  [{ largestDrop: 2 }, '“largestDrop” must be a number from 0 to 1, not 2.', /^Give a number from 0 to 1\.$/],
])(
  'so is an option %j, which the model format lacks or takes otherwise',
  async (options, message, remedy) => {
    const call = app.call('models.export', { runId: 'r0001', format: 'onnx', out, options });
    const error = await call.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'invalid-input', message });
    expect(inEnglish((error as TwinheadError).details.remedy ?? '')).toMatch(remedy);
    await unchanged();
  },
);

test.each([
  ['voc', { convension: 'edges' }, 'Pascal VOC has no option “convension”.', 'Did you mean “convention”?'],
  [
    'voc',
    { convention: 'corners' },
    '“convention” must be one of edges, pixels, not "corners".',
    'Give one of',
  ],
  ['coco', { indent: 2 }, 'COCO has no option “indent”.', 'Leave it out: this format has no options.'],
])('so is one of a dataset, by a dry run too: %s, %j', async (format, options, message, remedy) => {
  for (const dryRun of [true, false]) {
    const { jobId } = await app.call('dataset.export', { format, out, options, dryRun });
    const { error } = await app.ended(jobId);
    expect([dryRun, error]).toMatchObject([dryRun, { code: 'invalid-input', message }]);
    expect(inEnglish((error?.details.remedy ?? '') as Said)).toContain(remedy);
  }
  await unchanged();
});

test('so is a format of datasets, to be read or written', async () => {
  const source = path.join(app.folder, 'source');
  mkdirSync(source);
  writeFileSync(path.join(source, 'a.json'), '{}');
  const refused = async (call: Promise<{ readonly jobId: string }>): Promise<unknown> => {
    const started = await call.catch((error: unknown) => error);
    if (started instanceof Error) return started;
    return (await app.ended((started as { readonly jobId: string }).jobId)).error;
  };
  for (const error of [
    await refused(app.call('dataset.import', { paths: [source], format: 'gguf' })),
    await refused(app.call('dataset.export', { format: 'gguf', out })),
  ]) {
    expect(error).toMatchObject({ code: 'invalid-input' });
    expect((error as Error).message).toContain('gguf');
  }
  await unchanged();
});
