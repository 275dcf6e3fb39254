import { describe, expect, it } from 'vitest';
import type { Prediction } from '../../electron/common/entities.ts';
import { unfinished } from '../../electron/common/jobs.ts';
import type { JobRecord } from '../../electron/common/jobs.ts';
import { useProject } from './support.ts';

let minute = 0;
const project = useProject({ clock: () => new Date(Date.UTC(2026, 10, 28, 10, minute++)) });

function begin(id: string, kind = 'import'): void {
  project.store.jobs.begin({ id, kind, title: `Import ${id}`, input: { path: `/data/${id}` } });
}

const end = (id: string, changes: Partial<JobRecord> = {}): void =>
  project.store.jobs.end(id, { state: 'done', done: 3, total: 3, problems: 0, error: null, ...changes });

describe('a job', () => {
  it('is remembered with what it was asked for and how it ended, the newest first', () => {
    begin('a');
    begin('b', 'of a newer version');
    end('a', { problems: 2 });
    const error = { code: 'disk-full' as const, message: 'The disk is full.', details: { file: '/x' } };
    end('b', { state: 'failed', done: 1, total: null, error });
    project.reopen();
    expect(project.store.jobs.list()).toMatchObject([
      { id: 'b', kind: 'of a newer version', state: 'failed', done: 1, total: null, error },
      { id: 'a', kind: 'import', title: 'Import a', input: { path: '/data/a' }, problems: 2, error: null },
    ]);
    expect(project.store.jobs.find('a').endedAt).not.toBeNull();
    expect(() => project.store.jobs.find('c')).toThrow('The project has no job c.');
  });

  it('that was running when its process died was interrupted', () => {
    begin('a');
    project.reopen();
    expect(project.store.jobs.find('a')).toMatchObject({ state: 'interrupted', error: null });
  });

  it('that was interrupted says how far it had got', () => {
    begin('a');
    project.store.jobs.note('a', { done: 30, total: 72 });
    project.reopen();
    expect(project.store.jobs.find('a')).toMatchObject({ state: 'interrupted', done: 30, total: 72 });
  });

  it('that nobody wants any more stays dismissed, and one that was asked for again is no longer offered', () => {
    begin('a');
    begin('b');
    project.store.jobs.begin({ id: 'frames', kind: 'add-frames', title: 'Frames', input: null });
    project.reopen();
    const offered = (): string[] => unfinished(project.store.jobs.list()).map(({ id }) => id);
    expect(offered().sort()).toEqual(['a', 'b', 'frames']);
    project.store.jobs.dismiss('a');
    project.store.jobs.begin({ id: 'c', kind: 'import', title: 'Import b', input: { path: '/data/b' } });
    project.store.jobs.begin({ id: 'other', kind: 'add-frames', title: 'Frames', input: null });
    end('c');
    end('other');
    project.reopen();
    expect(offered()).toEqual(['frames']);
    expect(project.store.jobs.find('a').state).toBe('cancelled');
    project.store.jobs.dismiss('c');
    expect(project.store.jobs.find('c').state).toBe('done');
    expect(() => project.store.jobs.dismiss('b')).toThrow('The project has no job b.');
  });

  it('that was interrupted on a run goes with the run; a dry run is not offered', () => {
    const { id: runId } = project.store.runs.create({
      config: {},
      seed: 1,
      epochs: 1,
      dataRevision: 0,
      appVersion: '0.1.0',
      engine: 'cpu',
    });
    project.store.jobs.begin({ id: 'train', kind: 'train', title: 'Train', input: { runId } });
    project.store.jobs.begin({ id: 'dry', kind: 'import', title: 'Look', input: { dryRun: true } });
    project.reopen();
    expect(unfinished(project.store.jobs.list()).map(({ id }) => id)).toEqual(['train']);
    project.store.runs.delete(runId);
    expect(unfinished(project.store.jobs.list())).toEqual([]);
  });

  it('is forgotten once two hundred have come after it, unless it runs', () => {
    begin('first');
    end('first');
    begin('running');
    for (let place = 0; place < 200; place++) begin(`${place}`);
    expect(project.store.jobs.list()).toHaveLength(201);
    expect(project.store.jobs.find('running').state).toBe('running');
    expect(() => project.store.jobs.find('first')).toThrow('no job first');
  });
});

describe('predictions', () => {
  const predictions = (count: number): Prediction[] =>
    Array.from({ length: count }, (_, place) => ({
      image: `${place}.png`,
      width: 10,
      height: 20,
      imageClass: [{ name: 'cat', score: 0.1 + 0.2, present: false }],
      boxes: [{ x: 1 / 3, y: 2, width: 3, height: 4, class: 'ear', score: 0.5 }],
    }));

  it('are read page by page in their order; the next ones take their place, and they go with their run', () => {
    const run = project.store.runs.create({
      config: {},
      seed: 1,
      epochs: 1,
      dataRevision: 0,
      appVersion: '0.1.0',
      engine: 'cpu',
    });
    const seven = predictions(7);
    project.store.predictions.replace(run.id, seven);
    project.reopen();
    const { store } = project;
    expect(store.predictions.page(run.id, 0, 3)).toEqual({ total: 7, items: seven.slice(0, 3) });
    expect(store.predictions.page(run.id, 6, 3)).toEqual({ total: 7, items: seven.slice(6) });
    store.predictions.replace(run.id, seven.slice(2, 4));
    expect(store.predictions.page(run.id, 0, 10)).toEqual({ total: 2, items: seven.slice(2, 4) });
    store.runs.delete(run.id);
    expect(store.predictions.page(run.id, 0, 10)).toEqual({ total: 0, items: [] });
  });
});
