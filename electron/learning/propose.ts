import os from 'node:os';
import type { TrainingConfig } from './config.ts';
import { parseTrainingConfig } from './config.ts';
import { applySettings, mergeConfig } from './config.ts';
import type { DatasetSummary } from './dataset.ts';

export interface Machine {
  readonly cores: number;
  /** A graphics card that TensorFlow can use. */
  readonly accelerator: boolean;
}

/** The smallest box should span about this many pixels of the input. */
const SMALL_BOX_PIXELS = 12;

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

/** Images of about this side and more show what a network has learned on photographs of everything; smaller ones do not. */
const PHOTOGRAPH_SIDE = 192;

/** Settings that go with a trunk: those that reached most on blood cells and on digit scenes (docs/learning.md). */
const RECIPES = {
  lite0: { steps: 900, fewestEpochs: 16, mostEpochs: 60, learningRate: 0.004, flip: 0.5 },
  nano: { steps: 2300, fewestEpochs: 24, mostEpochs: 200, learningRate: 0.012, flip: 0 },
  plain: { steps: 2300, fewestEpochs: 24, mostEpochs: 200, learningRate: 0.012, flip: 0 },
} as const;

/**
 * A configuration for the data at hand, with the reasons in words.
 * @param machine this one where not given
 * @param network where a person has chosen it
 */
export function proposeConfig(
  summary: DatasetSummary,
  machine: Machine = { cores: os.availableParallelism(), accelerator: false },
  network: TrainingConfig['network'] = summary.imageSide >= PHOTOGRAPH_SIDE ? 'lite0' : 'nano',
): { config: TrainingConfig; reasons: string[] } {
  const reasons: string[] = [];
  const recipe = RECIPES[network];
  if (network === 'lite0') {
    reasons.push(
      `lite0: images of ${summary.imageSide} pixels gain from what the network has learned on a million photographs.`,
    );
  } else if (network === 'nano') {
    reasons.push(`nano: small and quick, learns images of ${summary.imageSide} pixels from scratch.`);
  }
  const inputSize = proposeInputSize(summary, machine, reasons);
  const batch = clamp(2 ** Math.floor(Math.log2(Math.max(1, summary.trainImages / 16))), 4, 32);
  reasons.push(`Batches of ${batch}: at least 16 steps an epoch where there are images enough.`);
  const stepsAnEpoch = Math.max(1, Math.floor(summary.trainImages / batch));
  const epochs = clamp(Math.round(recipe.steps / stepsAnEpoch), recipe.fewestEpochs, recipe.mostEpochs);
  reasons.push(
    `${epochs} epochs: about ${epochs * stepsAnEpoch} steps for ${summary.trainImages} training images.`,
  );
  if (summary.objectClasses > 0) {
    reasons.push(
      `Dense box head: images have ${summary.meanBoxes.toFixed(1)} boxes on average and up to ${summary.mostBoxes}.`,
    );
  }
  reasons.push(
    recipe.flip > 0
      ? 'Half of the images are mirrored left to right: set augment.flip = 0 where that changes a class, as with letters.'
      : 'No mirroring: whether your classes survive it is yours to say (augment.flip = 0.5 helps where they do).',
  );
  const config = parseTrainingConfig({
    network,
    inputSize,
    batch,
    epochs,
    optimizer: { learningRate: recipe.learningRate },
    augment: { flip: recipe.flip },
    slots: { count: clamp(summary.mostBoxes, 1, 100) },
  });
  return { config, reasons };
}

/**
 * The configuration of a run: what is proposed for the network that a person wants, with the person's changes over it.
 * @param changes part of a configuration, as a file has it @param settings lines of key=value
 * @throws TwinheadError `invalid-input` as mergeConfig and applySettings do
 */
export function configureRun(
  summary: DatasetSummary,
  changes: unknown,
  settings: readonly string[],
): TrainingConfig {
  const over = (config: TrainingConfig) => applySettings(mergeConfig(config, changes), settings);
  const proposed = proposeConfig(summary).config;
  const wanted = over(proposed);
  if (wanted.network === proposed.network) return wanted;
  return over(proposeConfig(summary, undefined, wanted.network).config);
}

function proposeInputSize(summary: DatasetSummary, machine: Machine, reasons: string[]): number {
  const { imageSide, smallBox } = summary;
  const needed = smallBox === null ? 160 : SMALL_BOX_PIXELS / Math.max(smallBox, 1e-3);
  const affordable = machine.accelerator ? 640 : machine.cores >= 8 ? 416 : 320;
  const wanted = Math.min(Math.max(needed, Math.min(imageSide, 224)), imageSide, affordable);
  const inputSize = clamp(Math.round(wanted / 32) * 32, 64, 1024);
  if (inputSize >= imageSide) {
    reasons.push(`Input of ${inputSize} pixels: about the size of your images.`);
  } else if (needed > affordable) {
    reasons.push(
      `Input of ${inputSize} pixels: your smallest boxes want more, but this machine would be slow.`,
    );
  } else {
    reasons.push(
      `Input of ${inputSize} pixels: your smaller boxes stay about ${SMALL_BOX_PIXELS} pixels wide.`,
    );
  }
  return inputSize;
}
