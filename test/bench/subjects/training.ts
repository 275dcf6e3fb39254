import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { TrainingEvent } from '../../../electron/common/entities.ts';
import { createRandom } from '../../../electron/common/random.ts';
import type { NamedClass, TrainingDataset, TrainingSample } from '../../../electron/learning/index.ts';
import type { Subject } from '../types.ts';

const SIZE = 128;
const CLASSES = 10;
const TRAIN = 768;
const VALIDATION = 96;
const EPOCHS = 3;

/** What a training as the app proposes it does to the thread that answers people, and how long it waits for data. */
export const training: Subject = {
  figures: [
    { name: 'learning.dataWait', unit: 'share', budget: 0.05 },
    { name: 'learning.mainThreadGap', unit: 'ms', budget: 50 },
  ],
  async measure(_names, report) {
    const { findEngine } = await import('../../../electron/engine/index.ts');
    const { parseTrainingConfig, startTraining } = await import('../../../electron/learning/index.ts');
    const folder = mkdtempSync(path.join(os.tmpdir(), 'twinhead-bench-'));
    try {
      const steps: Extract<TrainingEvent, { type: 'step' }>[] = [];
      const dataset = randomDataset(path.join(folder, 'pixels'));
      const config = parseTrainingConfig({ inputSize: SIZE, epochs: EPOCHS });
      const engine = findEngine();
      report.engine(engine.kind);
      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      const { done } = startTraining(
        { engine, config, dataset, runFolder: folder, resume: false },
        (event) => {
          if (event.type === 'step') steps.push(event);
          else if (event.type === 'epoch') report.progress(`epoch ${event.epoch} of ${EPOCHS}`);
        },
      );
      await done;
      delay.disable();
      // The first epoch is where caches fill and the graph is optimised.
      const later = steps.filter(({ epoch }) => epoch > 1);
      const waits = later.reduce((sum, { dataWait }) => sum + dataWait, 0);
      report.progress(`${later.at(-1)?.imagesPerSecond.toFixed(0) ?? 'no'} images a second`);
      report.value('learning.dataWait', waits / later.length);
      report.value('learning.mainThreadGap', delay.max / 1e6);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

/** Noise with one to five boxes an image: as much work as real pictures, nothing to learn. */
function randomDataset(pixelFile: string): TrainingDataset {
  const random = createRandom(3);
  const classes = (kind: string): NamedClass[] =>
    Array.from({ length: CLASSES }, (_, id) => ({ id, name: `${kind} ${id}` }));
  const pixels = new Uint32Array(((TRAIN + VALIDATION) * SIZE * SIZE * 3) / 4);
  for (let i = 0; i < pixels.length; i++) pixels[i] = random.next() * 2 ** 32;
  writeFileSync(pixelFile, pixels);
  const samples = Array.from({ length: TRAIN + VALIDATION }, (_, row): TrainingSample => {
    const boxes = Array.from({ length: 1 + random.integer(5) }, () => {
      const width = 16 + random.integer(48);
      const height = 16 + random.integer(48);
      return {
        x: random.integer(SIZE - width),
        y: random.integer(SIZE - height),
        width,
        height,
        classIndex: random.integer(CLASSES),
      };
    });
    return {
      row,
      imageId: row,
      split: row < TRAIN ? 'train' : 'val',
      width: SIZE,
      height: SIZE,
      imageClass: random.integer(CLASSES),
      boxes,
    };
  });
  return {
    imageClasses: classes('scene'),
    objectClasses: classes('thing'),
    samples,
    pixelFile,
    inputSize: SIZE,
  };
}
