/**
 * Suggestions, notes and flags, and columns that lists are filtered and sorted by instead of asking a million boxes; the
 * code that writes keeps them in step, the full check compares them.
 */
export const suggestions = {
  version: 2,
  sql: `
    ALTER TABLE images ADD COLUMN flagged INTEGER NOT NULL DEFAULT 0 CHECK (flagged IN (0, 1));
    ALTER TABLE images ADD COLUMN note TEXT NOT NULL DEFAULT '';
    ALTER TABLE images ADD COLUMN suggestion_count INTEGER NOT NULL DEFAULT 0 CHECK (suggestion_count >= 0);
    -- The highest score of its suggestions; null where none has one.
    ALTER TABLE images ADD COLUMN suggestion_score REAL;
    -- Who made its boxes: 1 a person, 2 a model, 4 an import, added up.
    ALTER TABLE images ADD COLUMN box_sources INTEGER NOT NULL DEFAULT 0 CHECK (box_sources BETWEEN 0 AND 7);
    -- Of its boxes, in square pixels; null where it has none.
    ALTER TABLE images ADD COLUMN smallest_area REAL;
    ALTER TABLE images ADD COLUMN largest_area REAL;
    -- The project's revision at the last change of its labels; 0: never.
    ALTER TABLE images ADD COLUMN edited_revision INTEGER NOT NULL DEFAULT 0;

    UPDATE images SET box_sources = summary.sources, smallest_area = summary.smallest, largest_area = summary.largest
    FROM (SELECT image_id, max(source = 'person') + 2 * max(source = 'model') + 4 * max(source = 'import') AS sources,
        min(width * height) AS smallest, max(width * height) AS largest
      FROM boxes GROUP BY image_id) AS summary
    WHERE summary.image_id = images.id;
    UPDATE images SET edited_revision = changes.revision
    FROM (SELECT image_id, max(revision) AS revision FROM (
        SELECT image_id, revision FROM journal WHERE image_id IS NOT NULL
        UNION ALL SELECT touched.image_id, journal.revision FROM journal_images AS touched
          JOIN journal ON journal.id = touched.entry_id WHERE touched.annotations = 1)
      GROUP BY image_id) AS changes
    WHERE changes.image_id = images.id;

    -- The model by name where a model acted.
    ALTER TABLE journal ADD COLUMN actor_name TEXT;

    -- A model's run or an imported file that has suggested something.
    CREATE TABLE suggestion_sources (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      kind TEXT NOT NULL CHECK (kind IN ('model', 'import')),
      name TEXT NOT NULL CHECK (name <> ''),
      added_at TEXT NOT NULL,
      UNIQUE (kind, name)
    ) STRICT;

    -- What nobody has said yet: apart from boxes and image_classes, so that it can never count as a label. Without
    -- coordinates it suggests a class of the whole image.
    CREATE TABLE suggestions (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      image_id INTEGER NOT NULL REFERENCES images (id),
      class_id INTEGER NOT NULL REFERENCES classes (id),
      x REAL,
      y REAL,
      width REAL CHECK (width > 0),
      height REAL CHECK (height > 0),
      source_id INTEGER NOT NULL REFERENCES suggestion_sources (id),
      score REAL,
      attributes TEXT CHECK (attributes IS NULL OR json_valid(attributes)),
      extra TEXT CHECK (extra IS NULL OR json_valid(extra)),
      CHECK ((x IS NULL) = (y IS NULL) AND (x IS NULL) = (width IS NULL) AND (x IS NULL) = (height IS NULL))
    ) STRICT;
    CREATE INDEX suggestions_by_image ON suggestions (image_id);
    CREATE INDEX suggestions_by_class ON suggestions (class_id, image_id);
    CREATE INDEX suggestions_by_source ON suggestions (source_id, image_id);

    CREATE INDEX images_by_edit ON images (edited_revision, id);
    CREATE INDEX images_by_suggestion_score ON images (suggestion_score, id);
    CREATE INDEX boxes_with_attributes ON boxes (image_id) WHERE attributes IS NOT NULL;
  `,
} as const;
