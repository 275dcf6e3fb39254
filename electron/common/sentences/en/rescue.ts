/** What `twinhead rescue` says of a project that can't be opened. */
export const rescue = {
  'rescue.look': 'Compare the new project with a backup, or with what you remember of it.',
  'rescue.missing': 'There is no project file {file}.',
  'rescue.missing.remedy':
    'Name the folder of a project, one of its backups, or a file that was moved aside.',
  'rescue.nothing': 'No image can be read from {file}.',
  'rescue.nothing.remedy': 'Restore a backup: twinhead restore PROJECT.',
  'rescue.orphanBoxes': {
    one: '{count} box has no image or class any more; it was left out.',
    other: '{count} boxes have no image or class any more; they were left out.',
  },
  'rescue.orphanImages': {
    one: '{count} image has no folder any more; it was left out.',
    other: '{count} images have no folder any more; they were left out.',
  },
  'rescue.row': 'This row can’t be read ({field}); it was left out.',
  'rescue.rows': {
    one: '{count} more row can’t be read; it was left out.',
    other: '{count} more rows can’t be read; they were left out.',
  },
  'rescue.tableDamaged': {
    one: 'A part of {table} can’t be read; {count} row was saved.',
    other: 'A part of {table} can’t be read; {count} rows were saved.',
  },
  'rescue.tableMissing': 'The table {table} is missing, or is none that Twinhead made.',
  'rescue.there': '{folder} is there already.',
  'rescue.there.remedy': 'Choose a name for a new project.',
} as const;
