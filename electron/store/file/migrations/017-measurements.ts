/** What was measured of a run beside its scores is kept with it. */
export const measurements = {
  version: 17,
  sql: `
    CREATE TABLE measurements (
      run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      kind TEXT NOT NULL,
      -- On which images: { split, testSet, filter } without what is left out, or '' for none of the project.
      images TEXT NOT NULL,
      at TEXT NOT NULL,
      result TEXT NOT NULL CHECK (json_valid(result)),
      PRIMARY KEY (run_id, kind, images)
    ) STRICT;
  `,
} as const;
