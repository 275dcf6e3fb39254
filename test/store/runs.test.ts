import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Evaluation, Run } from '../../electron/common/entities.ts';
import { useProject } from './support.ts';

const project = useProject({ clock: () => new Date('2026-11-24T10:00:00Z') });

function create(name?: string): Run {
  return project.store.runs.create({
    name,
    config: { network: 'nano', weights: { boxes: 1 } },
    seed: 7,
    epochs: 12,
    dataRevision: project.store.labelsRevision,
    appVersion: '0.1.0',
    engine: 'cpu',
  });
}

function evaluation(run: string, overall: number): Evaluation {
  return {
    run,
    split: 'val',
    dataRevision: 3,
    images: 10,
    seconds: 0.5,
    overall,
    imageClass: null,
    boxes: {
      images: 10,
      map: 0.3,
      map50: 0.6,
      map75: 0.2,
      meanIou: null,
      countedFrom: null,
      perClass: [],
      errors: null,
      confusion: null,
      sizes: null,
    },
  };
}

describe('a new run', () => {
  it('is being prepared, has the next name and its own folder, and is read back as it was made', () => {
    const first = create();
    const second = create();
    expect(first).toMatchObject({ name: 'run 1', state: 'preparing', epoch: 0, bestScore: null, epochs: 12 });
    expect(second.name).toBe('run 2');
    expect(project.store.runs.list()).toEqual([second, first]);
    expect(existsSync(project.store.runs.folder(first.id))).toBe(true);
    expect(path.dirname(project.store.runs.folder(first.id))).toBe(path.join(project.folder, 'runs'));
    project.reopen();
    expect(project.store.runs.find(first.id).config).toEqual({ network: 'nano', weights: { boxes: 1 } });
  });

  it('passes over a default name that a person has given to another run', () => {
    create('run 2');
    expect(create().name).toBe('run 3');
  });

  it('never gets the id or the folder of an earlier one, deleted or unknown to a restored file', () => {
    const gone = create();
    project.store.runs.delete(gone.id);
    const next = create();
    expect(next.id).not.toBe(gone.id);
    expect(next.id > gone.id).toBe(true);
  });

  it.each(['', '  ', 'last', 'best', 'r0001', 'two\nlines', 'x'.repeat(201)])(
    'is refused the name %j',
    (name) => {
      expect(() => create(name)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
      expect(project.store.runs.list()).toEqual([]);
    },
  );

  it('is refused a name that is taken', () => {
    create('baseline');
    expect(() => create(' baseline ')).toThrow(expect.objectContaining({ code: 'invalid-input' }));
    const other = create('other');
    expect(() => project.store.runs.update(other.id, { name: 'baseline' })).toThrow(/already/);
  });
});

describe('finding a run', () => {
  it('understands an id, a name, last and best', () => {
    const [a, b, c] = [create('first'), create('second'), create('third')];
    project.store.runs.update(a.id, { bestScore: 0.4 });
    project.store.runs.update(b.id, { bestScore: 0.9 });
    expect(project.store.runs.find(a.id).name).toBe('first');
    expect(project.store.runs.find('second').id).toBe(b.id);
    expect(project.store.runs.find('last').id).toBe(c.id);
    expect(project.store.runs.find('best').id).toBe(b.id);
  });

  it('names the nearest where there is none', () => {
    create('baseline');
    create('wide trunk');
    expect(() => project.store.runs.find('basline')).toThrow(
      expect.objectContaining({
        code: 'not-found',
        details: expect.objectContaining({ nearest: ['baseline'] }) as unknown,
      }),
    );
  });

  it('says so where there is no run, or none with a score', () => {
    expect(() => project.store.runs.find('last')).toThrow(/no run yet/);
    create();
    expect(() => project.store.runs.find('best')).toThrow(/score/);
  });
});

describe('a run', () => {
  it('keeps what is updated and leaves the rest', () => {
    const run = create();
    const changes = {
      state: 'running',
      epoch: 3,
      step: 90,
      seconds: 12.5,
      peakMemoryBytes: 2 ** 40,
    } as const;
    expect(project.store.runs.update(run.id, changes)).toEqual({ ...run, ...changes });
    expect(project.store.runs.update(run.id, { ended: 'finished', epoch: undefined }).epoch).toBe(3);
    expect(() => project.store.runs.update('r9999', { epoch: 1 })).toThrow(/no run/);
  });

  it('that a dead process left under way counts as interrupted at the next opening; ended ones stay', () => {
    const [preparing, running, done] = [create(), create(), create()];
    project.store.runs.update(running.id, { state: 'running' });
    project.store.runs.update(done.id, { state: 'done', ended: 'finished' });
    project.reopen();
    const state = (run: Run) => project.store.runs.find(run.id).state;
    expect([preparing, running, done].map(state)).toEqual(['interrupted', 'interrupted', 'done']);
    expect(project.store.runs.find(done.id).ended).toBe('finished');
  });

  it('never raises the revision of the labels', () => {
    const before = project.store.revision;
    project.store.runs.update(create().id, { epoch: 1 });
    expect(project.store.revision).toBe(before);
  });

  it('keeps one evaluation a split, and loses all that hangs on it when it is deleted', () => {
    const run = create();
    project.store.runs.saveEvaluation(run.id, evaluation(run.id, 0.5));
    project.store.runs.saveEvaluation(run.id, evaluation(run.id, 0.6));
    expect(project.store.runs.evaluation(run.id, 'val')).toEqual(evaluation(run.id, 0.6));
    expect(project.store.runs.evaluation(run.id, 'test')).toBeNull();
    project.store.runs.delete(run.id);
    expect(project.store.runs.evaluation(run.id, 'val')).toBeNull();
    expect(project.store.fullCheck()).toEqual({ ok: true, problems: [] });
    expect(() => project.store.runs.delete(run.id)).toThrow(/no run/);
  });

  it('refuses an evaluation with a number that is none', () => {
    const run = create();
    expect(() => project.store.runs.saveEvaluation(run.id, evaluation(run.id, Number.NaN))).toThrow();
    expect(project.store.runs.evaluation(run.id, 'val')).toBeNull();
  });

  it('remembers its exports, the newest first, with the size of their files', () => {
    const run = create();
    const file = path.join(project.folder, 'model.onnx');
    writeFileSync(file, Buffer.alloc(1234));
    project.store.exports.record(run.id, { format: 'onnx', folder: '/out/a', largestDifference: null });
    const second = project.store.exports.record(run.id, {
      format: 'onnx',
      folder: '/out/b',
      files: [file],
      largestDifference: 1e-6,
      certificate: { images: 16 },
    });
    expect(project.store.exports.list(run.id).map(({ folder }) => folder)).toEqual(['/out/b', '/out/a']);
    expect(project.store.exports.list(run.id)[0]).toEqual(second);
    expect(second).toMatchObject({ bytes: 1234, largestDifference: 1e-6, at: '2026-11-24T10:00:00.000Z' });
  });

  it('has no folder outside the project', () => {
    expect(() => project.store.runs.folder('../r0001')).toThrow(
      expect.objectContaining({ code: 'invalid-input' }),
    );
  });
});
