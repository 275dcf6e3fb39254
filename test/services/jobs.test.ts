import { describe, expect, it } from 'vitest';
import type { Job } from '../../electron/common/jobs.ts';
import { TwinheadError } from '../../electron/common/errors.ts';
import { Jobs } from '../../electron/services/scope/jobs.ts';
import { Resources } from '../../electron/services/work/resources.ts';
import { testPorts } from '../support/ports.ts';

const request = { title: 'Import', input: null };
const report = {
  images: 42,
  imagesAdded: 0,
  imagesMoved: 0,
  imagesLabelled: 0,
  boxesAdded: 0,
  boxesChanged: 0,
  boxesRemoved: 0,
  boxesKept: 0,
  choices: [],
  imagesMissing: 0,
  boxes: 0,
  suggestions: 0,
  classesCreated: 0,
  problems: 1,
};

describe('Jobs', () => {
  it('keeps result, progress and problems of a job that has ended', async () => {
    const jobs = new Jobs({ ports: testPorts(), resources: new Resources() });
    const id = jobs.start(null, 'import', request, async ({ progress, problem }) => {
      progress(3, 10, 'reading');
      problem({ file: 'a.jpg', message: 'is empty' });
      return report;
    });
    const job = await jobs.finished(null, id);
    expect(job).toMatchObject({
      state: 'done',
      done: 10,
      total: 10,
      result: report,
      problems: [{ file: 'a.jpg' }],
    });
  });

  it('tells the time left as the work knows it, else by what has been done in the time so far', async () => {
    const jobs = new Jobs({ ports: testPorts(), resources: new Resources() });
    const told: (number | null)[] = [];
    const id = jobs.start(null, 'import', request, async ({ progress }) => {
      // As long as it takes to tell a speed.
      const start = performance.now();
      while (performance.now() - start < 250) await new Promise((resolve) => setImmediate(resolve));
      for (const left of [undefined, 7]) {
        progress(5, 10, 'reading', left);
        told.push(jobs.list(null).find((job) => job.id === id)!.secondsLeft);
      }
      return report;
    });
    await jobs.finished(null, id);
    expect(told[0]).toBeCloseTo(0.25, 0);
    expect(told[1]).toBe(7);
  });

  it('reports the typed error of a job that failed', async () => {
    const jobs = new Jobs({ ports: testPorts(), resources: new Resources() });
    const id = jobs.start(null, 'import', request, async () => {
      throw new TwinheadError('unusable-input', 'a.json is not COCO.', { file: 'a.json' });
    });
    expect(await jobs.finished(null, id)).toMatchObject({
      state: 'failed',
      error: { code: 'unusable-input', details: { file: 'a.json' } },
    });
  });

  it('tells of a defect only that there was one, and its number in the log', async () => {
    const jobs = new Jobs({ ports: testPorts(), resources: new Resources() });
    const id = jobs.start(null, 'import', request, () =>
      Promise.reject(new Error('secret is not a function')),
    );
    const { error } = await jobs.finished(null, id);
    expect(error).toMatchObject({ code: 'internal', message: expect.stringContaining('Import') as string });
    expect(JSON.stringify(error)).not.toContain('secret');
  });

  it('ends a cancelled job as cancelled, whatever its work threw', async () => {
    const jobs = new Jobs({ ports: testPorts(), resources: new Resources() });
    const id = jobs.start(
      null,
      'import',
      request,
      ({ signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(new Error('stopped'))),
        ),
    );
    jobs.cancel(null, id);
    expect((await jobs.finished(null, id)).state).toBe('cancelled');
  });

  it('shows a running job to a reader that comes later, then its end', async () => {
    const jobs = new Jobs({ ports: testPorts(), resources: new Resources() });
    let end = (): void => undefined;
    const id = jobs.start(
      null,
      'import',
      request,
      () => new Promise((resolve) => (end = () => resolve(report))),
    );
    const controller = new AbortController();
    const seen: Job['state'][] = [];
    for await (const { event } of jobs.events(null, { after: 0, signal: controller.signal })) {
      seen.push(event.state);
      if (event.state === 'running') end();
      else controller.abort();
    }
    await jobs.finished(null, id);
    expect(seen).toEqual(['running', 'done']);
  });

  it('waits for its jobs when it is closed', async () => {
    const jobs = new Jobs({ ports: testPorts(), resources: new Resources() });
    let cleaned = false;
    jobs.start(null, 'import', request, async ({ signal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      cleaned = true;
      return report;
    });
    await jobs.close();
    expect(cleaned).toBe(true);
  });

  it('names a job that it does not know', () => {
    expect(() => new Jobs({ ports: testPorts(), resources: new Resources() }).get(null, 'none')).toThrow(
      'There is no job none',
    );
  });
});
