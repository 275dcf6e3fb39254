/**
 * Fields that an import brought and Twinhead has no word for, kept for the way back: of images, classes and the source
 * as a whole, as `boxes.extra` keeps them of boxes. By format: {"coco": {"license": 3}}.
 */
export const sourceFields = {
  version: 7,
  sql: `
    ALTER TABLE images ADD COLUMN extra TEXT CHECK (extra IS NULL OR json_valid(extra));
    ALTER TABLE classes ADD COLUMN extra TEXT CHECK (extra IS NULL OR json_valid(extra));
    CREATE TABLE source_fields (
      format TEXT PRIMARY KEY,
      fields TEXT NOT NULL CHECK (json_valid(fields))
    ) STRICT, WITHOUT ROWID;
  `,
} as const;
