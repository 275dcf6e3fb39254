/** What a disk or another program changes in labels is found: a checksum of the labels of each image. */
export const labelSums = {
  version: 9,
  sql: `
    -- See tables/label-sum.ts. NULL: not counted yet, after a large change or in a project of an older version.
    ALTER TABLE images ADD COLUMN label_sum INTEGER DEFAULT 0;
    CREATE INDEX images_unsummed ON images (id) WHERE label_sum IS NULL;
    UPDATE images SET label_sum = NULL
      WHERE box_count > 0 OR id IN (SELECT image_id FROM image_classes);
  `,
} as const;
