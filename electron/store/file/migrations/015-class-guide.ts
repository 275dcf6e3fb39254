/** What tells a class from others, for those who label: a sentence, and examples that a person has chosen. */
export const classGuide = {
  version: 15,
  sql: `
    ALTER TABLE classes ADD COLUMN description TEXT NOT NULL DEFAULT '';
    -- Ids of boxes, of an image class ids of images, in the order of a person. What they name may be gone, and come back.
    ALTER TABLE classes ADD COLUMN examples TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(examples));
  `,
} as const;
