import os from 'node:os';
import type { TrainingConfig } from './config.ts';
import { parseTrainingConfig } from './config.ts';
import type { DatasetSummary } from './dataset.ts';

export interface Machine {
  readonly cores: number;
  /** A graphics card that TensorFlow can use. */
  readonly accelerator: boolean;
}

/** The smallest box should span about this many pixels of the input. */
const SMALL_BOX_PIXELS = 12;

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

/**
 * A configuration for the data at hand, with the reasons in words.
 * @param machine this one where not given
 */
export function proposeConfig(
  summary: DatasetSummary,
  machine: Machine = { cores: os.availableParallelism(), accelerator: false },
): { config: TrainingConfig; reasons: string[] } {
  const reasons: string[] = [];
  const inputSize = proposeInputSize(summary, machine, reasons);
  const batch = clamp(2 ** Math.floor(Math.log2(Math.max(1, summary.trainImages / 16))), 4, 32);
  reasons.push(`Batches of ${batch}: at least 16 steps an epoch where there are images enough.`);
  const stepsAnEpoch = Math.max(1, Math.floor(summary.trainImages / batch));
  const epochs = clamp(Math.round(2300 / stepsAnEpoch), 24, 200);
  reasons.push(
    `${epochs} epochs: about ${epochs * stepsAnEpoch} steps for ${summary.trainImages} training images.`,
  );
  if (summary.objectClasses > 0) {
    reasons.push(
      `Dense box head: images have ${summary.meanBoxes.toFixed(1)} boxes on average and up to ${summary.mostBoxes}.`,
    );
  }
  reasons.push(
    'No mirroring: whether your classes survive it is yours to say (augment.flip = 0.5 helps where they do).',
  );
  const config = parseTrainingConfig({
    network: 'nano',
    inputSize,
    batch,
    epochs,
    slots: { count: clamp(summary.mostBoxes, 1, 100) },
  });
  return { config, reasons };
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
