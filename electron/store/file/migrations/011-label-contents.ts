/** Labels that are equal again, after an edit and its undo, are known as those that a run or an evaluation has seen. */
export const labelContents = {
  version: 11,
  sql: `
    -- Checksums of the labels that runs and evaluations have seen, by labels_revision: see rows/label-contents.ts.
    CREATE TABLE label_contents (
      revision INTEGER PRIMARY KEY,
      checksum TEXT NOT NULL
    ) STRICT;
    CREATE INDEX label_contents_by_checksum ON label_contents (checksum, revision);
  `,
} as const;
