/**
 * What a run has found on images of the project stays, so that its figures follow the labels without finding it again.
 * The scores from which a run's boxes are taken are its own.
 */
export const answers = {
  version: 13,
  sql: `
    CREATE TABLE answering_runs (
      run_id TEXT PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
      -- Of the checkpoint that has answered.
      epoch INTEGER NOT NULL,
      step INTEGER NOT NULL,
      at TEXT NOT NULL,
      -- As it was trained: [{ id, name }] in the order of its outputs.
      image_classes TEXT NOT NULL CHECK (json_valid(image_classes)),
      object_classes TEXT NOT NULL CHECK (json_valid(object_classes))
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE answers (
      run_id TEXT NOT NULL REFERENCES answering_runs (run_id) ON DELETE CASCADE,
      image_id INTEGER NOT NULL REFERENCES images (id),
      -- Of the content that was looked at.
      sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
      -- See rows/answer-rows.ts.
      boxes BLOB NOT NULL CHECK (length(boxes) % 22 = 0),
      image_class BLOB CHECK (image_class IS NULL OR length(image_class) % 4 = 0),
      PRIMARY KEY (run_id, image_id)
    ) STRICT;

    ALTER TABLE runs ADD COLUMN thresholds TEXT CHECK (thresholds IS NULL OR json_valid(thresholds));
  `,
} as const;
