import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locateInFile, readConfigFile } from '../../electron/cli/config-file.ts';
import { TwinheadError } from '../../electron/common/errors.ts';
import { asEnglish } from '../support/in-english.ts';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(path.join(os.tmpdir(), 'twinhead-config-'))));
afterAll(() => rm(folder, { recursive: true }));

async function file(text: string): Promise<string> {
  const name = path.join(folder, 'config.yaml');
  await writeFile(name, text);
  return name;
}

describe('a configuration file', () => {
  it('is read, and says on which line a setting is', async () => {
    const read = await readConfigFile(await file('epochs: 5\n\noptimizer:\n  learningRate: 0.1\n'));
    expect(read.config).toEqual({ epochs: 5, optimizer: { learningRate: 0.1 } });
    expect(read.lineOf('optimizer.learningRate')).toBe(4);
    expect(read.lineOf('batch')).toBeNull();
    expect((await readConfigFile(await file(''))).config).toEqual({});
  });

  it.each([
    ['epochs: 5\nbatch: [1\n', 'line', 'The file is not valid YAML.'],
    ['epochs: 5\nepochs: 6\n', 'line 2', 'The same setting appears twice.'],
    ['- epochs\n', 'line 1', 'A configuration is a list of settings, one “key: value” per line.'],
  ])('that is no list of settings is refused with its line: %j', async (text, place, message) => {
    const name = await file(text);
    const refused = await readConfigFile(name).catch((error: unknown) => error as TwinheadError);
    expect(asEnglish((refused as TwinheadError).toReport())).toMatchObject({
      code: 'invalid-input',
      message,
      details: { file: name, place: expect.stringContaining(place) as string },
    });
  });

  it('of tens of thousands of settings is refused at once', async () => {
    for (const text of [
      Array.from({ length: 60_000 }, (_, n) => `k${n}: ${n}`).join('\n'),
      `a: {${Array.from({ length: 60_000 }, (_, n) => `k${n}`).join(',')}}`,
    ]) {
      const started = process.threadCpuUsage();
      await expect(readConfigFile(await file(text))).rejects.toMatchObject({ code: 'invalid-input' });
      expect(process.threadCpuUsage(started).user).toBeLessThan(1_000_000);
    }
  });

  it('that is not there is unusable', async () => {
    await expect(readConfigFile(path.join(folder, 'none.yaml'))).rejects.toMatchObject({
      code: 'unusable-input',
    });
  });

  it('lends its line to an error about its setting, not to one about --set', async () => {
    const read = await readConfigFile(await file('\nepochs: many\n'));
    const error = new TwinheadError('invalid-input', 'No.', { place: 'setting epochs' });
    expect(asEnglish((locateInFile(error, read, []) as TwinheadError).details)).toMatchObject({
      file: read.file,
      place: 'line 2',
    });
    expect(locateInFile(error, read, ['epochs=x'])).toBe(error);
  });
});
