import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Run } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { OpenProject } from '../scope/open-project.ts';

/**
 * The step of the checkpoint that a run would go on from; null: it begins anew, as one that was stopped before its
 * first checkpoint does.
 * @throws TwinheadError `unusable-input` where the checkpoint is damaged or of another version
 */
export async function resumeStepOf({ store }: OpenProject, run: Run): Promise<number | null> {
  const { checkpointPosition, LAST_CHECKPOINT } = await import('../../learning/index.ts');
  const checkpoint = path.join(store.runs.folder(run.id), LAST_CHECKPOINT);
  return existsSync(checkpoint) ? (await checkpointPosition(checkpoint)).step : null;
}

/**
 * What a finished run is to be like with more epochs: the checkpoint of its end goes on, with a schedule of its own for
 * what is added.
 * @throws TwinheadError `not-allowed` for a run that has not come to its end, or that ended early because nothing got
 * better; `invalid-input` where nothing is added
 */
export async function extended(run: Run, epochs: number): Promise<Pick<Run, 'config' | 'epochs'>> {
  const { name, epoch } = run;
  if (run.state !== 'done' || epoch < run.epochs) {
    const why = run.state === 'done' ? 'services.run.endedEarly' : 'services.run.notFinished';
    throw new TwinheadError('not-allowed', say(why, { name }), { remedy: say(`${why}.remedy`) });
  }
  if (epochs <= epoch) {
    throw new TwinheadError('invalid-input', say('services.run.fewEpochs', { name, count: epoch }), {
      place: 'epochs',
      remedy: say('services.run.fewEpochs.remedy', { least: epoch + 1 }),
    });
  }
  const { parseTrainingConfig } = await import('../../learning/index.ts');
  const config = parseTrainingConfig(run.config);
  return { epochs, config: { ...config, epochs, schedule: { ...config.schedule, restart: epoch } } };
}
