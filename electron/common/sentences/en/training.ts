/** What a training proposes and doubts, says on its way, and why it ended. */
export const training = {
  'training.reason.pretrained':
    'Starts from a network pretrained on ImageNet (lite0), which helps with photos.',
  'training.reason.headsOnly': {
    one: 'With only one image, just the heads are trained, so you get a first model quickly. With more images, set Frozen stages (freeze.stages) to 2 so that most of the trunk learns too: slower, but better.',
    other:
      'With only {count} images, just the heads are trained, so you get a first model quickly. With more images, set Frozen stages (freeze.stages) to 2 so that most of the trunk learns too: slower, but better.',
  },
  'training.reason.small': 'nano: small and quick, learns images of {pixels} pixels from scratch.',
  'training.reason.input.image': 'Input of {pixels} pixels: about the size of your images.',
  'training.reason.input.machine':
    'Input of {pixels} pixels: your smallest objects would benefit from a larger one, but training would be slow on this machine.',
  'training.reason.input.boxes':
    'Input of {pixels} pixels: your smaller boxes stay about {side} pixels wide.',
  'training.reason.batch': 'Batch size {batch}, so each epoch has at least 16 steps.',
  'training.reason.batch.few': 'Batch size {batch}: there are too few images for 16 steps per epoch.',
  'training.reason.epochs': {
    one: '{epochs} epochs: about {steps} steps for {count} training image.',
    other: '{epochs} epochs: about {steps} steps for {count} training images.',
  },
  'training.reason.boxes': 'Dense box head: images have {mean} boxes on average and up to {most}.',
  'training.reason.several': 'Images can have several classes, so each class is predicted on its own.',
  'training.reason.mirrored':
    'Half of the images are mirrored left to right. Set Horizontal flip (augment.flip) to 0 if that changes a class, as with letters.',
  'training.reason.notMirrored':
    'Mirroring is off. If your objects look the same mirrored, set Horizontal flip (augment.flip) to 0.5: it usually helps.',

  'training.noImages': 'The project has no images to train on.',
  'training.noImages.remedy': 'Add images and label them.',
  'training.noLabels': 'No image has a label.',
  'training.noLabels.remedy': 'Give images a class, or draw boxes on them.',
  'training.oneLabelled': 'Only one image is labelled: there is one to train on, but none to validate on.',
  'training.oneLabelled.remedy': 'Label more images. About fifty are a good start.',
  'training.noTrain': 'No labelled image is in the training split.',
  'training.noValidation':
    'No labelled image is in the validation split, so there is no way to tell when to stop.',
  'training.splits.remedy':
    'Assign splits (Dataset → Splits), for example 70% train, 15% validation, 15% test.',
  'training.notJudgeable':
    'No validation image has a label that the trained heads could be judged by, so there is no way to tell which epoch is best.',
  'training.notJudgeable.remedy':
    'Move images with such labels to the validation split (Dataset → Splits), or label some there.',
  'training.noWeight': 'Both heads have the weight 0.',
  'training.noWeight.remedy': 'Set weights.imageClass or weights.boxes above 0.',
  'training.oneClass':
    'Every training image has the class “{name}” and none has a box: there is nothing to tell apart.',
  'training.oneClass.remedy': 'Label images of at least two classes, or draw boxes.',
  'training.nothingToLearn': 'The training images have no label that the chosen heads can learn.',
  'training.nothingToLearn.remedy':
    'Label images of at least two classes, draw boxes, or set the weight of the other head above 0.',
  'training.severalClasses': {
    one: '{count} image has several classes, but imageHead.classes is one.',
    other: '{count} images have several classes, but imageHead.classes is one.',
  },
  'training.severalClasses.remedy': 'Set imageHead.classes to several, or leave each image one class.',
  'training.alignmentMemory':
    'dense.assignment taskAligned compares up to {boxes} boxes with {anchors} anchors in each of {images} images at input size {inputSize}: that takes {memory}.',
  'training.alignmentMemory.batch': 'Set batch to {batch} or less, or dense.assignment to atss.',
  'training.alignmentMemory.input': 'Set dense.assignment to atss, or a smaller inputSize.',

  'training.boxes.notJudgeable':
    'No validation image has a box: the box head is trained, but can’t be evaluated.',
  'training.boxes.notLearnable': 'No training image has a box: the box head is not trained.',
  'training.boxes.none': 'The class “{name}” has no box in the training images: it cannot be learned.',
  'training.boxes.noneOfMany':
    '{count} classes have no box in the training images and cannot be learned: {names} and {more} more.',
  'training.boxes.few': {
    one: 'The class “{name}” has only {count} box in the training images, so it will be learned badly. {remedy}',
    other:
      'The class “{name}” has only {count} boxes in the training images, so it will be learned badly. {remedy}',
  },
  'training.boxes.fewOfMany':
    '{count} classes have fewer than {few} boxes in the training images and will be learned badly: {names} and {more} more. {remedy}',
  'training.boxes.tiny':
    '{tiny} of {total} boxes are under 4 pixels at input size {inputSize}: they will hardly be found. A larger input size helps.',
  'training.boxes.unreachable':
    'At input size {inputSize}, {small} of {total} boxes are smaller than {stride} pixels, the finest that the box head tells apart; {unreachable} of them can’t be learned, because another box lies in the same spot. A larger input size helps.',
  'training.boxes.overSlots':
    '{images} training images have more boxes than the {slots} slots: the rest is not learned. Raise slots.count, or use the dense head.',
  'training.imageClass.notJudgeable':
    'No validation image has an image class: the image-class head is trained, but can’t be evaluated.',
  'training.imageClass.notLearnable':
    'The training images have fewer than two image classes: the image-class head is not trained.',
  'training.imageClass.none': 'No training image has the class “{name}”: it cannot be learned.',
  'training.imageClass.noneOfMany':
    '{count} classes have no training image and cannot be learned: {names} and {more} more.',
  'training.imageClass.few': {
    one: 'The class “{name}” has only {count} training image, so it will be learned badly. {remedy}',
    other: 'The class “{name}” has only {count} training images, so it will be learned badly. {remedy}',
  },
  'training.imageClass.fewOfMany':
    '{count} classes have fewer than {few} training images and will be learned badly: {names} and {more} more. {remedy}',
  'training.few.remedy': 'Label more, merge it with another class, or repeat its images (sampling.balance).',
  'training.fewOfMany.remedy': 'Label more, merge classes, or repeat their images (sampling.balance).',

  'training.loading': 'loading TensorFlow',
  'training.compiling': 'compiling the network',
  'training.computingFeatures':
    'computing the features of the frozen trunk: {done} of {total} copies of images',
  'training.featuresKept':
    'The trunk is frozen: its features of {copies} copies of each image are kept ({seconds} s, {megabytes} MB)',
  'training.featuresKept.mosaic':
    'The trunk is frozen: its features of {copies} copies of each image are kept ({seconds} s, {megabytes} MB); mosaics begin when it learns',
  'training.trunkLearns': 'Epoch {epoch}: the trunk learns from here on; recompiled in {seconds} s',
  'training.network.graph':
    '{network}: {parameters} parameters, {multiplyAdds} multiply-adds per image, compiled to one graph',
  'training.network.operations':
    '{network}: {parameters} parameters, {multiplyAdds} multiply-adds per image, run operation by operation',
  'training.network.noted': '{network}, {note}',
  'training.precision.noGraph': 'in float32, since mixed precision needs the graph',
  'training.precision.bfloat16': 'convolutions in bfloat16',
  'training.precision.emulated': 'convolutions in bfloat16, which this device has to emulate',
  'training.precision.unknownCard': 'in float32, since the compute capability of the card is not known',
  'training.precision.oldCard':
    'in float32, since a card of compute capability {capability} has no bfloat16 (8.0 and later have)',
  'training.noBfloat16':
    'This device does not train in bfloat16 ({reason}); convolutions compute in float32 instead.',
  'training.notCompiled':
    'The training step could not be compiled ({reason}). It runs operation by operation, which is slower.',
  'training.noProfile': 'This engine’s operations cannot be timed: no profile is made.',
  'training.profiling': 'timing the operations of a step',
  'training.balanced': 'classes are balanced: each epoch shows {shown} images instead of {images}: {classes}',
  'training.balanced.more':
    'classes are balanced: each epoch shows {shown} images instead of {images}: {classes} and {more} more',
  'training.balanced.class': '“{name}” × {factor}',
  'training.notBalanced': 'sampling.balance {threshold}: no class is rare enough to be repeated',
  'training.memoryRanOut':
    'Memory ran out with batch size {size}. Training continues with batch size {smaller}.',
  'training.dataChanged':
    'Images or labels have changed since this run began. Training continues with the new ones.',
  'training.leftOut': {
    one: '{leftOut}; it is not used for training.',
    other: '{leftOut}; they are not used for training.',
  },
  'training.withoutEffect':
    'Only one head is trained, so there is nothing to share: {settings} has no effect.',
  'training.stillImproving':
    'The last epoch was the best one: this run was still improving when it ended. Continue it, for example to {epochs} epochs.',
  'training.chosen': {
    one: 'Learns from the only training image that matched the saved filter “{name}” at the start; validated on the whole validation split.',
    other:
      'Learns from the {count} training images that matched the saved filter “{name}” at the start; validated on the whole validation split.',
  },
  'training.goesOn':
    'The finished run continues after epoch {epoch}, to {epochs} epochs in all. Its learning-rate schedule starts again.',

  'training.ended.finished': 'finished',
  'training.ended.byYou': 'stopped by you',
  'training.ended.early': {
    one: 'early stop: no better validation score for {count} epoch (best: epoch {best})',
    other: 'early stop: no better validation score for {count} epochs (best: epoch {best})',
  },
  'training.ended.program': 'the program ended during training',
  'training.ended.notNoted': 'its end could not be recorded',

  'training.notFinite': 'The {what} became {value} in {name} at step {step} (epoch {epoch}).',
  'training.notFinite.remedy':
    'Lower optimizer.learningRate, or optimizer.clipNorm; the last good checkpoint is kept.',
  'training.notFinite.infinite': 'infinite',
  'training.notFinite.loss': 'loss',
  'training.notFinite.weight': 'weight',
  'training.notFinite.gradient': 'gradient',
  'training.stateNotFinite': 'The {what} became {value} in {name} by step {step} (epoch {epoch}).',
  'training.state.parameters': 'weights',
  'training.state.statistics': 'running statistics of batch norm',
  'training.state.ema': 'averaged weights',
  'training.state.weighting': 'weighting of the heads',
  'training.state.moments': 'moments of the optimizer',
  'training.answersNotFinite':
    'The output {output} for validation images is no longer a number after step {step} (epoch {epoch}).',
  'training.classesChanged': 'The classes of the project have changed since this run began.',
  'training.classesChanged.remedy': 'Start a new run.',
  'training.otherNetwork': 'The checkpoint belongs to another network.',
  'training.otherNetwork.remedy': 'Start a new run with network {network}.',
  'training.otherSize': 'The decoded images have another size than the configuration.',
  'training.otherSize.remedy': 'Decode them at {pixels} pixels.',
  'training.died': 'The training thread ended unexpectedly (status {status}).',
  'training.died.remedy': 'Resume the run: it continues from its last checkpoint.',
} as const;
