/** What the use cases refuse, and what they tell of their input. */
export const services = {
  'services.names.more': '{names} and {more} more',
  'services.folder': 'The folder {folder} cannot be read.',
  'services.folder.remedy': 'Choose another folder.',
  'services.sample.images': {
    one: 'The project {name} has an image of its own.',
    other: 'The project {name} has {count} images of its own.',
  },
  'services.sample.images.remedy': 'Create the sample in a new project.',
  'services.snapshot.import': 'Before the import of {name}',
  'services.snapshot.run': 'Labels of {name}',
  'services.sample.folder': 'The project {name} already has a folder “sample” of its own.',
  'services.sample.folder.remedy':
    'Create the sample in a new project, or move the folder away. Nothing was replaced.',

  'services.new.project': '{folder} is already a project.',
  'services.new.project.remedy': 'Open it and add to it there, or choose another name. Nothing was changed.',
  'services.new.folder': '{folder} already exists and is not a project.',
  'services.new.folder.remedy': 'Choose another name. Nothing was changed.',
  'services.new.dataset': 'There is no file or folder {file}.',
  'services.path.relative': '{path} is not a whole path.',
  'services.path.relative.archive':
    'Write it from its beginning, such as {example}/cells.zip, or choose a file.',
  'services.path.relative.remedy':
    'Write it from its beginning, such as {example}/photos, or choose a folder.',
  'services.path.windows': '{path} is a Windows path, and this isn’t a Windows system.',
  'services.path.windows.remedy': 'Write the path as it is on this machine, such as /home/me/photos.',
  'services.picture': 'There is no such image.',
  'services.tile': 'There is no such tile.',
  'services.file.unreadable': '{file} does not exist, or is not an image Twinhead can read.',
  'services.file.unreadable.remedy': 'Choose another file, or put the old one back.',
  'services.file.other': '{file} is another image.',
  'services.file.other.remedy':
    'Choose the file with the same content, wherever it is now and whatever its name.',
  'services.file.changed': 'This file has changed since it was added. Its labels are kept.',
  'services.file.changed.remedy': 'Check its boxes, or put the old file back.',
  'services.file.damaged': 'This file can’t be read as an image any more. Its labels are kept.',
  'services.file.pages.remedy': 'Add the folder again and choose the pages to import as separate images.',
  'services.noImages': 'There is no usable image in {folders}.',
  'services.noImages.remedy': 'Choose a folder with JPEG, PNG, WebP, AVIF, HEIC, TIFF, GIF or BMP files.',
  'services.pages': 'pages {pages}',
  'services.pages.missing': {
    one: 'The file has {count} page or frame.',
    other: 'The file has {count} pages or frames.',
  },
  'services.page': 'page {page}',

  'services.import.noImages': 'No image of this dataset was found or can be read.',
  'services.import.zipAmong': 'A zip archive has to be imported by itself.',
  'services.import.zipAmong.remedy': 'Import the archive alone, or choose the files that it holds.',
  'services.import.class': 'class {name}',
  'services.import.noClass': 'The dataset has no class “{name}”.',
  'services.import.noClass.others': 'Its classes: {names}.',
  'services.import.noClass.remedy': 'Did you mean “{nearest}”?',
  'services.import.classesLeftOut': {
    one: '{count} label has a class that you chose not to import.',
    other: '{count} labels have classes that you chose not to import.',
  },
  'services.import.encoding.remedy':
    'If these names are wrong, undo the import first, then import again with another encoding.',
  'services.import.lookAlike':
    'The class “{name}” looks like “{like}” but is written differently. It is kept as a separate class.',
  'services.import.lookAlike.remedy': 'If they are the same class, merge them in the list of classes.',
  'services.import.copies': {
    one: '{count} image ({files}) is a copy of one that the project has from another folder: each counts by itself.',
    other:
      '{count} images ({files}) are copies of images that the project has from other folders: each counts by itself.',
  },
  'services.import.copies.remedy':
    'To label the images that are there instead, choose their folder as the folder of the images. After an import, undo it first.',
  'services.import.paged': {
    one: 'One file has several pages or frames; the first one is used.',
    other: '{count} files have several pages or frames; the first one is used.',
  },
  'services.import.paged.remedy':
    'Add the folder of these files and choose the pages to import as separate images.',
  'services.import.noGroupField': 'No image of the source has a field “{field}”.',
  'services.import.noGroupField.remedy': 'Name another one: {fields}.',
  'services.import.noGroupFields':
    'Leave it out: no field of the source has one value for several of its images and another for others.',
  'services.import.nothing': 'Nothing was imported: {problem}',
  'services.import.nothing.more': {
    one: 'Nothing was imported: {problem} There is one more problem.',
    other: 'Nothing was imported: {problem} There are {count} more problems.',
  },
  'services.import.strict.remedy': 'Correct the source, or import without --strict.',
  'services.import.className.remedy': 'Rename the class in the source and import again.',
  'services.import.manyClasses': 'It has {count} classes; {most} can be imported.',
  'services.import.manyClasses.remedy': 'Check that the column or field of classes is the right one.',
  'services.import.manyBoxes': '{image} has {count} boxes; {most} per image can be imported.',
  'services.import.manyBoxes.remedy': 'Cut the image into tiles, or remove duplicate boxes.',
  'services.import.several': '{image} has several image classes, and this project allows one.',
  'services.import.several.remedy': 'Allow several image classes in the project settings, then import again.',

  'services.export.noImages': 'The project has no images, so the export is empty.',
  'services.export.noImages.remedy': 'Add images and label some, then export again.',
  'services.export.noMatch': 'No image passes the filter, so the export is empty.',
  'services.export.noMatch.remedy': 'Choose another filter, split or state.',
  'services.export.unlabelled': 'None of these images is labelled, so the export has images but no labels.',
  'services.export.unlabelled.remedy': 'Label some images, then export again.',
  'services.export.unseen': 'Nobody has reviewed any of these images, so the export has none.',
  'services.export.unseen.remedy': 'Label some, or include images that nobody has reviewed.',
  'services.export.cannot': 'The format can’t store {what}.',
  'services.export.cannot.kept': 'The format can’t store {what}: twinhead.json beside it does.',
  'services.export.loses.imageClasses': {
    one: 'the classes of {count} image',
    other: 'the classes of {count} images',
  },
  'services.export.loses.attributes': {
    one: 'the attributes of {count} box',
    other: 'the attributes of {count} boxes',
  },
  'services.export.loses.scores': {
    one: 'the confidence of {count} box',
    other: 'the confidence of {count} boxes',
  },
  'services.export.loses.splits': {
    one: 'the split of {count} image',
    other: 'the split of {count} images',
  },
  'services.export.loses.states': {
    one: 'whether {count} image without labels was reviewed',
    other: 'whether {count} images without labels were reviewed',
  },
  'services.export.loses.unknown': {
    one: 'further fields of {count} box',
    other: 'further fields of {count} boxes',
  },
  'services.export.loses.unusedClasses': {
    one: '{count} class that is not used',
    other: '{count} classes that are not used',
  },
  'services.export.changedFile': 'The file has changed since it was labelled. It was exported as it is now.',
  'services.export.changedFile.dryRun':
    'The file has changed since it was labelled. It will be exported as it is now.',
  'services.export.changedFile.remedy': 'Open the image in Label, and check its labels.',
  'services.export.damagedFile': 'Left out: the file is damaged.',
  'services.export.resizedFile': 'Left out: the image is {now} now; it was {before} when it was labelled.',
  'services.export.changed':
    'Labels were changed while the export was written: images written later have the newer ones.',
  'services.export.changed.remedy': 'Export again to get consistent labels.',
  'services.export.blurred': {
    one: 'Blurred {count} box, on {images} of the copied images.',
    other: 'Blurred {count} boxes, on {images} of the copied images.',
  },
  'services.export.blurred.dryRun': {
    one: '{count} box will be blurred, on {images} of the copied images.',
    other: '{count} boxes will be blurred, on {images} of the copied images.',
  },
  'services.export.blurred.remedy':
    'Blurred copies are upright, in 8 bits and without metadata. What has no box is not blurred: look at the copies before you share them.',
  'services.export.blurCopies': 'Only copied images can be blurred.',
  'services.export.blurCopies.remedy': 'Copy the image files, or blur no class.',
  'services.export.noClass': 'The project has no object class “{name}”.',
  'services.export.noClass.remedy': 'Its object classes are: {classes}.',
  'services.export.missing': {
    one: '{count} image is left out, since its file does not exist ({files}).',
    other: '{count} images are left out, since their files do not exist ({files}).',
  },
  'services.export.missing.remedy': 'Find the files again, or export labels without images.',

  'services.frame': 'frame {frame}',
  'services.frames': { one: '{count} frame from {frame} on', other: '{count} frames from {frame} on' },
  'services.video.cancelled': 'Cancelled. Frames that were already added are kept.',
  'services.video.undecodable': 'The video can’t be decoded at this position; the other frames were added.',
  'services.video.undecodable.remedy': 'The file may be damaged or cut off: copy it again from its source.',
  'services.video.gone': 'The page that decoded the video was closed. The frames it sent are kept.',
  'services.video.gone.remedy': 'Choose the video again: only the frames that are missing are added.',
  'services.video.large': 'The frame is too large.',
  'services.video.mixed': 'The parts of different frames were mixed up.',

  'services.noLabels': {
    one: 'The only image has no label yet.',
    other: 'None of the {count} images has a label yet.',
  },
  'services.noLabels.remedy': 'Give images a class or draw boxes on them, then train.',
  'services.filter.empty': 'No image matches the saved filter “{name}” now.',
  'services.filter.empty.remedy': 'Change the filter in Label and save it again, or choose another one.',
  'services.filter.unlabelled': {
    one: 'The only image that matches the saved filter “{name}” has no label yet.',
    other: 'None of the {count} images that match the saved filter “{name}” has a label yet.',
  },
  'services.filter.unlabelled.remedy': 'Label these images or mark them as empty, or choose another filter.',
  'services.filter.untrained': {
    one: 'The only labelled image that matches the saved filter “{name}” is not in the training split.',
    other:
      'None of the {count} labelled images that match the saved filter “{name}” is in the training split.',
  },
  'services.filter.untrained.remedy': 'Move images into the training split, or choose another filter.',
  'services.filter.gone':
    'None of the images that the saved filter chose for {name} is in the training split any more.',
  'services.filter.gone.remedy': 'Move them back into the training split, or start a new run.',
  'services.leftOut': '{count} of {total} labelled images can’t be read ({files})',
  'services.leftOut.split': '{count} of {total} labelled {split} can’t be read ({files})',
  'services.leftOut.split.tooMany':
    '{leftOut}: too many to continue. At most half of a split may be unreadable.',
  'services.leftOut.tooMany':
    '{leftOut}: too many to continue. At most a tenth of the images may be unreadable.',
  'services.leftOut.tooMany.remedy':
    'The Dataset page lists them under “Worth a look”. Put missing files back, replace damaged ones, or remove the images from the project.',
  'services.changedFiles': {
    one: 'The file {files} has changed since it was labelled. It is used as it is now: check its labels, in Label.',
    other:
      '{count} files have changed since they were labelled ({files}). They are used as they are now: check their labels, in Label.',
  },
  'services.noneReadable': 'None of the labelled images can be read.',
  'services.noneReadable.remedy': 'Check whether their folder was moved or its disk was disconnected.',

  'services.run.finished': 'The run “{name}” is finished.',
  'services.run.finished.remedy': 'Train it for more epochs, or start a new run.',
  'services.run.notFinished': 'The run “{name}” has not finished.',
  'services.run.notFinished.remedy':
    'Resume it first. Once it has finished, you can train it for more epochs.',
  'services.run.endedEarly': 'The run “{name}” ended early because it no longer improved.',
  'services.run.endedEarly.remedy': 'Start a new run, with other settings or more labels.',
  'services.run.fewEpochs': {
    one: 'The run “{name}” already has {count} epoch.',
    other: 'The run “{name}” already has {count} epochs.',
  },
  'services.run.fewEpochs.remedy': 'Choose {least} or more.',
  'services.run.notTraining': 'The run “{name}” is not training.',
  'services.run.notTraining.remedy': 'There is nothing to stop.',
  'services.run.training': 'The run “{name}” is training.',
  'services.run.training.remedy': 'Stop it first.',
  'services.run.stopped': 'The training was stopped.',
  'services.run.stopped.remedy': 'You can resume it at any time.',
  'services.run.unknown': 'This version of Twinhead can’t use the run “{name}”. {problem}',
  'services.run.unknown.remedy': 'Open the project with the version that trained it, {version}.',
  'services.run.noCheckpoint': 'The run “{name}” has no checkpoint yet.',
  'services.run.noCheckpoint.remedy': 'Let it train for at least one epoch, or choose another run.',
  'services.split': 'split {split}',
  'services.testSet.empty': 'Test set “{name}” has no labelled images.',
  'services.testSet.empty.remedy': 'Label images of this test set, or mark them as empty.',
  'services.testSet.split': '“{name}” is a part of the test split.',
  'services.testSet.split.remedy': 'Choose the test split, or leave out the test set.',
  'services.filter.split': 'The saved filter “{name}” chooses images of every split.',
  'services.filter.split.remedy':
    'Leave out the split and the test set; or filter by split in Label and save that filter.',
  'services.split.empty': 'No labelled image is in the {split} split.',
  'services.split.empty.remedy': 'Assign splits, or choose another split.',

  'services.suggest.missing':
    'The files of these images are missing, so there is none to suggest labels for.',
  'services.suggest.missing.remedy': 'Find the files again, or choose other images.',
  'services.suggest.none': 'Every image has been reviewed: there is none to suggest labels for.',
  'services.suggest.none.remedy': 'Add images, or mark some as unseen.',
  'services.explain.class': 'The run doesn’t tell this class: {name}.',
  'services.explain.class.remedy': 'It tells: {names}.',
  'services.predict.first': 'Twinhead can’t predict on any of these images. The first: {problem}',
  'services.predict.none': 'There is no image to predict on.',
  'services.predict.none.remedy': 'Name image files that can be opened, or a folder with some.',
  'services.predict.undecodable': 'This image can’t be decoded.',
  'services.predict.undecodable.remedy': 'Save it again in an image program, as PNG or JPEG.',

  'services.compare.same': '“{one}” and “{other}” are the same configuration.',
  'services.compare.same.remedy':
    'Leave one out, or change one of its settings. The seed makes no difference: each gets the same ones.',
  'services.compare.doubled': 'Two variants are called “{name}”.',
  'services.compare.doubled.remedy': 'Give each another name.',
  'services.compare.joint': 'Comparing joint with separate training takes one configuration.',
  'services.compare.joint.remedy': 'Compare several configurations without it, or give only one.',
  'services.compare.weights': 'Both heads need a weight above 0 to be trained jointly.',
  'services.compare.weights.remedy': 'Leave the weights out: the comparison also trains each head alone.',
  'services.compare.stopped': 'The run “{name}” of the comparison was stopped.',
  'services.compare.stopped.remedy': 'Start the same comparison again to continue it.',
  'services.compare.otherLabels': 'The runs were not all trained on the same labels.',
  'services.compare.otherFigures':
    'The runs were not all evaluated on the same labels. Evaluate those with older results again.',
  'services.compare.otherVersions': 'The runs were not all trained by the same version of the program.',
  'services.compare.otherDevices':
    'The runs were not all trained on the same device: their times can’t be compared.',
  'services.compare.unjudged': 'Runs without results on this split: {count} of {total}.',
  'services.compare.unfinished': 'Runs that are not finished: {count} of {total}.',

  'services.compare.variant.proposed': 'proposed',
  'services.compare.variant.joint': 'joint',
  'services.compare.variant.imageClass': 'image class alone',
  'services.compare.variant.boxes': 'boxes alone',
  'services.compare.run': '{variant}, seed {seed}',

  'services.resources.refused': 'This exported model could not be measured: {reason}',

  'corruption.noise': 'Noise',
  'corruption.blur': 'Blur',
  'corruption.darker': 'Darker',
  'corruption.brighter': 'Brighter',
  'corruption.contrast': 'Low contrast',
  'corruption.jpeg': 'JPEG compression',
  'corruption.smaller': 'Smaller',
  'corruption.larger': 'Larger',

  'evaluation.none': 'No predictions of {name} are stored for this split.',
  'evaluation.none.remedy': 'Evaluate the run on it again.',
  'evaluation.compared.same': '{name} can’t be compared with itself on the same labels.',
  'evaluation.compared.same.remedy': 'Choose another run, or a snapshot of the labels.',
  'evaluation.compared.leftOut': {
    one: '{count} image is left out: only one side has predictions and labels for it.',
    other: '{count} images are left out: only one side has predictions and labels for them.',
  },
  'evaluation.compared.heads': 'Only the heads that both runs have are compared.',
  'evaluation.compared.classes':
    'The runs don’t tell the same classes apart. Each is scored by the classes that it knows.',
  'evaluation.compared.weights':
    'The two runs weigh the heads differently. Both overall scores here use the weights of the second one.',
  'evaluation.compared.shownFrom':
    'Errors are counted from a score of {base} for the first side, of {own} for the second.',
  'evaluation.unanswered': {
    one: '{count} labelled image of this split is not counted: it couldn’t be read, or was added later. Evaluate again to count it, if its file can be read by now.',
    other:
      '{count} labelled images of this split are not counted: they couldn’t be read, or were added later. Evaluate again to count those whose files can be read by now.',
  },
  'evaluation.few': {
    one: 'Only {count} image: these scores may be far off.',
    other: 'Only {count} images: these scores may be far off.',
  },
  'evaluation.few.accuracy': {
    one: 'Only {count} image: these scores may be far off. The accuracy on all such images may lie anywhere from {low} to {high} (95% interval).',
    other:
      'Only {count} images: these scores may be far off. The accuracy on all such images may lie anywhere from {low} to {high} (95% interval).',
  },
  'evaluation.tooFew': {
    one: 'Only {count} image: too few to say how good this run is. Put more labelled images into this split.',
    other:
      'Only {count} images: too few to say how good this run is. Put more labelled images into this split.',
  },
  'evaluation.filter.changed':
    'The saved filter “{name}” has been changed since this evaluation. Evaluate again to use it as it is now.',
  'evaluation.filter.deleted':
    'The saved filter “{name}” has been deleted since this evaluation. These results stay, but can’t be made again.',
  'evaluation.filter.more': {
    one: '{count} more labelled image matches the saved filter “{name}” now. Evaluate again to count it.',
    other: '{count} more labelled images match the saved filter “{name}” now. Evaluate again to count them.',
  },
  'evaluation.unread': {
    one: '{count} of these images is not counted: it couldn’t be read. Evaluate again if its file can be read by now.',
    other:
      '{count} of these images are not counted: they couldn’t be read. Evaluate again if their files can be read by now.',
  },
  'evaluation.trainedOn': {
    one: '{count} of these images was in the training set when this run was trained: the scores are better than they would be on new images.',
    other:
      '{count} of these images were in the training set when this run was trained: the scores are better than they would be on new images.',
  },
  'evaluation.trainedOn.all': {
    one: 'The image was in the training set when this run was trained: the scores are better than they would be on new images.',
    other:
      'All {count} images were in the training set when this run was trained: the scores are better than they would be on new images.',
  },
  'evaluation.trainedOn.copies': {
    one: '{count} of these images ({files}) has the same content as an image that this run was trained on: the scores are better than they would be on new images.',
    other:
      '{count} of these images ({files}) have the same content as images that this run was trained on: the scores are better than they would be on new images.',
  },
  'evaluation.changed': {
    one: 'The file of {count} image has changed since the predictions were made; it is not counted.',
    other: 'The files of {count} images have changed since the predictions were made; they are not counted.',
  },
  'evaluation.overwritten': {
    one: 'The file of {count} image has changed since it was labelled ({files}): check its labels, in Label.',
    other:
      'The files of {count} images have changed since they were labelled ({files}): check their labels, in Label.',
  },
  'evaluation.gone.object': 'No longer classes of this project: {names}. Their detections are not counted.',
  'evaluation.gone.image':
    'No longer classes of this project: {names}. Images predicted as one of them count as wrong.',
  'evaluation.added': 'The run was not trained on: {names}. Labels of these classes are not counted.',
} as const;
