/**
 * What lets a class with 100,000 boxes be deleted, merged and brought back in less than a second.
 */
export const largeClasses = {
  version: 4,
  sql: `
    -- 1: box_attributes names all that the boxes have, but may name more (attribute-settling.ts).
    ALTER TABLE images ADD COLUMN attributes_loose INTEGER NOT NULL DEFAULT 0 CHECK (attributes_loose IN (0, 1));
    -- 1: there may be such images.
    ALTER TABLE project ADD COLUMN attributes_loose INTEGER NOT NULL DEFAULT 0 CHECK (attributes_loose IN (0, 1));

    -- An undo or redo of a change of a class concerns the boxes of that change: it needs no rows of its own.
    DELETE FROM journal_boxes WHERE entry_id IN (SELECT id FROM journal WHERE status = 'record');

    -- Without a number of their own the rows lie by entry and image, in one tree instead of two.
    CREATE TABLE touched_images (
      entry_id INTEGER NOT NULL REFERENCES journal (id),
      image_id INTEGER NOT NULL REFERENCES images (id),
      -- 0 where only the split changed: that never stands in the way of undoing labels.
      annotations INTEGER NOT NULL CHECK (annotations IN (0, 1)),
      inverse TEXT NOT NULL CHECK (json_valid(inverse)),
      PRIMARY KEY (entry_id, image_id)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO touched_images SELECT entry_id, image_id, annotations, inverse FROM journal_images
      ORDER BY entry_id, image_id;
    DROP TABLE journal_images;
    ALTER TABLE touched_images RENAME TO journal_images;
    CREATE INDEX journal_images_by_image ON journal_images (image_id, entry_id, annotations);
  `,
} as const;
