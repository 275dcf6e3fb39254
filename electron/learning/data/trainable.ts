import { TwinheadError } from '../../common/errors.ts';
import { mostShown } from './mosaic.ts';
import type { TrainingConfig } from '../config/schema.ts';
import { chosenHeads, contextOf, gridOf } from '../heads/chosen.ts';
import { heads } from '../heads/index.ts';
import type { HeadData, Task, TaskHead } from '../heads/types.ts';
import type { LabelledData, TrainingSample } from './dataset.ts';

function refuse(message: string, remedy: string): never {
  throw new TwinheadError('not-trainable', message, { remedy });
}

const inTraining = ({ samples }: LabelledData): TrainingSample[] =>
  samples.filter(({ split }) => split === 'train');

/** The chosen heads that the training images teach something. */
export function learnableHeads(data: LabelledData, config: TrainingConfig): TaskHead[] {
  const train = inTraining(data);
  return chosenHeads(config).filter(({ task }) => config.weights[task.name] > 0 && task.learnable(train));
}

/** Whether an image has a label for some task. */
export const isLabelled = (sample: TrainingSample): boolean =>
  heads.some(({ task }) => task.classesOf(sample) !== null);

/**
 * Whether a training on this data can teach anything.
 * @returns what is doubtful but can be trained, in full sentences.
 * @throws TwinheadError `not-trainable` with the remedy.
 */
export function checkTrainable(data: LabelledData, config: TrainingConfig): { warnings: string[] } {
  const { samples } = data;
  if (samples.length === 0) refuse('The project has no images to train on.', 'Add images and label them.');
  const labelled = samples.filter(isLabelled);
  if (labelled.length === 0) {
    refuse('No image has a label.', 'Give images a class, or draw boxes on them.');
  }
  if (labelled.length < 2) {
    refuse(
      'Only one image is labelled: there is one to learn from, but none to judge by.',
      'Label more images; some fifty are a start.',
    );
  }
  const splits = 'Assign splits (Dataset → Splits), for example 70 % train, 15 % validation, 15 % test.';
  const train = labelled.filter(({ split }) => split === 'train');
  const validation = labelled.filter(({ split }) => split === 'val');
  if (train.length === 0) refuse('No labelled image is in the training split.', splits);
  if (validation.length === 0) {
    refuse('No labelled image is in the validation split, so nothing would tell when to stop.', splits);
  }
  const learning = learnableHeads(data, config);
  if (learning.length === 0) explainNothingToLearn(train, data, config);
  const unjudged = learning.filter(({ task }) => !task.judgeable(validation));
  if (unjudged.length === learning.length) {
    refuse(
      'No validation image has a label that the trained heads could be judged by, so nothing would tell which epoch is best.',
      'Move images with such labels to the validation split (Dataset → Splits), or label some there.',
    );
  }
  const left = chosenHeads(config).filter(
    (head) => !learning.includes(head) && config.weights[head.task.name] > 0 && hasClasses(data, head.task),
  );
  const about: HeadData = {
    train,
    all: samples,
    used: [...train, ...validation],
    batch: config.batch,
    room: (most) => mostShown(config, most),
  };
  const grid = gridOf(config);
  return {
    warnings: [
      ...left.map(({ task }) => task.notLearnable),
      ...unjudged.map(({ task }) => task.notJudgeable),
      ...learning.flatMap((head) => {
        const context = contextOf(head, config, grid, data[head.task.classes].length);
        const doubts = head.check(context, about);
        return [...head.task.doubts(train, data), ...doubts];
      }),
    ],
  };
}

const hasClasses = (data: LabelledData, { classes }: Task): boolean => data[classes].length > 0;

function explainNothingToLearn(
  train: readonly TrainingSample[],
  { imageClasses }: LabelledData,
  config: TrainingConfig,
): never {
  if (chosenHeads(config).every(({ task }) => config.weights[task.name] === 0)) {
    refuse('Both heads have the weight 0.', 'Set weights.imageClass or weights.boxes above 0.');
  }
  const only = train.find(({ imageClass }) => imageClass !== null)?.imageClass;
  if (only !== undefined && only !== null && config.weights.imageClass > 0) {
    const name = imageClasses[only]?.name ?? 'one class';
    refuse(
      `Every training image has the class "${name}" and none has a box: there is nothing to tell apart.`,
      'Label images of at least two classes, or draw boxes.',
    );
  }
  refuse(
    'The training images have no label that the chosen heads can learn.',
    'Label images of at least two classes, draw boxes, or set the weight of the other head above 0.',
  );
}
