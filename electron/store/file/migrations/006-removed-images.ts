/** Images can be removed from a project, and what adds them can be undone. */
export const removedImages = {
  version: 6,
  sql: `
    -- 1: not an image of the project any more. The row stays, since the journal and models name it; without labels,
    -- which the journal keeps.
    ALTER TABLE images ADD COLUMN removed INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1));
    -- Nearly always empty: lists are read without a look at the column, then lose what stands here.
    CREATE INDEX images_removed ON images (id) WHERE removed = 1;
  `,
} as const;
