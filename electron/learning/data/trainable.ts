import type { TaskName } from '../../common/heads.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Said, Sentence } from '../../common/sentences/sentence.ts';
import { mostShown } from './mosaic.ts';
import type { TrainingConfig } from '../config/schema.ts';
import { chosenHeads, contextOf, gridOf } from '../config/chosen-heads.ts';
import { heads } from '../heads/index.ts';
import type { HeadData, Task, TaskHead } from '../heads/types.ts';
import type { LabelledData, TrainingSample } from '../samples/dataset.ts';

function refuse(said: Sentence, remedy: Sentence): never {
  throw new TwinheadError('not-trainable', said, { remedy });
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
 * @returns what is doubtful but can be trained.
 * @throws TwinheadError `not-trainable` with the remedy.
 */
export function checkTrainable(data: LabelledData, config: TrainingConfig): { warnings: Said[] } {
  const { samples } = data;
  if (samples.length === 0) refuse(say('training.noImages'), say('training.noImages.remedy'));
  const labelled = samples.filter(isLabelled);
  if (labelled.length === 0) refuse(say('training.noLabels'), say('training.noLabels.remedy'));
  if (labelled.length < 2) refuse(say('training.oneLabelled'), say('training.oneLabelled.remedy'));
  const splits = say('training.splits.remedy');
  const train = labelled.filter(({ split }) => split === 'train');
  const validation = labelled.filter(({ split }) => split === 'val');
  if (train.length === 0) refuse(say('training.noTrain'), splits);
  if (validation.length === 0) refuse(say('training.noValidation'), splits);
  const learning = learnableHeads(data, config);
  if (learning.length === 0) explainNothingToLearn(train, data, config);
  const unevaluated = learning.filter(({ task }) => !task.evaluable(validation));
  if (unevaluated.length === learning.length) {
    refuse(say('training.notJudgeable'), say('training.notJudgeable.remedy'));
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
      ...unevaluated.map(({ task }) => task.notEvaluable),
      ...learning.flatMap((head) => {
        const context = contextOf(head, config, grid, data[head.task.classes].length);
        const doubts = head.check(context, about);
        return [...head.task.doubts(train, data), ...doubts];
      }),
    ],
  };
}

/**
 * What a training would learn, from how many labelled images, and how many it would be evaluated on; `assignable` where
 * assigning splits to labelled images without one gives it what it lacks.
 */
export function sizeTraining(
  data: LabelledData,
  config: TrainingConfig,
): { learns: TaskName[]; train: number; validation: number; assignable: boolean } {
  const labelled = data.samples.filter(isLabelled);
  const count = (wanted: TrainingSample['split']): number =>
    labelled.filter(({ split }) => split === wanted).length;
  const [train, validation] = [count('train'), count('val')];
  return {
    learns: learnableHeads(data, config).map(({ task }) => task.name),
    train,
    validation,
    assignable: (train === 0 || validation === 0) && labelled.length > 1 && count('none') > 0,
  };
}

const hasClasses = (data: LabelledData, { classes }: Task): boolean => data[classes].length > 0;

function explainNothingToLearn(
  train: readonly TrainingSample[],
  data: LabelledData,
  config: TrainingConfig,
): never {
  if (chosenHeads(config).every(({ task }) => config.weights[task.name] === 0)) {
    refuse(say('training.noWeight'), say('training.noWeight.remedy'));
  }
  for (const { task } of chosenHeads(config)) {
    const [only, ...others] = new Set(train.flatMap((sample) => task.classesOf(sample) ?? []));
    if (only === undefined || others.length > 0 || config.weights[task.name] === 0) continue;
    const name = data[task.classes][only]?.name ?? '';
    refuse(say('training.oneClass', { name }), say('training.oneClass.remedy'));
  }
  refuse(say('training.nothingToLearn'), say('training.nothingToLearn.remedy'));
}
