import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
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

test('so is an option that the model format lacks', async () => {
  const call = app.call('models.export', { runId: 'r0001', format: 'onnx', out, options: { opset: 18 } });
  await expect(call).rejects.toMatchObject({
    code: 'invalid-input',
    message: 'An option of ONNX is invalid: Unrecognized key: "opset"',
  });
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
    await refused(app.call('dataset.import', { path: source, format: 'gguf' })),
    await refused(app.call('dataset.export', { format: 'gguf', out })),
  ]) {
    expect(error).toMatchObject({ code: 'invalid-input' });
    expect((error as Error).message).toContain('gguf');
  }
  await unchanged();
});
