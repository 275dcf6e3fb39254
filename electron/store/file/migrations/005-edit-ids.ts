/** An edit, undo or redo that is asked for again, since its answer was lost, is found by its id and not made twice. */
export const editIds = {
  version: 5,
  sql: `
    -- From whoever asked for it; null where nobody would ask again.
    ALTER TABLE journal ADD COLUMN edit_id TEXT;
    -- Of its image, right after it; null for the project as a whole, and for entries of earlier versions.
    ALTER TABLE journal ADD COLUMN image_revision INTEGER;
    CREATE UNIQUE INDEX journal_by_edit_id ON journal (edit_id) WHERE edit_id IS NOT NULL;
  `,
} as const;
