import { existsSync } from 'node:fs';
import path from 'node:path';
import { Evaluation } from '../../common/entities.ts';
import type { Run, RunFilter, Split } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import { storedSaid } from '../../common/sentences/stored.ts';
import type { Language } from '../../common/sentences/languages.ts';
import { RunThresholds } from '../../common/thresholds.ts';
import type { StoreContext } from '../database/context.ts';
import { now } from '../database/context.ts';
import type { Writer } from '../database/database.ts';
import { makeFolder } from '../../files/index.ts';
import { nearestNames } from '../../common/nearest-names.ts';
import { parsed } from '../rows/damaged.ts';
import { chosenImages, requireRun, RUN_COLUMNS, runOf, runValues, thresholdsOf } from '../rows/run-rows.ts';
import type { RunRow } from '../rows/run-rows.ts';
import { freeName, requireFreeName, requireRunName, RUN_ID, runId } from './run-names.ts';

export interface NewRun {
  /** "run 1", "run 2" … where none is given. */
  readonly name?: string | undefined;
  /** Language of a name that is made up here. */
  readonly language?: Language;
  /** The complete training configuration. */
  readonly config: Run['config'];
  readonly seed: number;
  readonly epochs: number;
  /** What chose its training images, and those; left out: all of the split. */
  readonly chosen?: { readonly filter: RunFilter; readonly imageIds: readonly number[] } | undefined;
  /** ProjectStore.revision of the labels that it is trained on. */
  readonly dataRevision: number;
  readonly appVersion: string;
  readonly engine: string;
}

export type RunChanges = Partial<Omit<Run, 'id'>>;

const NEWEST_FIRST = 'ORDER BY length(id) DESC, id DESC';

/** Runs that a process left behind when it died. Called at open, when nobody else can hold the project. */
export function settleDeadRuns(writer: Writer): number {
  return writer.run(
    "UPDATE runs SET state = 'interrupted', ended = ? WHERE state IN ('preparing', 'running')",
    storedSaid(say('training.ended.program')),
  ).changes;
}

/** Training runs with their evaluations. Changes of runs are no edits: they don't raise the revision. */
export class Runs {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  /**
   * A run in the state `preparing`, with its folder made.
   * @throws TwinheadError `invalid-input` for a name that is taken or not allowed, `disk-full`, `read-only`
   */
  create(given: NewRun): Run {
    return this.#context.db.write((writer) => {
      const number = this.#nextNumber(writer);
      const name =
        given.name === undefined
          ? freeName(writer, number, given.language ?? 'en')
          : requireRunName(given.name);
      requireFreeName(writer, name, null);
      const run: Run = {
        id: runId(number),
        name,
        state: 'preparing',
        createdAt: now(this.#context),
        finishedAt: null,
        dataRevision: given.dataRevision,
        appVersion: given.appVersion,
        engine: given.engine,
        device: '',
        seed: given.seed,
        config: given.config,
        filter: given.chosen?.filter ?? null,
        epoch: 0,
        epochs: given.epochs,
        step: 0,
        bestScore: null,
        bestEpoch: null,
        seconds: 0,
        peakMemoryBytes: null,
        ended: null,
      };
      const { columns, values } = runValues(run);
      writer.run(
        `INSERT INTO runs (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
        ...values,
      );
      if (given.chosen !== undefined) {
        const ids = JSON.stringify(given.chosen.imageIds);
        writer.run('UPDATE runs SET filter_images = ? WHERE id = ?', ids, run.id);
      }
      makeFolder(this.folder(run.id));
      return run;
    });
  }

  /** A restored backup knows fewer runs than there are folders: those are passed over. */
  #nextNumber(writer: Writer): number {
    let number = writer.get<{ last_run: number }>('SELECT last_run FROM project')!.last_run + 1;
    while (existsSync(this.folder(runId(number)))) number += 1;
    writer.run('UPDATE project SET last_run = ?', number);
    return number;
  }

  /** Newest first. */
  list(): Run[] {
    return this.#context.db.read.all<RunRow>(`SELECT ${RUN_COLUMNS} FROM runs ${NEWEST_FIRST}`).map(runOf);
  }

  /**
   * @param name an id, a name, `last` (the newest) or `best` (the highest score on validation; of equals the newest)
   * @throws TwinheadError `not-found`, with the nearest names
   */
  find(name: string): Run {
    const runs = this.list();
    const scored = runs.filter((run) => run.bestScore !== null);
    const found =
      name === 'last'
        ? runs[0]
        : name === 'best'
          ? scored.toSorted((a, b) => (b.bestScore ?? 0) - (a.bestScore ?? 0))[0]
          : (runs.find((run) => run.id === name) ??
            runs.find((run) => run.name === name.normalize('NFC').trim()));
    if (found !== undefined) return found;
    if (runs.length === 0) {
      throw new TwinheadError('not-found', say('store.run.noneYet'), {
        remedy: say('store.run.noneYet.remedy'),
      });
    }
    if (name === 'best') {
      throw new TwinheadError('not-found', say('store.run.noScore'), {
        remedy: say('store.run.noScore.remedy'),
      });
    }
    const names = runs.flatMap((run) => [run.name, run.id]);
    const near = nearestNames(name, names);
    throw new TwinheadError('not-found', say('store.run.unknown', { name }), {
      remedy:
        near.length > 0
          ? say('store.run.near', { names: near.join(', ') })
          : say('store.run.others', { names: names.slice(0, 6).join(', ') }),
      nearest: near,
    });
  }

  /** @throws TwinheadError `not-found`, `invalid-input` for a name that is taken or not allowed */
  update(id: string, changes: RunChanges): Run {
    return this.#context.db.write((writer) => {
      requireRun(writer, id);
      const name = changes.name === undefined ? undefined : requireRunName(changes.name);
      if (name !== undefined) requireFreeName(writer, name, id);
      const { columns, values } = runValues({ ...changes, name, id: undefined });
      if (columns.length > 0) {
        const set = columns.map((column) => `${column} = ?`).join(', ');
        writer.run(`UPDATE runs SET ${set} WHERE id = ?`, ...values, id);
      }
      return runOf(requireRun(writer, id));
    });
  }

  /** The run with its checkpoints, evaluations, predictions and exports; its folder is the caller's to remove. */
  delete(id: string): void {
    this.#context.db.write((writer) => {
      requireRun(writer, id);
      writer.run('DELETE FROM runs WHERE id = ?', id);
      // What was interrupted on it can't go on.
      writer.run("DELETE FROM jobs WHERE state = 'interrupted' AND json_extract(input, '$.runId') = ?", id);
    });
  }

  /** Absolute; whether or not the run is still there. @throws TwinheadError `invalid-input` for what is no run id */
  folder(id: string): string {
    if (!RUN_ID.test(id)) throw new TwinheadError('invalid-input', say('store.run.badId', { id }));
    return path.join(this.#context.folder, 'runs', id);
  }

  /** Replaces the evaluation of the same split. @throws TwinheadError `not-found` */
  saveEvaluation(runId: string, evaluation: Evaluation): void {
    const checked = Evaluation.parse(evaluation);
    this.#context.db.write((writer) => {
      requireRun(writer, runId);
      writer.run(
        `INSERT INTO evaluations (run_id, split, data_revision, at, result) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (run_id, split) DO UPDATE
         SET data_revision = excluded.data_revision, at = excluded.at, result = excluded.result`,
        runId,
        checked.split,
        checked.dataRevision,
        now(this.#context),
        JSON.stringify(checked),
      );
    });
  }

  /** Images that a saved filter chose for it to learn from; null where none did. */
  chosenImages(runId: string): ReadonlySet<number> | null {
    return chosenImages(this.#context.db.read, runId);
  }

  /** The scores from which its boxes are taken; null where none were chosen. */
  thresholds(runId: string): RunThresholds | null {
    return thresholdsOf(this.#context.db.read, runId);
  }

  /** @param thresholds null: as its configuration says @throws TwinheadError `not-found` */
  saveThresholds(runId: string, thresholds: RunThresholds | null): void {
    this.#context.db.write((writer) => {
      requireRun(writer, runId);
      const text = thresholds && JSON.stringify(RunThresholds.parse(thresholds));
      writer.run('UPDATE runs SET thresholds = ? WHERE id = ?', text, runId);
    });
  }

  /** A run that goes on is evaluated anew. */
  deleteEvaluations(runId: string): void {
    this.#context.db.write((writer) => {
      writer.run('DELETE FROM evaluations WHERE run_id = ?', runId);
      writer.run('DELETE FROM filter_evaluations WHERE run_id = ?', runId);
      writer.run('DELETE FROM measurements WHERE run_id = ?', runId);
      writer.run('DELETE FROM answering_runs WHERE run_id = ?', runId);
      writer.run('UPDATE runs SET thresholds = NULL WHERE id = ?', runId);
    });
  }

  /** Which runs were evaluated on which splits. */
  evaluations(): { runId: string; split: Split }[] {
    return this.#context.db.read.all('SELECT run_id AS runId, split FROM evaluations ORDER BY run_id, split');
  }

  /** null where there is none, or only one in a form that this version doesn't know: then evaluate again. */
  evaluation(runId: string, split: Split): Evaluation | null {
    const row = this.#context.db.read.get<{ result: string }>(
      'SELECT result FROM evaluations WHERE run_id = ? AND split = ?',
      runId,
      split,
    );
    return row === undefined ? null : (Evaluation.safeParse(parsed(row.result)).data ?? null);
  }
}
