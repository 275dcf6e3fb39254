/** What `twinhead rescue` says of a project that can't be opened. */
export const rescue = {
  'rescue.attributes': {
    one: '{count} attribute of a box had a value that is not text, a number or yes/no; it was left out.',
    other: '{count} attributes of boxes had values that are not text, numbers or yes/no; they were left out.',
  },
  'rescue.testSet': 'Which images are in the test set “{name}” can’t be read; they stay in the test split.',
  'rescue.guide': 'The guide to class “{name}” can’t be read in full; what can be read was kept.',
  'rescue.look': 'Compare the new project with a backup, or with what you remember.',
  'rescue.missing': 'The project file {file} does not exist.',
  'rescue.missing.remedy':
    'Name the folder of a project, one of its backups, or a file that was moved aside.',
  'rescue.moreImages': {
    one: 'Something was left out of {count} more image.',
    other: 'Something was left out of {count} more images.',
  },
  'rescue.note': 'The note was left out: it is longer than {most} characters, or can’t be read.',
  'rescue.nothing': 'No image can be read from {file}.',
  'rescue.nothing.remedy': 'Restore a backup: twinhead restore PROJECT.',
  'rescue.orphanBoxes': {
    one: '{count} box has no image or class any more; it was left out.',
    other: '{count} boxes have no image or class any more; they were left out.',
  },
  'rescue.orphanImages': {
    one: '{count} image was left out: its folder is gone, or its path lies outside it or is another image’s.',
    other:
      '{count} images were left out: their folders are gone, or their paths lie outside them or are other images’.',
  },
  'rescue.outside': {
    one: '{count} box reaches outside the image; it was left out.',
    other: '{count} boxes reach outside the image; they were left out.',
  },
  'rescue.renamed':
    'The class “{name}” is now called “{now}”: the old name is not allowed, or another class has it.',
  'rescue.row': 'This row can’t be read ({field}); it was left out.',
  'rescue.rows': {
    one: '{count} more row can’t be read; it was left out.',
    other: '{count} more rows can’t be read; they were left out.',
  },
  'rescue.tableDamaged': {
    one: 'A part of {table} can’t be read; {count} row was saved.',
    other: 'A part of {table} can’t be read; {count} rows were saved.',
  },
  'rescue.tableMissing': 'The table {table} is missing, or Twinhead did not create it.',
  'rescue.there': '{folder} already exists.',
  'rescue.there.remedy': 'Choose a name for a new project.',
} as const;
