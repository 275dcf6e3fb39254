import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const script = path.resolve(import.meta.dirname, '..', '..', 'scripts', 'demo.mjs');
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'twinhead-demo-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Report {
  seconds: Record<string, number>;
  run: { id: string; epoch: number };
  evaluation: { images: number; split: string };
  export: { folder: string; images: number; largestDifference: number };
}

async function demo(...args: string[]): Promise<Report> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--json', ...args], {
    cwd: folder,
    env: { ...process.env, TWINHEAD_USER_DIR: path.join(folder, 'user') },
  });
  return JSON.parse(stdout) as Report;
}

describe('the demo', () => {
  it('makes scenes, trains, judges on held-out ones, exports a model with the same answers, and reports', async () => {
    const report = await demo('--quick', 'digits');
    expect(Object.keys(report.seconds)).toEqual(['sample', 'train', 'evaluate', 'export', 'total']);
    expect(report.run.epoch).toBe(2);
    expect(report.evaluation).toMatchObject({ split: 'test', images: 40 });
    expect(report.export.images).toBeGreaterThan(0);
    expect(report.export.largestDifference).toBeLessThan(1e-4);
    const project = path.join(folder, 'digits.twinhead');
    expect(JSON.parse(await readFile(path.join(project, 'report.json'), 'utf8'))).toEqual(report);

    const again = await demo('--quick', 'digits');
    expect(again.run.id).not.toBe(report.run.id);
    expect(Object.keys(again.seconds)).toEqual(['train', 'evaluate', 'export', 'total']);
  });

  it('ends with the status of the command that failed, without a report', async () => {
    await writeFile(path.join(folder, 'digits.twinhead'), 'a file where the project should be');
    await expect(demo('--quick', 'digits')).rejects.toMatchObject({ code: 3, stdout: '' });
  });

  it('knows its options', async () => {
    await expect(demo('--quik')).rejects.toMatchObject({ code: 2 });
  });
});
