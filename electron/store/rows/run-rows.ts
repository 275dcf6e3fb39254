import { RunFilter } from '../../common/entities.ts';
import type { Run } from '../../common/entities.ts';
import { z } from 'zod';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import { RunThresholds } from '../../common/thresholds.ts';
import { readSaid } from '../../common/sentences/stored.ts';
import type { Reader, SqlValue } from '../database/database.ts';
import { objectIn, parsed, valueIn } from './damaged.ts';

export interface RunRow {
  readonly id: string;
  readonly name: string;
  readonly state: Run['state'];
  readonly created_at: string;
  readonly finished_at: string | null;
  readonly data_revision: number;
  readonly app_version: string;
  readonly engine: string;
  readonly device: string;
  readonly seed: number;
  readonly config: string;
  readonly saved_filter: string | null;
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  readonly best_score: number | null;
  readonly best_epoch: number | null;
  readonly seconds: number;
  readonly peak_memory_bytes: number | null;
  readonly ended: string | null;
}

/** Where each field of a run is stored: reading, writing and updating follow this one list. */
const COLUMNS: Readonly<Record<keyof Run, keyof RunRow>> = {
  id: 'id',
  name: 'name',
  state: 'state',
  createdAt: 'created_at',
  finishedAt: 'finished_at',
  dataRevision: 'data_revision',
  appVersion: 'app_version',
  engine: 'engine',
  device: 'device',
  seed: 'seed',
  config: 'config',
  filter: 'saved_filter',
  epoch: 'epoch',
  epochs: 'epochs',
  step: 'step',
  bestScore: 'best_score',
  bestEpoch: 'best_epoch',
  seconds: 'seconds',
  peakMemoryBytes: 'peak_memory_bytes',
  ended: 'ended',
};

export const RUN_COLUMNS = Object.values(COLUMNS).join(', ');

/** The columns and values of the fields that are given; `undefined` counts as not given. */
export function runValues(changes: Partial<Run>): { columns: string[]; values: SqlValue[] } {
  const columns: string[] = [];
  const values: SqlValue[] = [];
  for (const field of Object.keys(COLUMNS) as (keyof Run)[]) {
    const value = changes[field];
    if (value === undefined) continue;
    columns.push(COLUMNS[field]);
    values.push(typeof value === 'object' && value !== null ? JSON.stringify(value) : value);
  }
  return { columns, values };
}

export function runOf(row: RunRow): Run {
  return {
    id: row.id,
    name: row.name,
    state: row.state,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
    dataRevision: row.data_revision,
    appVersion: row.app_version,
    engine: row.engine,
    device: row.device,
    seed: row.seed,
    config: objectIn(row.config, 'runs.config'),
    filter: row.saved_filter === null ? null : valueIn(RunFilter, row.saved_filter, 'runs.saved_filter'),
    epoch: row.epoch,
    epochs: row.epochs,
    step: row.step,
    bestScore: row.best_score,
    bestEpoch: row.best_epoch,
    seconds: row.seconds,
    peakMemoryBytes: row.peak_memory_bytes,
    ended: row.ended === null ? null : readSaid(row.ended),
  };
}

/** @throws TwinheadError `not-found` */
export function requireRun(reader: Reader, id: string): RunRow {
  const row = reader.get<RunRow>(`SELECT ${RUN_COLUMNS} FROM runs WHERE id = ?`, id);
  if (row === undefined) {
    throw new TwinheadError('not-found', say('store.run.none', { id }), {
      remedy: say('store.run.none.remedy'),
    });
  }
  return row;
}

/** The scores from which its boxes are taken; null where none were chosen. */
export function thresholdsOf(reader: Reader, runId: string): RunThresholds | null {
  const row = reader.get<{ thresholds: string | null }>('SELECT thresholds FROM runs WHERE id = ?', runId);
  return RunThresholds.safeParse(parsed(row?.thresholds ?? 'null')).data ?? null;
}

const Ids = z.array(z.int());

/** Images that a saved filter chose for a run to learn from; null where none did. */
export function chosenImages(reader: Reader, runId: string): ReadonlySet<number> | null {
  const row = reader.get<{ ids: string | null }>('SELECT filter_images AS ids FROM runs WHERE id = ?', runId);
  if (!row?.ids) return null;
  return new Set(valueIn(Ids, row.ids, 'runs.filter_images'));
}
