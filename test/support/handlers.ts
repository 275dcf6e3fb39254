import { setTimeout as sleep } from 'node:timers/promises';
import type { App, Handlers, Logger } from '../../electron/app.ts';
import type { OpenProject } from '../../electron/services/scope/open-project.ts';
import type { Job } from '../../electron/common/jobs.ts';
import { TwinheadError } from '../../electron/common/errors.ts';

/** Keeps what was logged. */
export function recordingLogger(): Logger & { readonly lines: { fields: object; message: string }[] } {
  const lines: { fields: object; message: string }[] = [];
  const log = (fields: object, message: string): void => void lines.push({ fields, message });
  return { lines, debug: log, info: log, warn: log, error: log };
}

export function job(changes: Partial<Extract<Job, { kind: 'import' }>> = {}): Job {
  return {
    id: 'a',
    kind: 'import',
    title: 'Import',
    state: 'running',
    done: 0,
    total: null,
    unit: 'files',
    perSecond: null,
    secondsLeft: null,
    message: '',
    problems: [],
    startedAt: '2026-01-01T00:00:00.000Z',
    ...changes,
  };
}

/** An app of a few calls, with every project open, for what hosts do around any call. The calls themselves are tested on the real app. */
export function appOf(handlers: Partial<Handlers>, serveImage?: App['serveImage']): App {
  const missing = (): never => {
    throw new TwinheadError('no-project', 'No project is open.');
  };
  const all = new Proxy(handlers as Handlers, {
    get: (target, name): unknown => Reflect.get(target, name) ?? missing,
  });
  return {
    handlers: all,
    serveImage:
      serveImage ??
      (async () => new Response('picture', { headers: { 'content-type': 'image/webp', etag: '"1"' } })),
    findProject: (id) => {
      const project: unknown = { id, isOpen: true };
      return id === null ? missing() : (project as OpenProject);
    },
    startWith: () => undefined,
    close: async () => undefined,
  };
}

/** Numbers its events from `after` + 1 to `count`, then stays open until it is aborted where `open` says so. */
export function jobEvents(count: number, open = false): Handlers['jobs.events'] {
  return async function* (_input, { after, signal }) {
    for (let sequence = after + 1; sequence <= count; sequence += 1) {
      yield { sequence, event: job({ done: sequence }) };
    }
    while (open && !signal.aborted) await sleep(5);
  };
}
