/** Named moments of the labels, and what a look at each picture has found. */
export const snapshotsAndLooks = {
  version: 12,
  sql: `
    -- A moment of the journal: labels, classes and splits as they were are the present with all later inverses applied.
    CREATE TABLE snapshots (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL CHECK (name <> ''),
      kind TEXT NOT NULL CHECK (kind IN ('person', 'import', 'run')),
      -- The last entry that it contains; 0: it is of the beginning.
      entry_id INTEGER NOT NULL,
      at TEXT NOT NULL
    ) STRICT;

    CREATE TABLE looks (
      image_id INTEGER PRIMARY KEY REFERENCES images (id),
      -- Of the content that was looked at: an image with another one is looked at again.
      sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
      state TEXT NOT NULL CHECK (state IN ('ok', 'changed', 'unreadable')),
      -- 16 × 16 grey values, rows from the top; null where nothing could be read, as are the figures.
      thumbnail BLOB CHECK (thumbnail IS NULL OR length(thumbnail) = 256),
      brightness REAL,
      dark REAL,
      bright REAL,
      sharpness REAL
    ) STRICT;
  `,
} as const;
