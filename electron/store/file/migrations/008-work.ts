/**
 * Predictions of a run on any images, in the order in which they were asked for; until now the table was never
 * written. Jobs, which outlive the process that ran them.
 */
export const work = {
  version: 8,
  sql: `
    DROP TABLE predictions;
    CREATE TABLE predictions (
      run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      position INTEGER NOT NULL CHECK (position >= 0),
      result TEXT NOT NULL CHECK (json_valid(result)),
      PRIMARY KEY (run_id, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE jobs (
      id TEXT PRIMARY KEY,
      -- One that a newer version knows may be here.
      kind TEXT NOT NULL,
      title TEXT NOT NULL,
      -- Of the call that starts it again.
      input TEXT NOT NULL CHECK (json_valid(input)),
      state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed', 'cancelled', 'interrupted')),
      done REAL NOT NULL,
      total REAL,
      problems INTEGER NOT NULL,
      started_at TEXT NOT NULL,
      ended_at TEXT,
      error TEXT CHECK (error IS NULL OR json_valid(error))
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX jobs_by_start ON jobs (started_at);
  `,
} as const;
