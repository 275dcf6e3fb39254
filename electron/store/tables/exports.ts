import { statSync } from 'node:fs';
import { z } from 'zod';
import type { StoreContext } from '../database/context.ts';
import { now } from '../database/context.ts';
import { valueIn } from '../rows/damaged.ts';
import { requireRun } from '../rows/run-rows.ts';

export interface NewExport {
  readonly format: string;
  /** Absolute. */
  readonly folder: string;
  /** Absolute paths of what was written there: their sizes are noted. */
  readonly files?: readonly string[];
  /** Greatest difference between the exported model's outputs and the engine's; null where none could be compared. */
  readonly largestDifference: number | null;
  /** What was compared with what, as plain JSON. */
  readonly certificate?: object | null;
}

export interface ExportRecord extends Required<NewExport> {
  readonly id: number;
  readonly runId: string;
  readonly bytes: number;
  /** ISO 8601, UTC. */
  readonly at: string;
}

const Certificate = z.object({
  files: z.array(z.string()),
  largestDifference: z.number().nullable(),
  certificate: z.record(z.string(), z.unknown()).nullable(),
});

interface ExportRow {
  readonly id: number;
  readonly run_id: string;
  readonly format: string;
  readonly folder: string;
  readonly bytes: number;
  readonly at: string;
  readonly certificate: string;
}

/** Models that were exported, by run. */
export class Exports {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  /** @throws TwinheadError `not-found` */
  record(runId: string, given: NewExport): ExportRecord {
    const { format, folder, files = [], largestDifference, certificate = null } = given;
    const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
    const at = now(this.#context);
    return this.#context.db.write((writer) => {
      requireRun(writer, runId);
      const { lastId } = writer.run(
        'INSERT INTO exports (run_id, format, folder, bytes, at, certificate) VALUES (?, ?, ?, ?, ?, ?)',
        runId,
        format,
        folder,
        bytes,
        at,
        JSON.stringify({ largestDifference, files, certificate }),
      );
      return { id: lastId, runId, format, folder, files, largestDifference, certificate, bytes, at };
    });
  }

  /** Newest first. */
  list(runId: string): ExportRecord[] {
    return this.#context.db.read
      .all<ExportRow>(
        `SELECT id, run_id, format, folder, bytes, at, certificate FROM exports WHERE run_id = ? ORDER BY id DESC`,
        runId,
      )
      .map(({ run_id, certificate, ...row }) => ({
        ...row,
        ...valueIn(Certificate, certificate, 'exports.certificate'),
        runId: run_id,
      }));
  }
}
