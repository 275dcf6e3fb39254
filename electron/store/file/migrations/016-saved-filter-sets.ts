/** Saved filters choose what a run learns from, and what it is evaluated on. */
export const savedFilterSets = {
  version: 16,
  sql: `
    -- What chose the training images, as it was: { name, filter, images }; null: all of the split.
    ALTER TABLE runs ADD COLUMN saved_filter TEXT CHECK (saved_filter IS NULL OR json_valid(saved_filter));
    -- Their ids.
    ALTER TABLE runs ADD COLUMN filter_images TEXT CHECK (filter_images IS NULL OR json_valid(filter_images));

    CREATE TABLE filter_evaluations (
      run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      -- Of the saved filter.
      name TEXT NOT NULL,
      -- Its condition as it was, and the labelled images that matched it: they stay, whatever becomes of it.
      filter TEXT NOT NULL CHECK (json_valid(filter)),
      image_ids TEXT NOT NULL CHECK (json_valid(image_ids)),
      at TEXT NOT NULL,
      -- Null until it is scored.
      result TEXT CHECK (result IS NULL OR json_valid(result)),
      PRIMARY KEY (run_id, name)
    ) STRICT;
  `,
} as const;
