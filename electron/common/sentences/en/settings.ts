/** What each setting of a training is for (shown in the forms and by the help), and what is wrong with one. */
export const settings = {
  'settings.network': 'The shared trunk. {networks}',
  'settings.network.lite0': 'lite0: EfficientNet-Lite0 with weights learned on ImageNet, for photographs.',
  'settings.network.nano': 'nano: small convolutions with batch norm, for any images.',
  'settings.network.plain':
    'plain: three convolutions of 64, 128 and 256 channels, as in the textbook; slow on inputs over 64 pixels.',
  'settings.pretrained': 'Start from the weights learned on ImageNet if the network has them (lite0).',
  'settings.freeze': 'What of the trunk stays as it is, and for how long.',
  'settings.freeze.epochs':
    'Epochs at the beginning in which a pretrained trunk does not move and only the pyramid and the heads learn.',
  'settings.freeze.stages':
    'Stages of the trunk, counted from the image, that never move. 5 (plain: 3) is all of it: then its features are computed once and training takes a fraction of the time.',
  'settings.freeze.variants':
    'Augmented copies of each image whose features are kept while the whole trunk is frozen. 0: none are kept.',
  'settings.freeze.statistics':
    'Statistics of the trunk’s batch norm. keep: those that it has; batch: those of the batch. auto: those that a pretrained trunk has if batches are under 32 images, else those of the batch.',
  'settings.inputSize': 'Side of the square that images are fitted into, in pixels, a multiple of 32.',
  'settings.neckChannels': 'Width of the feature pyramid at the end of the trunk, which all heads read.',
  'settings.boxHead': 'The head that says where things are. {heads}',
  'settings.boxHead.dense': 'dense: one prediction per anchor of the feature maps, for any number of boxes.',
  'settings.boxHead.slots': 'slots: a fixed number of predictions, matched to the boxes.',
  'settings.batch': 'Images per training step.',
  'settings.epochs': 'Passes over the training images.',
  'settings.precision':
    'What convolutions compute with while training. mixed: bfloat16, half the memory and up to twice as fast if the device supports it, with the same result in practice; auto: whichever is faster. Models are float32.',
  'settings.activation':
    'What follows each convolution, unless the network brings its own. relu: max(x, 0). selu: keeps signals at the same size by itself, for networks without batch norm.',
  'settings.batchNorm':
    'Batch norm after convolutions, if the network has it. Without it training is slower and wants lower learning rates, but does not depend on the batch.',
  'settings.optimizer': 'How the weights are updated.',
  'settings.optimizer.method':
    'adamw: steps of a size that each weight finds for itself. sgd: plain steps, with momentum.',
  'settings.optimizer.learningRate': 'Step size at its highest, after the warm-up.',
  'settings.optimizer.momentum': 'For sgd: the share of the last step that goes on. 0: none.',
  'settings.optimizer.nesterov': 'For sgd: looks ahead along the momentum (Nesterov).',
  'settings.optimizer.weightDecay':
    'Shrinks kernels by rate × this at every step; biases and batch norm are left alone.',
  'settings.optimizer.pretrainedMultiplier':
    'Learning rate of pretrained weights relative to that of the others.',
  'settings.optimizer.trunkMultiplier':
    'Learning rate of the trunk relative to that of the heads. 0 freezes it.',
  'settings.optimizer.clipNorm': 'The norm of all gradients together is cut to this. 0: never.',
  'settings.schedule': 'How the learning rate moves.',
  'settings.schedule.shape':
    'After the warm-up. cosine: falls to the floor along a cosine. constant: stays. step: is multiplied by stepFactor every stepEpochs.',
  'settings.schedule.warmupEpochs': 'The learning rate rises linearly over this many epochs.',
  'settings.schedule.floor': 'For cosine: falls to this share of its height.',
  'settings.schedule.restart':
    'The schedule starts again after this epoch, as in a finished run that goes on. 0: it does not.',
  'settings.schedule.stepEpochs': 'For step: epochs between two steps.',
  'settings.schedule.stepFactor': 'For step: what the learning rate is multiplied by.',
  'settings.ema':
    'Decay per step of the running average of the weights, which is what is evaluated and exported. 0: off.',
  'settings.earlyStopping': 'When to stop by itself.',
  'settings.earlyStopping.patience':
    'Stop after this many epochs without a better validation score. 0: never.',
  'settings.weights': 'What counts how much while training.',
  'settings.weights.imageClass': 'Weight of the image-class loss in the total. 0: that head is not trained.',
  'settings.weights.boxes':
    'Weight of the box loss in the total. 0: that head is not trained. What boxes teach the shared trunk helps the image class, hardly the other way round, hence more than 1.',
  'settings.sharing':
    'What the heads share. parallel: one trunk, heads side by side. sequential: the second head also reads what the first one says. subnetworks: one trunk, then convolutions of its own for each head. soft: a trunk for each head, held together by a penalty on their distance. With one head only it is parallel.',
  'settings.sequential': 'Settings of sharing sequential.',
  'settings.sequential.first': 'Which head speaks first. {tasks}',
  'settings.sequential.first.imageClass':
    'imageClass: the box head also sees the probabilities of the image classes.',
  'settings.sequential.first.boxes':
    'boxes: the image class also sees how much of each object class was found.',
  'settings.subnetworks': 'Settings of sharing subnetworks.',
  'settings.subnetworks.depth': '3×3 convolutions of its own that each head gets on each level.',
  'settings.soft': 'Settings of sharing soft.',
  'settings.soft.tie':
    'Factor of the squared distance between the weights of the two trunks. 0: they are not tied.',
  'settings.soft.crossStitch':
    'Cross-stitch units: each trunk gets a learned share of the feature maps of the other one.',
  'settings.weighting':
    'How the weights of the losses move while training; they multiply those above. fixed: not at all. uncertainty: learned, lower for noisy tasks. dwa: higher for the task whose loss falls more slowly. gradnorm: learned, so that the tasks pull the trunk equally hard. Dynamic weights seldom beat fixed ones that fit the data.',
  'settings.dwa': 'Settings of weighting dwa.',
  'settings.dwa.temperature': 'The higher, the more equal the weights stay.',
  'settings.gradnorm': 'Settings of weighting gradnorm.',
  'settings.gradnorm.alpha':
    'How strongly the task that learns more slowly is pulled forward. 0: equal pull for all.',
  'settings.gradnorm.learningRate': 'Step size of the weights.',
  'settings.aggregation':
    'How the gradients of the heads become one on the trunk. sum; mean: of the heads that have labels in the batch; pcgrad: without the parts that point against the other head; mgda: the point of least norm between the two, which worsens neither. The last two, like gradnorm, cost a second pass backward.',
  'settings.regularization':
    'Penalties in the loss. With AdamW weight decay is the usual means against large weights.',
  'settings.regularization.trunk': 'Penalties on the kernels of the trunk.',
  'settings.regularization.trunk.l1': 'Factor of the sum of sizes of the kernels of the trunk.',
  'settings.regularization.trunk.l2': 'Factor of the sum of squares of the kernels of the trunk.',
  'settings.regularization.heads': 'Penalties on the kernels of the heads.',
  'settings.regularization.heads.l1': 'Factor of the sum of sizes of the kernels of the heads.',
  'settings.regularization.heads.l2': 'Factor of the sum of squares of the kernels of the heads.',
  'settings.log': 'What is noted beside the losses.',
  'settings.log.gradients':
    'Every how many steps the gradients of the heads on the trunk are compared (cosine and norms), without any effect on the training. Each time costs about 1.6 steps, the first about 10. 0: only if weighting or aggregation need them.',
  'settings.augment': 'Random changes of the training images. Boxes follow exactly.',
  'settings.augment.flip':
    'Share of the images mirrored left to right. Leave at 0 if mirroring changes the class.',
  'settings.augment.flipVertical': 'Share of the images mirrored top to bottom.',
  'settings.augment.scale': 'Images are scaled by up to 1 ± this.',
  'settings.augment.translate': 'Images are moved by up to this share of their side.',
  'settings.augment.crop':
    'Up to this share of an image’s width and height is cut away and the rest enlarged, stretched by up to 4:3.',
  'settings.augment.mosaic':
    'Share of the images that are put together from parts of four of the batch, scaled to between half and all of their size. A mosaic teaches the image class only if all four have the same one.',
  'settings.augment.mosaicUntil': 'Share of the epochs after which no mosaics are made any more.',
  'settings.augment.color': 'Strength of changes of brightness, contrast and saturation.',
  'settings.sampling': 'Which images an epoch shows.',
  'settings.sampling.balance':
    'Images of rare classes are repeated in an epoch, the more often the rarer: √(this / share of the training images with the class), if that is over 1. 0: every image comes once.',
  'settings.evaluation': 'How predictions are read.',
  'settings.evaluation.overall': 'The score that chooses the best checkpoint.',
  'settings.evaluation.overall.imageClass': 'Weight of image-class accuracy in the overall score.',
  'settings.evaluation.overall.boxes': 'Weight of mAP50 in the overall score.',
  'settings.evaluation.minScore': 'Boxes with less confidence are dropped.',
  'settings.evaluation.nmsIou':
    'Among boxes of one class that overlap more than this, the most confident stays.',
  'settings.evaluation.maxDetections': 'At most this many boxes per image.',
  'settings.seed': 'Starts every random choice: the same seed, data and CPU give the same model.',
  'settings.dense': 'Settings of the dense box head.',
  'settings.dense.depth':
    '3×3 convolutions of its own in each branch (class, box). With 0 both read the pyramid directly, which is faster and learns sooner.',
  'settings.dense.anchorScale':
    'Side of the reference box of an anchor, in strides, by which boxes are given to levels.',
  'settings.dense.candidates': 'Anchors per level considered for each box.',
  'settings.dense.assignment':
    'How boxes are assigned to anchors. atss: by position alone (the two settings above). taskAligned: by how well each anchor already predicts class and overlap, updated at every step.',
  'settings.dense.taskAligned':
    'Settings of assignment taskAligned: anchors are ranked by score^alpha · overlap^beta.',
  'settings.dense.taskAligned.alpha': 'Power of the score.',
  'settings.dense.taskAligned.beta': 'Power of the overlap (IoU).',
  'settings.dense.taskAligned.candidates': 'Most anchors that one box takes.',
  'settings.dense.overlap':
    'What the overlap term measures. giou: overlap and empty room around both boxes. ciou: overlap, distance of the centres, and aspect ratio.',
  'settings.dense.iouWeight': 'Weight of the overlap term beside the class term.',
  'settings.slots': 'Settings of the slots box head.',
  'settings.slots.count': 'Boxes that one image can get.',
  'settings.slots.hidden': 'Width of the hidden layer.',
  'settings.slots.l1Weight': 'Weight of the L1 term on coordinates.',
  'settings.slots.iouWeight': 'Weight of the overlap term.',
  'settings.imageHead': 'The head that says what the image is.',
  'settings.imageHead.pooling':
    'How the feature map becomes one vector. attention: learns where to look, besides the average; average: the mean only.',
  'settings.imageHead.classes':
    'How many classes an image can have. one: they exclude each other (softmax). several: each is there or not, by itself (sigmoid); from 0.5 on the image has it.',
  'settings.imageHead.dropout': 'Share of the pooled features that is dropped while training.',
  'settings.imageHead.labelSmoothing': 'Share of the target spread over all classes.',

  'settings.place': 'setting {setting}',
  'settings.notOne': '“{text}” is not a setting.',
  'settings.notOne.remedy': 'Write key=value, for example epochs=20 or optimizer.learningRate=0.001.',
  'settings.unknown': 'There is no setting “{setting}”.',
  'settings.unknown.remedy': 'The nearest is “{nearest}”.',
  'settings.isGroup': '“{setting}” is a group of settings, not one setting.',
  'settings.isGroup.remedy': 'Choose one of {settings}.',
  'settings.wrong': '“{setting}” must be {expected}, not {found}.',
  'settings.wrong.whole': 'the configuration must be {expected}, not {found}.',
  'settings.wrong.nothing': 'nothing',
  'settings.wrong.remedy': 'Give {expected}.',
  'settings.expected.choice': 'one of {choices}',
  'settings.expected.integerFrom': 'a whole number from {lowest} to {highest}',
  'settings.expected.integerFromStep': 'a whole number from {lowest} to {highest}, a multiple of {step}',
  'settings.expected.numberAbove': 'a number above {lowest} to {highest}',
  'settings.expected.numberFrom': 'a number from {lowest} to {highest}',
  'settings.expected.boolean': 'true or false',
  'settings.expected.group': 'a group of settings',
  'settings.expected.other': 'another value',

  'settings.nesterovAdamw': '“optimizer.nesterov” looks ahead along the momentum, and adamw has none.',
  'settings.nesterovAdamw.remedy': 'Set optimizer.method to sgd, or optimizer.nesterov to false.',
  'settings.nesterovStill': '“optimizer.nesterov” looks ahead along the momentum, which is 0.',
  'settings.nesterovStill.remedy': 'Set optimizer.momentum to 0.9, or optimizer.nesterov to false.',
  'settings.softFrozen':
    'sharing soft lets two trunks grow apart, and optimizer.trunkMultiplier 0 keeps them as they are.',
  'settings.softFrozen.remedy': 'Set sharing to subnetworks, or optimizer.trunkMultiplier above 0.',
  'settings.gradnormFrozen':
    'weighting gradnorm balances what the heads do to the trunk, and optimizer.trunkMultiplier is 0.',
  'settings.gradnormFrozen.remedy':
    'Set weighting to fixed or uncertainty, or optimizer.trunkMultiplier above 0.',
  'settings.aggregationFrozen':
    'aggregation {method} settles conflicts on the trunk, and optimizer.trunkMultiplier is 0.',
  'settings.aggregationFrozen.remedy': 'Set aggregation to sum, or optimizer.trunkMultiplier above 0.',
  'settings.mosaicFrozen':
    'augment.mosaic makes new images at every step, and features of a frozen trunk are kept of old ones (freeze.stages, freeze.variants).',
  'settings.mosaicFrozen.remedy':
    'Set augment.mosaic to 0, or freeze.variants to 0: then features are computed at every step.',
} as const;
