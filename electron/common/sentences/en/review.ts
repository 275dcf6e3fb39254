/** What the check of a project's labels finds worth a look. */
export const review = {
  'review.copies': {
    one: '{count} image has the same content as another one. Remove one of the two, or it counts twice.',
    other: '{count} images have the same content as another one. Remove the copies, or they count twice.',
  },
  'review.copiesAcross': {
    one: '{count} image has the same content as one in another split. Move both into one split, or the results are too good.',
    other:
      '{count} images have the same content as one in another split. Move copies into one split, or the results are too good.',
  },
  'review.doubled': {
    one: '{count} image has overlapping boxes of one class ({boxes} boxes in all). Delete the duplicates.',
    other:
      '{count} images have overlapping boxes of one class ({boxes} boxes in all). Delete the duplicates.',
  },
  'review.imbalance':
    '“{most}” has {times} times as many labels as “{fewest}” ({many} against {few}). The model learns rare classes badly; label more of them.',
  'review.missing': {
    one: '{count} image file has moved. Its labels are kept; put the file back, or add its new folder.',
    other:
      '{count} image files have moved. Their labels are kept; put the files back, or add their new folder.',
  },
  'review.noSplit': {
    one: '{count} image is in no split, so it is neither trained on nor evaluated.',
    other: '{count} images are in no split, so they are neither trained on nor evaluated.',
  },
  'review.notInTrain': 'The class “{name}” has labels, but none in the training set, so it can’t be learned.',
  'review.notInVal':
    'The class “{name}” has no labels in the validation set, so you can’t tell how well the model finds it.',
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
  'review.unused': 'The class “{name}” has no labels yet.',
} as const;
