import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Jobs } from '../../electron/services/scope/jobs.ts';
import type { OpenProject } from '../../electron/services/scope/open-project.ts';
import { RELOAD_MS, Scopes, SILENCE_MS } from '../../electron/services/scope/scopes.ts';
import { Resources } from '../../electron/services/work/resources.ts';
import { openProject } from '../../electron/store/index.ts';
import { testPorts } from '../support/ports.ts';

/** Closing backs up first, and checks the backup. */
const WAIT = { timeout: 20_000 };

let folder: string;
let jobs: Jobs;
let scopes: Scopes;
beforeEach(() => {
  // Those of SQLite and of files stay real.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  folder = mkdtempSync(path.join(os.tmpdir(), 'twinhead-scopes-'));
  const ports = testPorts();
  jobs = new Jobs({ ports, resources: new Resources() });
  scopes = new Scopes({ ports, jobs });
});
afterEach(async () => {
  vi.useRealTimers();
  await jobs.close();
  await scopes.closeAll();
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string) => path.join(folder, `${name}.twinhead`);
const open = (name: string, page: string | null) => scopes.open(at(name), { create: true, page });

/** A job that lasts until it is ended, or cancelled. */
function work(project: OpenProject): { readonly id: string; end(): void } {
  const { promise, resolve, reject } = Promise.withResolvers<{ run: string; images: number }>();
  const id = jobs.start(project, 'predict', { title: 'Work', input: null }, ({ signal }) => {
    signal.addEventListener('abort', () => reject(new Error('stopped')));
    return promise;
  });
  return { id, end: () => resolve({ run: 'r', images: 0 }) };
}

/** Whether this process has let the project's lock go. */
function isFree(name: string): boolean {
  try {
    openProject(at(name)).close();
    return true;
  } catch {
    return false;
  }
}

describe('a project', () => {
  it('is open once for all pages that show it, and closed and backed up with the last', async () => {
    const project = await open('cells', 'a');
    expect(await open('cells', 'b')).toBe(project);
    await scopes.leave(project, 'a');
    await scopes.leave(project, 'a');
    expect(scopes.find(project.id)).toBe(project);
    expect(isFree('cells')).toBe(false);

    await scopes.leave(project, 'b');
    expect(readdirSync(path.join(at('cells'), 'backups'))).toHaveLength(1);
    expect(isFree('cells')).toBe(true);
    expect(() => scopes.find(project.id)).toThrow('The project is no longer open.');
    expect(() => scopes.find(null)).toThrow('No project is open.');
    // A call that was under way then starts nothing on it.
    expect(() => work(project)).toThrow('The project is no longer open.');

    const again = await open('cells', 'a');
    expect(again).not.toBe(project);
    expect(again.id).toBe(project.id);
  });

  it('lies beside others, each closed by itself', async () => {
    const [cells, parts] = [await open('cells', 'a'), await open('parts', 'b')];
    expect(cells.id).not.toBe(parts.id);
    await scopes.leave(parts, 'b');
    expect(scopes.isOpen(parts.id)).toBe(false);
    expect(scopes.find(cells.id)).toBe(cells);
  });

  it('that the process itself holds stays open whoever leaves', async () => {
    const project = await open('cells', null);
    await open('cells', 'a');
    await scopes.leave(project, 'a');
    expect(scopes.isOpen(project.id)).toBe(true);
    await scopes.leave(project, null);
    expect(scopes.isOpen(project.id)).toBe(false);
  });

  it('stays open for a job that works on it, and no longer', async () => {
    const project = await open('cells', 'a');
    const [first, second] = [work(project), work(project)];
    await scopes.leave(project, 'a');
    first.end();
    await jobs.finished(project.id, first.id);
    expect(scopes.isOpen(project.id)).toBe(true);
    second.end();
    await vi.waitFor(() => expect(scopes.isOpen(project.id)).toBe(false), WAIT);
    expect(isFree('cells')).toBe(true);
  });

  it('is closed after pages that have gone without a word; not while one speaks, nor for a hidden one', async () => {
    const project = await open('cells', 'gone');
    await open('cells', 'there');
    for (let minute = 0; minute < 10; minute += 1) {
      vi.advanceTimersByTime(60_000);
      scopes.hear(project, 'there');
    }
    expect(scopes.isOpen(project.id)).toBe(true);
    await scopes.leave(project, 'there');
    expect(scopes.isOpen(project.id)).toBe(false);

    const again = await open('cells', 'gone');
    vi.advanceTimersByTime(2 * SILENCE_MS);
    await vi.waitFor(() => expect(scopes.isOpen(again.id)).toBe(false), WAIT);
  });

  it('is closed soon after its page has said that it ends, unless it was only loaded again', async () => {
    const project = await open('cells', 'before');
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance', 'setTimeout'] });
    scopes.leaveSoon(project, 'before');
    vi.advanceTimersByTime(RELOAD_MS - 1);
    await open('cells', 'after');
    vi.advanceTimersByTime(RELOAD_MS);
    expect(scopes.isOpen(project.id)).toBe(true);
    // Back from the browser's memory.
    scopes.leaveSoon(project, 'after');
    vi.advanceTimersByTime(10);
    scopes.hear(project, 'after');
    vi.advanceTimersByTime(RELOAD_MS);
    expect(scopes.isOpen(project.id)).toBe(true);
    scopes.leaveSoon(project, 'after');
    vi.advanceTimersByTime(RELOAD_MS);
    vi.useRealTimers();
    await vi.waitFor(() => expect(scopes.isOpen(project.id)).toBe(false), WAIT);
  });

  it('is put away for who restores it: its jobs end, those of others go on', async () => {
    const [cells, parts] = [await open('cells', 'a'), await open('parts', 'a')];
    const [cut, other] = [work(cells), work(parts)];
    const seen: string[] = [];
    const done = scopes.whileClosed(at('cells'), () => {
      seen.push(jobs.get(cells.id, cut.id).state, jobs.get(parts.id, other.id).state);
      seen.push(String(isFree('cells')));
    });
    // A page that wants it back waits until it is whole.
    const back = await open('cells', 'a');
    await done;
    expect(seen).toEqual(['cancelled', 'running', 'true']);
    expect(scopes.find(back.id)).toBe(back);
    other.end();
  });

  it('that can’t be opened leaves nothing behind, and nobody else is disturbed', async () => {
    const cells = await open('cells', 'a');
    await expect(scopes.open(at('none'), { create: false, page: 'a' })).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(existsSync(at('none'))).toBe(false);
    expect(scopes.find(cells.id)).toBe(cells);
  });
});

describe('jobs', () => {
  it('are listed, found, heard of and cancelled within their project only', async () => {
    const [cells, parts] = [await open('cells', 'a'), await open('parts', 'a')];
    const [mine, other] = [work(cells), work(parts)];
    expect(jobs.list(cells.id).map(({ id }) => id)).toEqual([mine.id]);
    expect(jobs.list(null)).toEqual([]);
    const notHere = expect.objectContaining({ code: 'not-found' }) as Error;
    expect(() => jobs.get(cells.id, other.id)).toThrow(notHere);
    expect(() => jobs.cancel(null, other.id)).toThrow(notHere);
    expect(() => jobs.cancel(cells.id, other.id)).toThrow(notHere);

    const heard: string[] = [];
    const listening = (async () => {
      const { signal } = new AbortController();
      for await (const { event } of jobs.events(cells.id, { after: 0, signal })) heard.push(event.id);
    })();
    other.end();
    await jobs.finished(parts.id, other.id);
    mine.end();
    await jobs.finished(cells.id, mine.id);
    // Closing the project ends the stream of its jobs.
    await scopes.leave(cells, 'a');
    await listening;
    expect(new Set(heard)).toEqual(new Set([mine.id]));
  });
});
