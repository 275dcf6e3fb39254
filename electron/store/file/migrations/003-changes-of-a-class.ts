/**
 * Changes of all boxes of a class, box by box as rows, and `box_attributes`, by which lists are filtered; the code that
 * writes keeps it in step, the full check compares it.
 */
export const changesOfAClass = {
  version: 3,
  sql: `
    -- What takes a change of many boxes back, beside the patch in journal_images: what each box shall be. Without a
    -- class it shall be gone; with a class alone it shall have that one; else it shall be as given. As rows, since
    -- SQLite then makes and applies them by itself, a hundred thousand at once.
    CREATE TABLE journal_boxes (
      entry_id INTEGER NOT NULL,
      image_id INTEGER NOT NULL,
      box_id INTEGER NOT NULL,
      class_id INTEGER,
      x REAL,
      y REAL,
      width REAL,
      height REAL,
      source TEXT,
      score REAL,
      attributes TEXT,
      extra TEXT,
      PRIMARY KEY (entry_id, image_id, box_id),
      CHECK (x IS NULL OR class_id IS NOT NULL)
    ) STRICT, WITHOUT ROWID;

    -- The boxes of an image by their size too: what looks for a size between two need not read the boxes themselves.
    DROP INDEX boxes_by_image;
    CREATE INDEX boxes_by_image ON boxes (image_id, width * height);

    -- The attributes of its boxes, each once (box-summary.ts); null where none has any.
    ALTER TABLE images ADD COLUMN box_attributes TEXT;
    UPDATE images SET box_attributes = summary.found
    FROM (SELECT image_id,
        ',' || group_concat(DISTINCT substr(attributes, 2, length(attributes) - 2) ORDER BY attributes) || ',' AS found
      FROM boxes WHERE attributes IS NOT NULL GROUP BY image_id) AS summary
    WHERE summary.image_id = images.id;
    DROP INDEX boxes_with_attributes;
  `,
} as const;
