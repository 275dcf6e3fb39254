/** What the export of a model refuses. */
export const exports = {
  'export.cancelled': 'The export was cancelled; nothing was written.',
  'export.noImages': 'There is no image to verify the export with.',
  'export.noImages.remedy': 'Put some labelled images into the validation or test split.',
  'export.noCalibration': 'The training split has no image to measure the ranges of 8-bit integers on.',
  'export.noCalibration.remedy': 'Put images into the training split, or export with float32 or float16.',
  'export.noBoxes': 'This run finds no boxes, so there are none to suppress.',
  'export.noBoxes.remedy': 'Export without “{option}”.',
  'export.noEngine': 'Exporting needs TensorFlow’s native engine.',
  'export.noEngine.remedy': 'Run `npm run setup`, then export again.',
  'export.fileThere': 'A file has the name of the export folder.',
  'export.fileThere.remedy': 'Choose another folder.',
  'export.foreign': '{file} in that folder is not part of an export, or has changed since.',
  'export.foreign.remedy': 'Choose another folder, or move the file away. Nothing was replaced.',
  'export.unknownFormat': 'Twinhead can’t export to “{format}”.',
  'export.unknownFormat.remedy': 'Choose one of: {formats}.',
  'export.noRuntime':
    'The ONNX runtime cannot be loaded on this machine ({platform}, {architecture}), so an export could not be verified.',
  'export.noRuntime.remedy': 'Export the run on Linux, Windows or a Mac with Apple silicon.',
  'export.refused': '{runtime} does not accept the exported model: {reason}',
  'export.notTranslated': 'The network cannot be written as {format}: {reason}',
  'export.notTranslated.remedy': 'Please report this with the configuration of the run.',
  'export.mismatch': 'The exported model’s outputs differ from the trained model’s. {what}',
  'export.mismatch.remedy': 'Nothing was written. Please report this with the configuration of the run.',
  'export.mismatch.length': 'Its output {output} has {actual} elements, the engine’s has {expected}.',
  'export.mismatch.notNumber': 'Its output {output} has a value that is not a number.',
  'export.mismatch.probability':
    'Its output {output} is off by up to {largest} in probability; at most {tolerance} is allowed.',
  'export.mismatch.pixels':
    'Its output {output} is off by up to {largest} pixels; at most {tolerance} is allowed.',
  'export.drop': 'The score {metric} drops from {engine} to {model}.',
  'export.drop.remedy': 'Nothing was written. Export with float32, or allow a larger drop.',
  'export.noScores': 'No image that the export is verified with has labels to measure scores by.',
  'export.mismatch.detections': 'Its output {output} has other boxes than Twinhead keeps.',

  'export.onnx.suppression.name': 'Suppress overlapping boxes in the model',
  'export.onnx.suppression':
    'Adds the output “detections”: the boxes that Twinhead shows, best first, by the run’s thresholds.',
  'export.onnx.preprocessing.name': 'Image input',
  'export.onnx.preprocessing':
    'How the model takes a letterboxed image. Ultralytics’ tools give floats from 0 to 1; with suppression as well, they can load the model.',
  'export.onnx.preprocessing.none': 'Floats from 0 to 255, channels first',
  'export.onnx.preprocessing.bytes': 'Bytes, channels last, as decoded',
  'export.onnx.preprocessing.unit': 'Floats from 0 to 1, channels first, one image at a time',

  'export.onnx.precision.name': 'Precision',
  'export.onnx.precision':
    'float16 halves the file, int8 makes it a quarter and faster on most processors. Probabilities and corners of boxes stay in 32 bits; scores are measured by your labels.',
  'export.onnx.precision.float32': 'float32, the same outputs',
  'export.onnx.precision.float16': 'float16, half the size',
  'export.onnx.precision.int8': 'int8, about a quarter of the size',
  'export.onnx.opset.name': 'Operator version (opset)',
  'export.onnx.opset': '17 is read by more programs; choose 18 for one that asks for it.',
  'export.onnx.largestDrop.name': 'Largest drop of a score',
  'export.onnx.largestDrop':
    'Accuracy, mAP50 or mAP may fall by at most this much (1%: from 80% to 79%), or nothing is written.',

  'export.onnx.operation': 'there is no ONNX counterpart for TensorFlow’s operation {operation}.',
  'export.tflite.precision':
    'float16 halves the file, int8 makes it about a quarter and is faster on most processors. Scores are then measured by your labels.',
  'export.tflite.verifiedWhere':
    'This format is verified where Python has ai-edge-litert (pip install ai-edge-litert); TWINHEAD_PYTHON names that Python where it is not found. Elsewhere the model is written, not verified.',

  'export.safetensors.sample.name': 'Include a sample image',
  'export.safetensors.sample':
    'Adds sample.safetensors: one image of the project as the network takes it, with the outputs that it should give, for {script} to try.',
  'export.noScript': 'A file of Twinhead that belongs into the export is missing.',
  'export.noScript.remedy': 'Install Twinhead again.',

  'export.graph.operation': 'TensorFlow’s operation {operation} has no counterpart there.',
  'export.graph.otherCount': 'it runs other operations for another number of images.',
  'export.onnx.weight': 'a weight depends on the image.',
  'export.graph.constant': 'a constant depends on the number of images.',
  'export.graph.order': 'a value is used before it is computed.',
  'export.onnx.attribute': '{operation} lacks the attribute {attribute}.',
  'export.onnx.padding': 'the padding rule {rule} is not supported.',
  'export.onnx.weightType': 'weights that are not float32 are not supported.',
  'export.onnx.batchNorm': 'batch normalization with statistics of the batch is not supported.',
  'export.onnx.choice': 'choosing whole rows is not supported.',
  'export.graph.reshape': 'two sides of a shape depend on the number of images.',
  'export.onnx.lookUp': 'looking values up separately for each image is not supported.',
  'export.onnx.slice': 'strided slices with masks are not supported.',

  'export.card.title': 'Twinhead two-headed network, run {run}',
  'export.card.written': '{producer} wrote {file} from run “{run}” (network {network}, epoch {epoch}).',
  'export.card.input': 'Input',
  'export.card.input.what':
    '{name}: {type} {layout} with size {size}, {color}, values from {low} to {high}. The model normalizes them itself.',
  'export.card.letterbox':
    'Orient the image by its EXIF tag. Scale it by size / max(width, height) to whole pixels (rounded). Put it in the middle of a size × size square (left and top padding rounded down). Fill the rest with the padding grey.',
  'export.card.padding': 'The padding grey is {padding}.',
  'export.card.outputs': 'Outputs',
  'export.card.output.detections':
    '[batch, boxes, 6]: x1, y1, x2, y2 in pixels of the letterboxed input, score, index of the object class; best first, zeros after the last',
  'export.card.output.boxes': '[batch, predictions, 4]: x1, y1, x2, y2 in pixels of the letterboxed input',
  'export.card.output.scores':
    '[batch, predictions, object classes]: confidence from 0 to 1, before suppression of overlapping boxes',
  'export.card.output.oneClass': '[batch, image classes]: probability of each image class; they add up to 1',
  'export.card.output.severalClasses':
    '[batch, image classes]: probability of each image class on its own; the image has every class that reaches {threshold}',
  'export.card.imageClasses': 'Image classes: {names}.',
  'export.card.objectClasses': 'Object classes: {names}.',
  'export.card.noClasses': 'none',
  'export.card.unit': 'pixels of the letterboxed input',
  'export.card.boxes':
    'Boxes: {format} in {unit}. For the boxes that Twinhead shows, drop scores below {minScore}, suppress boxes of one class that overlap by more than {iou} (IoU), and keep the best {most}.',
  'export.card.boxes.inside':
    'Boxes: {format} in {unit}. The output detections has the boxes that Twinhead shows: of every class from its threshold on ({minScore} where it has none of its own), without those that overlap a better one of their class by more than {iou} (IoU), the best {most}.',
  'export.card.unverified': 'Written, not verified',
  'export.card.verified': 'Verified',
  'export.card.verified.how': {
    one: '{runtime} was compared with {engine} on {count} image of the project. Largest absolute differences:',
    other:
      '{runtime} was compared with {engine} on {count} images of the project. Largest absolute differences:',
  },
  'export.card.detections': {
    one: '{output}: {count} box, the one that Twinhead keeps',
    other: '{output}: {count} boxes, those that Twinhead keeps, in the same order',
  },
  'export.card.times':
    '{runtime} took {there} ms per image, {engine} {here} ms. Hashes, versions and images are in {file}.',
  'export.card.calibrated': {
    one: 'Ranges of its integers were measured on {count} image of the training split.',
    other: 'Ranges of its integers were measured on {count} images of the training split.',
  },
  'export.card.beside':
    'It has {size} and takes {time} ms per image; in float32 it has {exactSize} and takes {exactTime} ms.',
  'export.card.difference.probability': '{output}: {largest} probability (allowed: {allowed})',
  'export.card.difference.probability.any': '{output}: {largest} probability',
  'export.card.difference.pixels.any': '{output}: {largest} pixels',
  'export.card.score': '{metric}: {model}, {engine} in the engine',
  'export.card.difference.pixels': '{output}: {largest} pixels (allowed: {allowed})',
} as const;
