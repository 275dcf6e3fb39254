/** What the readers and writers of data sets say: those of formats/cvat and later. */
export const formats = {
  'formats.again': 'It may have been cut off; export it again.',
  'formats.correct': 'Correct it in the source and import again.',
  'formats.noClass': 'The box has no class; it was left out.',
  'formats.noFrame': 'The {name} box has no usable frame number; it was left out.',
  'formats.noImage': 'The entry names no image; it was left out.',
  'formats.noNumbers': 'The {name} box has no four numbers; it was left out.',
  'formats.noShape': 'The {name} shape is a {shape}, which has no box; it was left out.',
  'formats.noSize':
    'The size of {image} isn’t known, and its boxes are fractions of the image; they were left out.',
  'formats.noSize.remedy': 'Check the image file, or say where the images are.',
  'formats.none': 'There is no {format} file here.',
  'formats.none.remedy': 'Choose the file, or the folder that has it.',
  'formats.notList': 'The file has no list where {format} has one.',
  'formats.notObject': 'The entry is not an object; it was left out.',
  'formats.outlines': {
    one: '{count} outline or rotated box became the upright box around it.',
    other: '{count} outlines or rotated boxes became the upright boxes around them.',
  },
  'formats.outlines.remedy': 'Their points are kept with the boxes.',
  'formats.severalAnnotations': {
    one: '{image} was annotated more than once; {count} other version was left out.',
    other: '{image} was annotated more than once; {count} other versions were left out.',
  },
  'formats.severalAnnotations.remedy': 'The ground truth counts, or else the latest version.',
  'formats.unknownLabel': 'The label {label} is not listed; the entry was left out.',
  'formats.xml': 'The file is not usable XML: {problem}',
} as const;
