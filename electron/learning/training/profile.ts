import path from 'node:path';
import type { TrainingEvent } from '../../common/entities.ts';
import { writeAtomically } from '../../files/index.ts';
import { timeOperations } from '../../engine/graph/index.ts';
import type { Engine } from '../../engine/types.ts';
import type { BatchArrays } from '../samples/batch-arrays.ts';
import { createEagerRunner } from '../model/runner.ts';
import type { StateArrays } from '../model/runner.ts';
import type { TrainStep } from '../model/step.ts';

type ProfileEvent = Extract<TrainingEvent, { type: 'profile' }>;
/** What one step took, operation by operation. */
export type StepProfile = Pick<ProfileEvent, 'stepMilliseconds' | 'operations'>;

const PROFILE_FILE = 'profile.json';
const MEASURED_STEPS = 3;

/**
 * Times the operations of a training step, run one by one after a step that is not counted; means of one step. The
 * compiled step runs the same operations, but TensorFlow then fuses some of them and runs several at once.
 * @param state is left as it is
 */
export function profileStep(
  engine: Engine,
  step: TrainStep,
  state: StateArrays,
  batch: BatchArrays,
  scalars: Readonly<Record<string, number>>,
): StepProfile {
  const runner = createEagerRunner(engine, step, state);
  try {
    runner.run(batch, scalars);
    const started = performance.now();
    const times = timeOperations(engine, () => {
      for (let i = 0; i < MEASURED_STEPS; i++) runner.run(batch, scalars);
    });
    const stepMilliseconds = (performance.now() - started) / MEASURED_STEPS;
    const operations = times.map(({ op, count, milliseconds }) => ({
      op,
      count: count / MEASURED_STEPS,
      milliseconds: milliseconds / MEASURED_STEPS,
    }));
    return { stepMilliseconds, operations };
  } finally {
    runner.dispose();
  }
}

/** Writes a profile into the folder of its run. */
export async function writeProfile(runFolder: string, profile: ProfileEvent): Promise<void> {
  await writeAtomically(path.join(runFolder, PROFILE_FILE), `${JSON.stringify(profile, null, 2)}\n`);
}
