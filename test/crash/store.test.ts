import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRandom } from '../../electron/common/random.ts';
import { verifyDatabase } from '../../electron/store/file/backup-files.ts';
import { openProject } from '../../electron/store/index.ts';
import type { ProjectStore } from '../../electron/store/index.ts';
import { NEWEST_SCHEMA } from '../../electron/store/file/migrations/index.ts';
import { thorough } from '../support/thorough.ts';
import { BOXES, MANY, stateOf } from './store-state.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';

/** 50 kills in all, or 220. */
const KILLS = thorough({
  part: { label: 24, import: 10, class: 4, restore: 6, migrate: 6 },
  all: { label: 120, import: 30, class: 20, restore: 30, migrate: 20 },
});
const IMAGES = 60;

const worker = path.join(import.meta.dirname, 'store-worker.ts');
let folder: string;
/** Most of a child's short life would go into compiling the same files again. */
let compiled: string;

beforeAll(() => {
  compiled = mkdtempSync(path.join(os.tmpdir(), 'twinhead-compiled-'));
  // A child that is killed never writes the cache; this one ends by itself.
  execFileSync(process.execPath, [worker, 'warm', '', '0'], {
    env: { ...process.env, NODE_COMPILE_CACHE: compiled },
  });
});
afterAll(() => rmSync(compiled, { recursive: true, force: true }));

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'twinhead-crash-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Line {
  readonly begin?: number;
  /** Images of an import that are there so far. */
  readonly imported?: number;
  readonly done?: number;
  readonly state?: string;
}

/**
 * Starts the worker, kills it a moment after it has said `word` so many times (so that a slow machine gets as far as
 * a quick one), and returns what it had said by then. A line that was cut counts as not said.
 */
async function runAndKill(
  parameters: readonly string[],
  { word = 'begin', times = 1, afterMs }: { word?: keyof Line; times?: number; afterMs: number },
): Promise<Line[]> {
  const child = spawn(process.execPath, ['--no-warnings', worker, ...parameters], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: compiled },
  });
  let output = '';
  let errors = '';
  let condemned = false;
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    if (condemned || output.split(`"${word}"`).length <= times) return;
    condemned = true;
    setTimeout(() => child.kill('SIGKILL'), afterMs);
  });
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  await new Promise((resolve) => child.once('close', resolve));
  expect(errors).toBe('');
  return output
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
}

/** Two lines of projects, since there are two cores to wait on. */
async function inPairs(
  kills: number,
  project: (lane: string, kills: number, seed: number) => Promise<void>,
): Promise<void> {
  await Promise.all([project('a', Math.ceil(kills / 2), 1), project('b', Math.floor(kills / 2), 1001)]);
}

function newProject(at: string): ProjectStore {
  const store = openProject(at, { create: true });
  const root = store.roots.add(path.join(at, 'images'));
  const file = { bytes: 1, modifiedMs: 0, width: 100, height: 80, orientation: 1, format: 'png' };
  store.files.add(
    root.id,
    Array.from({ length: IMAGES }, (_, n) => ({
      ...file,
      path: `${n}.png`,
      sha256: n.toString(16).padStart(64, '0'),
    })),
  );
  store.classes.create({ kind: 'object', name: 'first' });
  return store;
}

/** Kills a labelling process again and again, always on the same project, and compares what it is with what was said. */
async function killAndCompare(
  mode: 'label' | 'import',
  kills: number,
  when: (seed: number) => Parameters<typeof runAndKill>[1],
): Promise<{ steps: number; importsTakenBack: number }> {
  let steps = 0;
  let importsTakenBack = 0;
  await inPairs(kills, async (lane, killsHere, firstSeed) => {
    const at = path.join(folder, lane);
    let store = newProject(at);
    let state = stateOf(store);
    store.close();
    for (let seed = firstSeed; seed < firstSeed + killsHere; seed++) {
      const lines = await runAndKill([mode, at, String(seed)], when(seed));
      const acknowledged = lines.findLast((line) => line.done !== undefined);
      const underWay = lines.findLast((line) => line.begin !== undefined)?.begin !== acknowledged?.done;
      store = openProject(at);
      const found = stateOf(store);
      // The step that was under way is there whole or not at all: any other state would be half of it.
      if (found !== (acknowledged?.state ?? state)) {
        expect(underWay, `seed ${seed}: labels changed that nobody was changing`).toBe(true);
        expectWholeStep(store, `${seed}.${(acknowledged?.done ?? 0) + 1}`);
      }
      expect(store.fullCheck(), `seed ${seed}`).toEqual({ ok: true, problems: [] });
      for (const { file } of store.backups.list().slice(0, 2)) verifyDatabase(file);
      if (inEnglish(store.journal.list(null, 1)[0]?.summary ?? '').includes('not completed'))
        importsTakenBack += 1;
      state = found;
      steps += acknowledged?.done ?? 0;
      store.close();
    }
  });
  return { steps, importsTakenBack };
}

describe('a process that is killed', () => {
  it(`while it edits, imports, undoes and backs up (${KILLS.label} times) has lost nothing it had acknowledged`, async () => {
    const { steps } = await killAndCompare('label', KILLS.label, (seed) => {
      const random = createRandom(seed);
      return { times: 1 + random.integer(4), afterMs: random.next() * 25 };
    });
    // Else the children were killed before they had done anything.
    expect(steps).toBeGreaterThan(KILLS.label);
  });

  it(`between the parts of an import (${KILLS.import} times) leaves all of it or none`, async () => {
    const { importsTakenBack } = await killAndCompare('import', KILLS.import, (seed) => ({
      word: 'imported',
      times: 1 + (seed % 3),
      afterMs: createRandom(seed).next() * 4,
    }));
    expect(importsTakenBack).toBeGreaterThan(0);
  });

  it(`while it deletes a class of 12,000 boxes and brings it back (${KILLS.class} times) leaves all of it or none`, async () => {
    const original = path.join(folder, 'original');
    let store = newProject(original);
    await store.importAnnotations({
      title: MANY,
      images: store.images.ids().map((imageId) => ({
        imageId,
        boxes: Array.from({ length: 200 }, (_, n) => ({
          ...{ className: MANY, x: n / 3, y: 1, width: 5, height: 5 },
          ...{ score: null, attributes: { n }, extra: null },
        })),
        imageClassNames: null,
        split: null,
        verifiedEmpty: false,
      })),
    });
    const states = [stateOf(store)];
    store.classes.delete(store.classes.find('object', MANY)!.id, { reassignTo: null });
    states.push(stateOf(store));
    store.journal.undoProject();
    store.close();
    await inPairs(KILLS.class, async (lane, kills, firstSeed) => {
      const at = path.join(folder, lane);
      cpSync(original, at, { recursive: true });
      for (let seed = firstSeed; seed < firstSeed + kills; seed++) {
        const random = createRandom(seed);
        const when = { word: 'done', times: 1 + random.integer(3), afterMs: random.next() * 100 } as const;
        const lines = await runAndKill(['class', at, String(seed)], when);
        const acknowledged = lines.findLast((line) => line.done !== undefined);
        const underWay = lines.at(-1)?.begin !== undefined;
        store = openProject(at);
        const found = stateOf(store);
        expect(underWay ? states : [acknowledged?.state], `seed ${seed}`).toContain(found);
        expect(store.fullCheck(), `seed ${seed}`).toEqual({ ok: true, problems: [] });
        store.close();
      }
    });
  });

  it(`while it restores backups (${KILLS.restore} times) leaves the one backup or the other`, async () => {
    await inPairs(KILLS.restore, async (lane, kills, firstSeed) => {
      const at = path.join(folder, lane);
      let store = newProject(at);
      const older = await store.backups.create();
      const states = [stateOf(store)];
      store.classes.create({ kind: 'object', name: 'second' });
      const newer = await store.backups.create('manual');
      states.push(stateOf(store));
      store.close();
      for (let seed = firstSeed; seed < firstSeed + kills; seed++) {
        await runAndKill(['restore', at, String(seed), older.name, newer.name], {
          afterMs: createRandom(seed).next() * 60,
        });
        store = openProject(at);
        expect(states).toContain(stateOf(store));
        expect(store.fullCheck()).toEqual({ ok: true, problems: [] });
        store.close();
        expect(readdirSync(at)).not.toContain('project.db.restoring');
      }
    });
  });

  it(`while it changes the schema (${KILLS.migrate} times) leaves the old schema or the new one, and a whole copy`, async () => {
    const original = path.join(folder, 'original');
    newProject(original).close();
    await inPairs(KILLS.migrate, async (lane, kills, firstSeed) => {
      for (let seed = firstSeed; seed < firstSeed + kills; seed++) {
        const at = path.join(folder, `${lane}${seed}`);
        mkdirSync(at);
        copyFileSync(path.join(original, 'project.db'), path.join(at, 'project.db'));
        await runAndKill(['migrate', at, String(seed)], { afterMs: createRandom(seed).next() * 120 });
        const connection = new Database(path.join(at, 'project.db'));
        const tables = connection
          .prepare("SELECT count(*) FROM sqlite_schema WHERE name LIKE '%_half'")
          .pluck()
          .get();
        const version = connection.pragma('user_version', { simple: true });
        expect([NEWEST_SCHEMA, NEWEST_SCHEMA + 1]).toContain(version);
        expect(tables).toBe(version === NEWEST_SCHEMA ? 0 : 2);
        expect(connection.pragma('integrity_check', { simple: true })).toBe('ok');
        connection.close();
        const backups = path.join(at, 'backups');
        const copies =
          version === NEWEST_SCHEMA ? [] : readdirSync(backups).filter((name) => name.endsWith('.db'));
        if (version !== NEWEST_SCHEMA) expect(copies).toHaveLength(1);
        for (const name of copies) verifyDatabase(path.join(backups, name));
      }
    });
  });
});

/** An edit adds three boxes that name it and an import BOXES on each image: never fewer by a crash. */
function expectWholeStep(store: ProjectStore, step: string): void {
  const made = store.images.ids().map((id) => {
    const { boxes } = store.annotations.get(id);
    return boxes.filter(({ attributes }) => attributes['step'] === step).length;
  });
  const sum = made.reduce((total, count) => total + count, 0);
  expect([0, 3, IMAGES * BOXES], step).toContain(sum);
}
