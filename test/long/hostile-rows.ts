import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { createApp } from '../../electron/app.ts';
import type { CallName, OutputOf } from '../../electron/common/contract.ts';
import type { Random } from '../../electron/common/random.ts';
import { createDispatch } from '../../electron/dispatch.ts';
import type { Dispatch } from '../../electron/dispatch.ts';
import type { AppPorts } from '../../electron/services/base/ports.ts';
import { NEWEST_SCHEMA } from '../../electron/store/file/migrations/index.ts';
import { testPorts } from '../support/ports.ts';
import { pick } from './harness.ts';
import type { Attempt } from './harness.ts';

/** What a stranger writes where Twinhead would not: SQL. */
const VALUES = [
  'NULL',
  '0',
  '1',
  '-1',
  '9007199254740993',
  '-9223372036854775808',
  '1e308',
  '9e999',
  '0.5',
  "''",
  "'x'",
  'char(0)',
  "'/a' || char(0) || 'b'",
  "'../../../etc/hostname'",
  "'/proc/self/mem'",
  "'train'",
  "'done'",
  "'{}'",
  "'[]'",
  "'null'",
  "'1'",
  '\'"x"\'',
  '\'{"a":{"b":[null]}}\'',
  "'[[1,null],{}]'",
  "'2026-13-45'",
  "CAST(x'fffe80' AS TEXT)",
  "x'fffe80'",
  "replace(hex(zeroblob(2000)), '00', 'é')",
];

interface Column {
  readonly table: string;
  readonly name: string;
}

/** Puts odd values into rows. @returns what was put where */
function plant(random: Random, file: string, columns: readonly Column[]): string[] {
  const connection = new Database(file);
  const done: string[] = [];
  connection.pragma('foreign_keys = OFF');
  connection.pragma('ignore_check_constraints = ON');
  try {
    for (let tries = 1 + random.integer(3); tries > 0; tries--) {
      const { table, name } = pick(random, columns);
      const value = pick(random, VALUES);
      const some = random.next() < 0.5 ? '' : ` WHERE rowid % 2 = ${random.integer(2)}`;
      try {
        const { changes } = connection.prepare(`UPDATE ${table} SET "${name}" = ${value}${some}`).run();
        if (changes > 0) done.push(`${table}.${name} = ${value}${some}`);
      } catch {
        // Not of the column's type, or twice what may be there once.
      }
    }
  } finally {
    connection.close();
  }
  return done;
}

/** Calls about a run, by its id. */
function runInputs(runId: string): readonly (readonly [CallName, object])[] {
  return [
    ['runs.get', { runId }],
    ['thresholds.get', { runId }],
    ...(['val', 'test'] as const).flatMap((split): (readonly [CallName, object])[] => [
      ['evaluation.get', { runId, split }],
      ['evaluation.intervals', { runId, split }],
      ['evaluation.curves', { runId, split }],
      ['evaluation.calibration', { runId, split }],
      ['evaluation.falseAlarms', { runId, split }],
      ['evaluation.items', { runId, split, part: { of: 'size', size: 'small' } }],
      ['comparison.get', { runIds: [runId], split }],
    ]),
    ['predictions.list', { runId }],
    ['thresholds.choose', { runId, goal: null }],
    ['suggestions.start', { runId, minScore: 0.5 }],
    ['runs.resume', { runId }],
    ['runs.rename', { runId, name: 'again' }],
    ['runs.delete', { runId }],
  ];
}

/** What reads everything, and a few edits. */
function inputsOf({ ids, runIds }: Whole, out: string): readonly (readonly [CallName, object])[] {
  const [imageId = 1] = ids;
  return [
    ['project.get', {}],
    ['images.list', { limit: 50 }],
    ['images.list', { filter: { text: 'x' }, sort: 'edited' }],
    ['images.list', { filter: { suggestions: true }, sort: 'score' }],
    ...ids.map((id) => ['annotations.get', { imageId: id }] as const),
    ...ids.map((id) => ['history.list', { imageId: id }] as const),
    ['images.check', { imageId }],
    ['folders.list', { path: '' }],
    ['classes.list', {}],
    ['dataset.review', {}],
    ['dataset.export', { format: 'coco', out, images: 'none' }],
    ['dataset.export', { format: 'yolo', out: `${out}2`, images: 'copy' }],
    ['splits.leaks', {}],
    ['snapshots.list', {}],
    ['snapshots.diff', { from: 1, to: null }],
    ['project.labelsChanged', { since: 0 }],
    ['images.search', { match: { text: '1' } }],
    ['runs.propose', {}],
    ['formats.list', {}],
    ['project.history', {}],
    ['filters.list', {}],
    ['runs.list', {}],
    ['jobs.history', {}],
    ['suggestions.sources', {}],
    ['project.check', {}],
    ...Array.from({ length: 12 }, (_, n) => ['project.stepImages', { stepId: n + 1 }] as const),
    ['classes.effect', { id: 1 }],
    ...ids.flatMap((id) => [
      ['annotations.undo', { imageId: id }] as const,
      ['annotations.redo', { imageId: id }] as const,
    ]),
    ['classes.update', { id: 1, color: '#112233' }],
    ['classes.delete', { id: 1, reassignTo: null }],
    ['suggestions.clear', { sourceId: null }],
    ...runIds.flatMap(runInputs),
    ['images.setSplit', { imageIds: ids, split: 'val' }],
    ['project.undo', {}],
    ['project.undo', {}],
    ['images.look', {}],
    ['classes.create', { kind: 'object', name: 'new one' }],
  ];
}

/** A project that copies are made of. */
interface Whole {
  readonly file: string;
  readonly ids: readonly number[];
  readonly runIds: readonly string[];
  readonly columns: readonly Column[];
}

function wholeOf(file: string): Whole {
  const connection = new Database(file, { readonly: true });
  try {
    const all = (sql: string): unknown[] => connection.prepare(sql).pluck().all();
    return {
      file,
      ids: all('SELECT id FROM images ORDER BY id') as number[],
      runIds: all('SELECT id FROM runs ORDER BY id') as string[],
      columns: columnsOf(connection),
    };
  } finally {
    connection.close();
  }
}

/** Two projects with a little of everything, one of them with files and one with runs, and what attacks copies of it: rows of other shapes than Twinhead writes. */
export async function hostileRows(folder: string): Promise<Attempt> {
  const defects: string[] = [];
  const quiet = testPorts({ userFolder: path.join(folder, 'user') });
  const noted = (fields: object): void => {
    const { err } = fields as { readonly err?: unknown };
    defects.push(err instanceof Error ? (err.stack ?? err.message) : JSON.stringify(fields));
  };
  const ports = { ...quiet, logger: { ...quiet.logger, error: noted } };
  const sample = path.join(folder, 'rows.twinhead');
  await make(sample, ports);
  const golden = path.join(import.meta.dirname, '..', 'store', 'golden', `schema-${NEWEST_SCHEMA}.db`);
  const wholes = [path.join(sample, 'project.db'), golden].map(wholeOf);
  return async (random) => {
    const whole = pick(random, wholes);
    const own = path.join(folder, 'odd.twinhead');
    mkdirSync(own);
    copyFileSync(whole.file, path.join(own, 'project.db'));
    const planted = plant(random, path.join(own, 'project.db'), whole.columns);
    defects.length = 0;
    const app = createApp(ports);
    const dispatch = createDispatch(app, { logger: ports.logger });
    const breaks: string[] = [];
    const note = (
      what: string,
      error: { readonly code: string; readonly message: string } | undefined,
    ): void => {
      if (error?.code === 'internal') breaks.push(`${what}: ${error.message}`);
    };
    try {
      const opened = await dispatch.call(null, 'project.open', { path: own });
      if (!opened.ok) note('project.open', opened.error);
      else {
        const { id } = opened.value as OutputOf<'project.open'>;
        for (const [name, input] of inputsOf(whole, path.join(folder, 'out'))) {
          const answer = await dispatch.call(id, name, input);
          if (!answer.ok) note(name, answer.error);
        }
        for (const { kind, error } of await endedJobs(dispatch, id)) note(`job ${kind}`, error);
      }
    } finally {
      await app.close();
      for (const name of ['odd.twinhead', 'out', 'out2'])
        rmSync(path.join(folder, name), { recursive: true, force: true });
    }
    return breaks.length === 0 ? null : [planted.join('; '), ...breaks, ...defects].join('\n');
  };
}

async function make(folder: string, ports: AppPorts): Promise<void> {
  const app = createApp(ports);
  const dispatch = createDispatch(app, { logger: ports.logger });
  const value = async (scope: string | null, name: CallName, input: object): Promise<unknown> => {
    const answer = await dispatch.call(scope, name, input);
    if (!answer.ok) throw new Error(`${name}: ${answer.error.message}`);
    return answer.value;
  };
  const sample = { path: folder, train: 3, val: 1, test: 1 };
  const { projectId } = (await value(null, 'project.sample', sample)) as OutputOf<'project.sample'>;
  await endedJobs(dispatch, projectId);
  const { items } = (await value(projectId, 'images.list', {
    limit: 10,
  })) as OutputOf<'images.list'>;
  const ids = items.map(({ id }) => id);
  await value(projectId, 'snapshots.create', { name: 'one' });
  await value(projectId, 'filters.save', {
    name: 'mine',
    sort: 'path',
    descending: false,
    filter: { text: 'a' },
  });
  await value(projectId, 'images.change', {
    imageIds: ids.slice(0, 2),
    changes: { flagged: true },
  });
  await app.close();
}

async function endedJobs(dispatch: Dispatch, scope: string): Promise<OutputOf<'jobs.list'>['jobs']> {
  for (;;) {
    const answer = await dispatch.call(scope, 'jobs.list', {});
    if (!answer.ok) return [];
    const { jobs } = answer.value as OutputOf<'jobs.list'>;
    if (jobs.every(({ state }) => state !== 'running')) return jobs;
    await wait(10);
  }
}

function columnsOf(connection: Database.Database): Column[] {
  return connection
    .prepare(
      `SELECT t.name AS "table", c.name FROM sqlite_schema t, pragma_table_info(t.name) c
        WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'`,
    )
    .all() as Column[];
}
