/** What the export of a model refuses. */
export const exports = {
  'export.cancelled': 'The export was cancelled; nothing was written.',
  'export.noImages': 'There is no image to verify the export with.',
  'export.noImages.remedy': 'Put some labelled images into the validation or test split.',
  'export.noEngine': 'Exporting needs TensorFlow’s native engine.',
  'export.noEngine.remedy': 'Run `npm run setup`, then export again.',
  'export.fileThere': 'There is a file where the folder of the export should be.',
  'export.fileThere.remedy': 'Choose another folder.',
  'export.foreign': '{file} in that folder is not from an export, or was changed since.',
  'export.foreign.remedy': 'Choose another folder, or move the file away. Nothing was replaced.',
  'export.unknownFormat': 'There is no export to "{format}".',
  'export.unknownFormat.remedy': 'Choose one of: {formats}.',
  'export.noRuntime':
    'The ONNX runtime cannot be loaded on this machine ({platform}, {architecture}), so an export could not be verified.',
  'export.noRuntime.remedy': 'Export the run on Linux, Windows or a Mac with Apple silicon.',
  'export.refused': 'The ONNX runtime does not take the exported model: {reason}',
  'export.notTranslated': 'The network cannot be written as ONNX: {reason}',
  'export.notTranslated.remedy': 'Please report this with the configuration of the run.',
  'export.mismatch': 'The exported model does not do what the trained one does. {what}',
  'export.mismatch.remedy': 'Nothing was written. Please report this with the configuration of the run.',
  'export.mismatch.length': 'Its output {output} has {actual} elements, the engine’s has {expected}.',
  'export.mismatch.notNumber': 'Its output {output} holds something that is not a number.',
  'export.mismatch.probability':
    'Its output {output} is off by up to {largest} probability; at most {tolerance} is allowed.',
  'export.mismatch.pixels':
    'Its output {output} is off by up to {largest} pixels; at most {tolerance} is allowed.',
} as const;
