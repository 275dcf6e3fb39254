/** What is in a file that has changed is known by its checksum: it may be the picture of another image by now. */
export const contentFound = {
  version: 14,
  sql: `
    -- Of the file when it was found changed; null otherwise, and where an older version found it.
    ALTER TABLE looks ADD COLUMN content BLOB CHECK (content IS NULL OR length(content) = 32);
  `,
} as const;
