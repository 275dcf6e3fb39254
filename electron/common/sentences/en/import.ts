/** What an import of labels says. */
export const imports = {
  'import.boxesKept': {
    one: '{count} box of the source was left out: it was changed or deleted here, its image was marked as empty here, or several boxes here could be meant.',
    other:
      '{count} boxes of the source were left out: they were changed or deleted here, their image was marked as empty here, or several boxes here could be meant.',
  },
  'import.boxesKept.remedy':
    'To see them, import again with “suggest” for images that have labels; to take them, with “replace”.',
  'import.classesKept': {
    one: '{count} image kept its own class where the source says another one.',
    other: '{count} images kept their own class where the source says another one.',
  },
  'import.classesKept.remedy':
    'To see the other classes, import again with “suggest” for images that have labels; to take them, with “replace”.',
  'import.splitsKept': {
    one: '{count} image keeps its split, since the test set is locked.',
    other: '{count} images keep their split, since the test set is locked.',
  },
  'import.splitsKept.remedy': 'Unlock the test set on the Dataset page to take over the splits of the file.',
} as const;
