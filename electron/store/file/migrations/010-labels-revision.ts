/** What labels say has a revision of its own: a note, a moved file or a setting makes no evaluation out of date. */
export const labelsRevision = {
  version: 10,
  sql: `
    -- Grows with every change of labels, classes and splits. Runs and evaluations note it as data_revision; until now
    -- they noted the project's, so it starts there.
    ALTER TABLE project ADD COLUMN labels_revision INTEGER NOT NULL DEFAULT 0;
    UPDATE project SET labels_revision = revision;
  `,
} as const;
