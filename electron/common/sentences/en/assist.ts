/** The live assistant of Label. */
export const assist = {
  'jobs.assist': 'Live assistant',
  'assist.off': 'The assistant is off.',
  'assist.starting': 'Assistant: starting',
  'assist.lacking.images': {
    one: 'Assistant: label {count} more image to begin',
    other: 'Assistant: label {count} more images to begin',
  },
  'assist.lacking.class': {
    one: 'Assistant: label {count} more image with “{name}” to begin',
    other: 'Assistant: label {count} more images with “{name}” to begin',
  },
  'assist.lacking.secondClass': 'Assistant: needs boxes, or images of a second class, to begin',
  'assist.learning': {
    one: 'Assistant: learning from {count} image',
    other: 'Assistant: learning from {count} images',
  },
  'assist.round': {
    one: 'Assistant: round {round}, {count} image',
    other: 'Assistant: round {round}, {count} images',
  },
  'assist.round.scored': {
    one: 'Assistant: round {round}, {count} image, score {score} on {validation} for validation',
    other: 'Assistant: round {round}, {count} images, score {score} on {validation} for validation',
  },
  'assist.waiting': 'Assistant: waiting for {holder}',
  'assist.waiting.training': 'Assistant: waiting until the training is done',
  'assist.paused': 'Assistant: paused',
  'assist.failed': 'Assistant: the last round failed. {error}',
  'assist.note.few': 'Not suggested yet: {classes}.',
  'assist.note.class': {
    one: '“{name}” (label {count} more image with it)',
    other: '“{name}” (label {count} more images with it)',
  },
  'assist.note.oneImageClass':
    'Only “{name}” has enough images, so the class of an image is not suggested. Label images of another class.',
  'assist.note.noValidation':
    'There is no score, since no image of the validation split is labelled. Assign splits on the Dataset page.',
  'assist.offer': {
    one: '{count} image is labelled. The assistant trains only the last layers: a full training would find more.',
    other:
      '{count} images are labelled. The assistant trains only the last layers: a full training would find more.',
  },
} as const;
