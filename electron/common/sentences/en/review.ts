/** What the check of a project's labels finds worth a look. */
export const review = {
  'review.blurred': {
    one: '{count} image is blurred, compared with the others.',
    other: '{count} images are blurred, compared with the others.',
  },
  'review.changed': {
    one: '{count} image file has changed since it was added: {files}. Check its labels.',
    other: '{count} image files have changed since they were added: {files}. Check their labels.',
  },
  'review.copies': {
    one: '{count} image has the same content as another one: {files}. Remove one of the two, or it counts twice.',
    other:
      '{count} images have the same content as another one: {files}. Remove the copies, or they count twice.',
  },
  'review.copiesAcross': {
    one: '{count} image has the same content as one in another split: {files}. Move both into one split, or the results are too good.',
    other:
      '{count} images have the same content as one in another split: {files}. Move copies into one split, or the results are too good.',
  },
  'review.dark': {
    one: '{count} image is very dark.',
    other: '{count} images are very dark.',
  },
  'review.doubled': {
    one: '{count} image has overlapping boxes of one class (boxes in all: {boxes}). Delete the duplicates.',
    other:
      '{count} images have overlapping boxes of one class (boxes in all: {boxes}). Delete the duplicates.',
  },
  'review.huge': {
    one: '{count} image has boxes that cover nearly all of it (boxes in all: {boxes}).',
    other: '{count} images have boxes that cover nearly all of them (boxes in all: {boxes}).',
  },
  'review.imbalance':
    '“{most}” has {times} times as many labels as “{fewest}” ({many} against {few}). The model learns rare classes badly; label more of them.',
  'review.missing': {
    one: '{count} image file can’t be found: {files}. Its labels are kept; put the file back, or add its new folder.',
    other:
      '{count} image files can’t be found: {files}. Their labels are kept; put the files back, or add their new folder.',
  },
  'review.noSplit': {
    one: '{count} image is in no split, so it is neither trained on nor evaluated.',
    other: '{count} images are in no split, so they are neither trained on nor evaluated.',
  },
  'review.notInTrain': 'The class “{name}” has labels, but none in the training set, so it can’t be learned.',
  'review.notInVal':
    'The class “{name}” has no labels in the validation set, so you can’t tell how well the model finds it.',
  'review.outside': {
    one: '{count} image has boxes that reach outside it (boxes in all: {boxes}).',
    other: '{count} images have boxes that reach outside (boxes in all: {boxes}).',
  },
  'review.overexposed': {
    one: '{count} image is mostly white.',
    other: '{count} images are mostly white.',
  },
  'review.similar': {
    one: '{count} image is a near-duplicate of another one.',
    other: '{count} images are near-duplicates of another one.',
  },
  'review.similarAcross': {
    one: '{count} image is a near-duplicate of one in another split, so the results are too good: “Leaks between splits” shows both.',
    other:
      '{count} images are near-duplicates of one in another split, so the results are too good: “Leaks between splits” shows them.',
  },
  'review.tiny': {
    one: '{count} image has boxes smaller than 4 × 4 pixels (boxes in all: {boxes}).',
    other: '{count} images have boxes smaller than 4 × 4 pixels (boxes in all: {boxes}).',
  },
  'review.twoClasses': {
    one: '{count} image has the same box with two classes (boxes in all: {boxes}). Delete the wrong ones.',
    other:
      '{count} images have the same box with two classes (boxes in all: {boxes}). Delete the wrong ones.',
  },
  'review.unlabelledTest': {
    one: '{count} image in the test set has no labels, so it is left out.',
    other: '{count} images in the test set have no labels, so they are left out.',
  },
  'review.unlabelledTrain': {
    one: '{count} image in the training set has no labels, so it is left out.',
    other: '{count} images in the training set have no labels, so they are left out.',
  },
  'review.unlabelledVal': {
    one: '{count} image in the validation set has no labels, so it is left out.',
    other: '{count} images in the validation set have no labels, so they are left out.',
  },
  'review.unreadable': {
    one: '{count} image file can’t be read: {files}. Replace it with an intact copy.',
    other: '{count} image files can’t be read: {files}. Replace them with intact copies.',
  },
  'review.unusual': {
    one: '{count} image has boxes of a size that is unusual for their class (boxes in all: {boxes}).',
    other: '{count} images have boxes of a size that is unusual for their class (boxes in all: {boxes}).',
  },
  'review.unused': 'The class “{name}” has no labels yet.',
} as const;
