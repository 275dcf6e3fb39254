import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Handlers } from '../../electron/app.ts';
import { contract } from '../../electron/common/contract.ts';
import type { StreamMessage } from '../../electron/common/contract.ts';
import { TwinheadError } from '../../electron/common/errors.ts';
import { createDispatch, INPUT_LIMITS } from '../../electron/dispatch.ts';
import { appOf, job, jobEvents, recordingLogger } from '../support/handlers.ts';

function dispatchOf(handlers: Partial<Handlers>, checkOutputs = true) {
  const logger = recordingLogger();
  return { ...createDispatch(appOf(handlers), { logger, checkOutputs }), logger };
}

async function all(messages: AsyncIterable<StreamMessage<unknown>>): Promise<StreamMessage<unknown>[]> {
  const result = [];
  for await (const message of messages) result.push(message);
  return result;
}

const never = new AbortController().signal;

describe('a call', () => {
  it('reaches its handler with defaults filled in and unknown keys left out', async () => {
    const seen: unknown[] = [];
    const dispatch = dispatchOf({
      'images.list': async (input) => {
        seen.push(input);
        return { total: 0, items: [] };
      },
    });
    const answer = await dispatch.call('p', 'images.list', { limit: 5, extra: 1 });
    expect(answer).toEqual({ ok: true, value: { total: 0, items: [] } });
    expect(seen).toEqual([{ filter: {}, sort: 'path', descending: false, offset: 0, limit: 5 }]);
  });

  it('is refused when its input is wrong, and says where and what was expected', async () => {
    const answer = await dispatchOf({}).call('p', 'annotations.edit', {
      imageId: 1,
      expectedRevision: 1,
      editId: crypto.randomUUID(),
      operations: [{ type: 'delete-box', boxId: 'seven' }],
    });
    expect(answer).toMatchObject({
      ok: false,
      error: { code: 'invalid-input', details: { place: 'operations[0].boxId', expected: 'number' } },
    });
  });

  it('with more values than any call needs is refused before a schema reads them', async () => {
    const dispatch = dispatchOf({});
    const strings = Array.from({ length: 1_000_000 }, () => 'x');
    const names = Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`k${n}`, n]));
    const inputs = [
      ['runs.start', { settings: strings }],
      ['runs.start', { config: names }],
      ['system.setPreferences', { preferences: names }],
      ['classes.create', { kind: 'object', name: 'é'.repeat(5_000_000) }],
      ['images.setSplit', { imageIds: Array.from({ length: 3_000_000 }, (_, n) => n), split: 'train' }],
    ] as const;
    for (const [name, input] of inputs) {
      const started = process.threadCpuUsage();
      expect(await dispatch.call('p', name, input)).toMatchObject({
        ok: false,
        error: { code: 'invalid-input' },
      });
      expect(process.threadCpuUsage(started).user).toBeLessThan(1_000_000);
    }
  });

  it('has no list without a bound, and the longest of them holds nothing up', async () => {
    const unbounded: string[] = [];
    const walk = (schema: unknown, place: string): void => {
      if (typeof schema !== 'object' || schema === null) return;
      if ('type' in schema && schema.type === 'array') {
        const most = 'maxItems' in schema ? Number(schema.maxItems) : Infinity;
        if (most > INPUT_LIMITS.numbers / 2) unbounded.push(place);
      }
      for (const [name, inner] of Object.entries(schema)) walk(inner, `${place}.${name}`);
    };
    for (const [name, { input }] of Object.entries(contract))
      walk(z.toJSONSchema(input, { io: 'input' }), name);
    expect(unbounded).toEqual([]);
    const dispatch = dispatchOf({ 'images.setSplit': () => Promise.resolve({ changed: 0, summary: null }) });
    for (const id of [1, 0.5]) {
      const started = process.threadCpuUsage();
      const imageIds = Array<number>(INPUT_LIMITS.numbers / 2).fill(id);
      expect(await dispatch.call('p', 'images.setSplit', { imageIds, split: 'train' })).toMatchObject({
        ok: id === 1,
      });
      expect(process.threadCpuUsage(started).user).toBeLessThan(400_000);
    }
  });

  it('is told the first wrong elements of a long list, wherever they are', async () => {
    const list = (wrong: (index: number) => boolean): unknown[] =>
      Array.from({ length: 120_000 }, (_, index) => (wrong(index) ? '9' : index + 1));
    const placesOf = async (imageIds: unknown[]): Promise<unknown> => {
      const answer = await dispatchOf({}).call('p', 'splits.mend', { imageIds });
      if (answer.ok) throw new Error('It was taken.');
      expect(answer.error).toMatchObject({ code: 'invalid-input', details: { expected: 'number' } });
      return (answer.error.details['issues'] as { place: string }[]).map(({ place }) => place);
    };
    expect(await placesOf(list((index) => index === 71_234 || index === 119_999))).toEqual([
      'imageIds[71234]',
    ]);
    const firsts = Array.from({ length: 10 }, (_, index) => `imageIds[${index}]`);
    expect(await placesOf(list(() => true))).toEqual(firsts);
  });

  it('carries a file only where it is meant to', async () => {
    const content = 'A'.repeat(1_000_000);
    const dispatch = dispatchOf({
      'predict.picture': () => Promise.reject(new TwinheadError('not-found', 'run')),
    });
    const answered = async (name: string, input: object): Promise<unknown> => dispatch.call('p', name, input);
    expect(await answered('predict.picture', { runId: 'r', name: 'a.jpg', content })).toMatchObject({
      error: { code: 'not-found' },
    });
    expect(await answered('runs.rename', { runId: content, name: 'a' })).toMatchObject({
      error: { code: 'invalid-input' },
    });
  });

  it('with half a character is refused, not changed silently', async () => {
    for (const input of [{ preferences: { a: 'x\ud800' } }, { preferences: { 'x\udc00': 1 } }])
      expect(await dispatchOf({}).call('p', 'system.setPreferences', input)).toMatchObject({
        error: { code: 'invalid-input', message: expect.stringContaining('half a character') as string },
      });
  });

  it('is refused for more than a person can have preferred', async () => {
    const preferences = { long: 'x'.repeat(300_000) };
    expect(await dispatchOf({}).call('p', 'system.setPreferences', { preferences })).toMatchObject({
      error: { code: 'invalid-input' },
    });
  });

  it('is refused for a name that every object has and no contract lists', async () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty', '', 'images.lists']) {
      expect(await dispatchOf({}).call('p', name, {})).toMatchObject({
        ok: false,
        error: { code: 'not-found' },
      });
    }
  });

  it('is refused when a stream is called, and a query cannot be subscribed to', async () => {
    expect(await dispatchOf({}).call('p', 'jobs.events', {})).toMatchObject({
      error: { code: 'invalid-input' },
    });
    expect(() => dispatchOf({}).subscribe('p', 'jobs.list', {}, 0, never)).toThrow(TwinheadError);
  });

  it('is refused for cyclic, bottomless, prototype-carrying or class-made data', async () => {
    const cyclic: Record<string, unknown> = {};
    cyclic['filter'] = cyclic;
    const bottomless = JSON.parse(`${'{"config":'.repeat(5000)}1${'}'.repeat(5000)}`) as unknown;
    const polluting = JSON.parse('{"config":{"__proto__":{"polluted":true}}}') as unknown;
    for (const input of [cyclic, bottomless, polluting, { config: new Date() }]) {
      expect(await dispatchOf({}).call('p', 'runs.start', input)).toMatchObject({
        error: { code: 'invalid-input' },
      });
    }
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('about a project is given the one that is named, or refused without one', async () => {
    const seen: unknown[] = [];
    const dispatch = dispatchOf({
      'classes.list': async (_input, { project }) => {
        seen.push(project.id);
        return { classes: [] };
      },
      'jobs.list': async (_input, { project }) => {
        seen.push(project?.id ?? null);
        return { jobs: [] };
      },
      'examples.list': async (_input, { project }) => {
        seen.push(project);
        return { examples: [] };
      },
    });
    for (const name of ['classes.list', 'jobs.list', 'examples.list'])
      for (const scope of ['a', 'b'])
        expect(await dispatch.call(scope, name, {})).toMatchObject({ ok: true });
    expect(seen).toEqual(['a', 'b', 'a', 'b', null, null]);

    expect(await dispatch.call(null, 'classes.list', {})).toMatchObject({
      error: { code: 'no-project', message: 'No project is open.' },
    });
    expect(() => dispatch.subscribe(null, 'project.changes', {}, 0, never)).toThrow('No project is open.');
    for (const name of ['jobs.list', 'examples.list'])
      expect(await dispatch.call(null, name, {})).toMatchObject({ ok: true });
    expect(seen.slice(6)).toEqual([null, null]);
  });

  it('passes on an error for people as it is', async () => {
    const dispatch = dispatchOf({
      'project.get': async () => {
        throw new TwinheadError('no-project', 'No project is open.', { remedy: 'Open one.' });
      },
    });
    expect(await dispatch.call('p', 'project.get', {})).toEqual({
      ok: false,
      error: { code: 'no-project', message: 'No project is open.', details: { remedy: 'Open one.' } },
    });
    expect(dispatch.logger.lines).toEqual([]);
  });

  it('names system errors in words', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    const dispatch = dispatchOf({ 'project.get': () => Promise.reject(full) });
    expect(await dispatch.call('p', 'project.get', {})).toMatchObject({ error: { code: 'disk-full' } });
    const behindFile = Object.assign(new Error('ENOTDIR: not a directory'), { code: 'ENOTDIR' });
    const other = dispatchOf({ 'project.get': () => Promise.reject(behindFile) });
    expect(await other.call('p', 'project.get', {})).toMatchObject({ error: { code: 'unusable-input' } });
  });

  it('logs a defect with its stack and tells the caller only a reference', async () => {
    const dispatch = dispatchOf({ 'project.get': () => Promise.reject(new Error('secret path /home/x')) });
    const answer = await dispatch.call('p', 'project.get', {});
    if (answer.ok) throw new Error('expected a failure');
    expect(answer.error.code).toBe('internal');
    expect(JSON.stringify(answer)).not.toContain('secret');
    expect(dispatch.logger.lines).toHaveLength(1);
    expect(dispatch.logger.lines[0]?.fields).toMatchObject({
      call: 'project.get',
      reference: answer.error.details['reference'],
      err: expect.objectContaining({
        message: 'secret path /home/x',
        stack: expect.any(String) as string,
      }) as Error,
    });
  });

  it('tells its handler when the caller has gone', async () => {
    const caller = new AbortController();
    const dispatch = dispatchOf({
      'project.get': (_input, { signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error)),
        ),
    });
    const answer = dispatch.call('p', 'project.get', {}, caller.signal);
    caller.abort();
    expect(await answer).toMatchObject({ error: { code: 'cancelled' } });
  });

  it('fails where outputs are checked and a service breaks the contract', async () => {
    const wrong = {
      'jobs.list': async () => ({ jobs: [{ ...job(), state: 'sleeping' }] }),
    } as unknown as Handlers;
    expect(await dispatchOf(wrong).call('p', 'jobs.list', {})).toMatchObject({ error: { code: 'internal' } });
    expect(await dispatchOf(wrong, false).call('p', 'jobs.list', {})).toMatchObject({ ok: true });
  });

  it('never throws, whatever is sent', async () => {
    const dispatch = dispatchOf({});
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.constantFrom(...Object.keys(contract)), fc.string()),
        fc.anything(),
        async (name, input) => {
          expect(await dispatch.call('p', name, input)).toMatchObject({ ok: false });
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a stream', () => {
  it('goes on after the event that was seen last', async () => {
    const dispatch = dispatchOf({ 'jobs.events': jobEvents(4) });
    const messages = await all(dispatch.subscribe('p', 'jobs.events', {}, 2, never));
    expect(messages.map(({ sequence }) => sequence)).toEqual([3, 4]);
  });

  it('refuses a wrong place to resume and a wrong input before it starts', () => {
    const dispatch = dispatchOf({ 'jobs.events': jobEvents(4) });
    for (const after of [-1, 0.5, NaN, Infinity]) {
      expect(() => dispatch.subscribe('p', 'jobs.events', {}, after, never)).toThrow(/event number/);
    }
    expect(() => dispatch.subscribe('p', 'runs.events', { runId: 5 }, 0, never)).toThrow(/runId/);
  });

  it('throws errors for people, and only the reference of a defect', async () => {
    const dispatch = dispatchOf({
      // eslint-disable-next-line require-yield -- the stream fails before its first event
      'jobs.events': async function* () {
        throw new Error('secret');
      },
    });
    await expect(all(dispatch.subscribe('p', 'jobs.events', {}, 0, never))).rejects.toThrow(/reference/);
    expect(dispatch.logger.lines).toHaveLength(1);
    await expect(all(dispatchOf({}).subscribe('p', 'project.changes', {}, 0, never))).rejects.toMatchObject({
      code: 'no-project',
    });
  });
});
