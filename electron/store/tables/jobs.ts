import { TwinheadError } from '../../common/errors.ts';
import { JobRecord } from '../../common/jobs.ts';
import { readSaid, storedSaid } from '../../common/sentences/stored.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { StoreContext } from '../database/context.ts';
import { now } from '../database/context.ts';
import type { Writer } from '../database/database.ts';
import { parsed } from '../rows/damaged.ts';

/** Ended jobs that are remembered. */
const KEPT = 200;

interface JobRow {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly input: string;
  readonly state: string;
  readonly done: number;
  readonly total: number | null;
  readonly problems: number;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly error: string | null;
}

export type JobEnd = Pick<JobRecord, 'state' | 'done' | 'total' | 'problems' | 'error'>;

const COLUMNS =
  'id, kind, title, input, state, done, total, problems, started_at AS startedAt, ended_at AS endedAt, error';

/** Undefined where somebody else has written what no version of Twinhead would. */
function recordOf({ input, error, ...row }: JobRow): JobRecord | undefined {
  return JobRecord.safeParse({
    ...row,
    title: readSaid(row.title),
    input: parsed(input),
    error: error === null ? null : parsed(error),
  }).data;
}

/** What was asked for and what became of it, also in earlier sessions and by other versions. */
export class Jobs {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  begin({ id, kind, title, input }: Pick<JobRecord, 'id' | 'kind' | 'title' | 'input'>): void {
    const asked = JSON.stringify(input);
    this.#context.db.write((writer) => {
      // Whoever asks for the same again needs no offer any more. Null: nobody can ask for it.
      writer.run(
        `DELETE FROM jobs
         WHERE id = ? OR (state = 'interrupted' AND kind = ? AND input = ? AND input <> 'null')`,
        id,
        kind,
        asked,
      );
      writer.run(
        `INSERT INTO jobs (id, kind, title, input, state, done, problems, started_at)
         VALUES (?, ?, ?, ?, 'running', 0, 0, ?)`,
        id,
        kind,
        storedSaid(title),
        asked,
        now(this.#context),
      );
      writer.run(
        `DELETE FROM jobs WHERE state <> 'running' AND id NOT IN
         (SELECT id FROM jobs ORDER BY started_at DESC LIMIT ?)`,
        KEPT,
      );
    });
  }

  end(id: string, { state, done, total, problems, error }: JobEnd): void {
    this.#context.db.write((writer) =>
      writer.run(
        'UPDATE jobs SET state = ?, done = ?, total = ?, problems = ?, error = ?, ended_at = ? WHERE id = ?',
        state,
        done,
        total,
        problems,
        error === null ? null : JSON.stringify(error),
        now(this.#context),
        id,
      ),
    );
  }

  /** Says how far a running job is, for whoever opens the project after the process has died. */
  note(id: string, { done, total }: Pick<JobRecord, 'done' | 'total'>): void {
    this.#context.db.write((writer) =>
      writer.run('UPDATE jobs SET done = ?, total = ? WHERE id = ?', done, total, id),
    );
  }

  /** Nobody wants an interrupted job any more: it counts as cancelled. @throws TwinheadError `not-found` */
  dismiss(id: string): void {
    const { state } = this.find(id);
    if (state !== 'interrupted') return;
    this.#context.db.write((writer) => writer.run("UPDATE jobs SET state = 'cancelled' WHERE id = ?", id));
  }

  /** Newest first. */
  list(): JobRecord[] {
    return this.#context.db.read
      .all<JobRow>(`SELECT ${COLUMNS} FROM jobs ORDER BY started_at DESC, id`)
      .flatMap((row) => recordOf(row) ?? []);
  }

  get(id: string): JobRecord | undefined {
    const row = this.#context.db.read.get<JobRow>(`SELECT ${COLUMNS} FROM jobs WHERE id = ?`, id);
    return row && recordOf(row);
  }

  /** @throws TwinheadError `not-found` */
  find(id: string): JobRecord {
    const record = this.get(id);
    if (record !== undefined) return record;
    throw new TwinheadError('not-found', say('store.noJob', { id }), {
      remedy: say('store.noJob.remedy'),
    });
  }

  delete(id: string): void {
    this.#context.db.write((writer) => writer.run('DELETE FROM jobs WHERE id = ?', id));
  }
}

/**
 * The process that ran them has ended: nobody holds the project but the one that opens it. An import that the journal
 * has as a whole was made, even where the process died before the job could be said to be done.
 */
export function settleDeadJobs(writer: Writer, at: string): void {
  writer.run(
    `UPDATE jobs SET ended_at = ?, state = CASE WHEN EXISTS (SELECT 1 FROM journal WHERE edit_id = jobs.id
       AND kind IN ('import', 'suggest') AND status <> 'open') THEN 'done' ELSE 'interrupted' END
     WHERE state = 'running'`,
    at,
  );
}
