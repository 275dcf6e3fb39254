/**
 * The first schema; a released migration is never edited. Ids that something may still name are AUTOINCREMENT; `box_count`,
 * `state` and `uses` are kept in step by the code that writes and compared by the full check.
 */
export const initial = {
  version: 1,
  sql: `
    CREATE TABLE project (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      revision INTEGER NOT NULL,
      created_at TEXT NOT NULL,
      last_run INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE settings (
      key TEXT PRIMARY KEY,
      value TEXT NOT NULL CHECK (json_valid(value))
    ) STRICT, WITHOUT ROWID;

    -- A folder inside the project is stored relative to it, so that the project can be moved as a whole.
    CREATE TABLE roots (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      folder TEXT NOT NULL,
      inside_project INTEGER NOT NULL CHECK (inside_project IN (0, 1)),
      added_at TEXT NOT NULL,
      UNIQUE (folder, inside_project)
    ) STRICT;

    CREATE TABLE images (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      root_id INTEGER NOT NULL REFERENCES roots (id),
      path TEXT NOT NULL CHECK (path <> ''),
      sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
      bytes INTEGER NOT NULL CHECK (bytes >= 0),
      modified_ms INTEGER NOT NULL,
      width INTEGER NOT NULL CHECK (width > 0),
      height INTEGER NOT NULL CHECK (height > 0),
      orientation INTEGER NOT NULL CHECK (orientation BETWEEN 1 AND 8),
      format TEXT NOT NULL,
      state TEXT NOT NULL DEFAULT 'unseen' CHECK (state IN ('unseen', 'labelled', 'empty')),
      verified INTEGER NOT NULL DEFAULT 0 CHECK (verified IN (0, 1)),
      split TEXT NOT NULL DEFAULT 'none' CHECK (split IN ('train', 'val', 'test', 'none')),
      split_group TEXT,
      perceptual_hash TEXT,
      missing INTEGER NOT NULL DEFAULT 0 CHECK (missing IN (0, 1)),
      box_count INTEGER NOT NULL DEFAULT 0 CHECK (box_count >= 0),
      revision INTEGER NOT NULL DEFAULT 0,
      added_at TEXT NOT NULL,
      -- Composed and in lower case, to search in; and with numbers padded, to sort by (img9 before img10).
      path_folded TEXT NOT NULL,
      path_key TEXT NOT NULL,
      UNIQUE (root_id, path)
    ) STRICT;
    CREATE INDEX images_by_sha256 ON images (sha256);
    CREATE INDEX images_by_path ON images (path_key, id);
    CREATE INDEX images_by_box_count ON images (box_count, id);
    -- One narrow index answers every filter on these columns without touching the wide rows.
    CREATE INDEX images_by_flags ON images (state, split, verified, missing);

    CREATE TABLE classes (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      kind TEXT NOT NULL CHECK (kind IN ('image', 'object')),
      name TEXT NOT NULL CHECK (name <> ''),
      color TEXT NOT NULL,
      hotkey TEXT,
      position INTEGER NOT NULL CHECK (position >= 0),
      uses INTEGER NOT NULL DEFAULT 0 CHECK (uses >= 0),
      UNIQUE (kind, name)
    ) STRICT;

    CREATE TABLE image_classes (
      image_id INTEGER NOT NULL REFERENCES images (id),
      class_id INTEGER NOT NULL REFERENCES classes (id),
      PRIMARY KEY (image_id, class_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX image_classes_by_class ON image_classes (class_id, image_id);

    CREATE TABLE boxes (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      image_id INTEGER NOT NULL REFERENCES images (id),
      class_id INTEGER NOT NULL REFERENCES classes (id),
      x REAL NOT NULL,
      y REAL NOT NULL,
      width REAL NOT NULL CHECK (width > 0),
      height REAL NOT NULL CHECK (height > 0),
      source TEXT NOT NULL CHECK (source IN ('person', 'model', 'import')),
      score REAL,
      attributes TEXT CHECK (attributes IS NULL OR json_valid(attributes)),
      -- Fields of an imported format that Twinhead has no word for, kept for the way back.
      extra TEXT CHECK (extra IS NULL OR json_valid(extra))
    ) STRICT;
    CREATE INDEX boxes_by_image ON boxes (image_id);
    CREATE INDEX boxes_by_class ON boxes (class_id, image_id);

    -- Every edit, with the patch that takes it back. An entry with an image_id belongs to the history of that
    -- image; one without, to the project's (its patches of single images are in journal_images).
    CREATE TABLE journal (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      image_id INTEGER REFERENCES images (id),
      kind TEXT NOT NULL,
      summary TEXT NOT NULL,
      actor TEXT NOT NULL CHECK (actor IN ('person', 'import', 'model', 'system')),
      at TEXT NOT NULL,
      revision INTEGER NOT NULL,
      operations TEXT NOT NULL CHECK (json_valid(operations)),
      inverse TEXT NOT NULL CHECK (json_valid(inverse)),
      -- open: an import under way; done: in force; undone: can be redone; abandoned: can't be any more;
      -- record: an undo or redo, which only says what happened to its target.
      status TEXT NOT NULL CHECK (status IN ('open', 'done', 'undone', 'abandoned', 'record')),
      target_id INTEGER REFERENCES journal (id),
      -- The entry whose patch is applied by the next undo or redo of this one: itself, or its last undo or redo.
      turn_id INTEGER REFERENCES journal (id)
    ) STRICT;
    CREATE INDEX journal_by_image ON journal (image_id, status, id);

    CREATE TABLE journal_images (
      id INTEGER PRIMARY KEY,
      entry_id INTEGER NOT NULL REFERENCES journal (id),
      image_id INTEGER NOT NULL REFERENCES images (id),
      -- 0 where only the split changed: that never stands in the way of undoing labels.
      annotations INTEGER NOT NULL CHECK (annotations IN (0, 1)),
      inverse TEXT NOT NULL CHECK (json_valid(inverse)),
      UNIQUE (entry_id, image_id)
    ) STRICT;
    CREATE INDEX journal_images_by_image ON journal_images (image_id, entry_id, annotations);

    CREATE TABLE runs (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      state TEXT NOT NULL
        CHECK (state IN ('preparing', 'running', 'stopped', 'done', 'failed', 'interrupted')),
      created_at TEXT NOT NULL,
      finished_at TEXT,
      data_revision INTEGER NOT NULL,
      app_version TEXT NOT NULL,
      engine TEXT NOT NULL,
      device TEXT NOT NULL,
      seed INTEGER NOT NULL,
      config TEXT NOT NULL CHECK (json_valid(config)),
      epoch INTEGER NOT NULL,
      epochs INTEGER NOT NULL,
      step INTEGER NOT NULL,
      best_score REAL,
      best_epoch INTEGER,
      seconds REAL NOT NULL,
      peak_memory_bytes INTEGER,
      ended TEXT
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE checkpoints (
      run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      kind TEXT NOT NULL CHECK (kind IN ('best', 'last')),
      file TEXT NOT NULL,
      epoch INTEGER NOT NULL,
      step INTEGER NOT NULL,
      score REAL,
      at TEXT NOT NULL,
      PRIMARY KEY (run_id, kind)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE evaluations (
      run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      split TEXT NOT NULL CHECK (split IN ('train', 'val', 'test', 'none')),
      data_revision INTEGER NOT NULL,
      at TEXT NOT NULL,
      result TEXT NOT NULL CHECK (json_valid(result)),
      PRIMARY KEY (run_id, split)
    ) STRICT;

    CREATE TABLE predictions (
      run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      image_id INTEGER NOT NULL REFERENCES images (id),
      -- Of the image when it was predicted on: an older one says that the labels have changed since.
      image_revision INTEGER NOT NULL,
      at TEXT NOT NULL,
      -- What images are ranked by (disagreement, loss, confidence); null where nothing ranks them.
      score REAL,
      result TEXT NOT NULL CHECK (json_valid(result)),
      PRIMARY KEY (run_id, image_id)
    ) STRICT;
    CREATE INDEX predictions_by_score ON predictions (run_id, score, image_id);
    CREATE INDEX predictions_by_image ON predictions (image_id);

    CREATE TABLE exports (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      format TEXT NOT NULL,
      folder TEXT NOT NULL,
      bytes INTEGER NOT NULL,
      at TEXT NOT NULL,
      -- The comparison with the engine's own output that let the export count as done.
      certificate TEXT NOT NULL CHECK (json_valid(certificate))
    ) STRICT;
    CREATE INDEX exports_by_run ON exports (run_id);
  `,
} as const;
