import type { Run } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Said } from '../../common/sentences/sentence.ts';

/** A run whose configuration says what this version does not know: of a later version, or altered by hand. */
async function refusal(run: Run): Promise<TwinheadError | null> {
  const [{ TrainingConfig }, { parseTrainingConfig }] = await Promise.all([
    import('../../learning/config/schema.ts'),
    import('../../learning/config/config.ts'),
  ]);
  // Whether its settings fit together was asked when it was started.
  if (TrainingConfig.safeParse(run.config).success) return null;
  try {
    parseTrainingConfig(run.config);
    return null;
  } catch (error) {
    if (!(error instanceof TwinheadError)) throw error;
    const { name, appVersion } = run;
    return new TwinheadError(
      'unusable-input',
      say('services.run.unknown', { name, problem: error.said }),
      { place: error.details.place, remedy: say('services.run.unknown.remedy', { version: appVersion }) },
      { cause: error },
    );
  }
}

/** @throws TwinheadError `unusable-input` where this version can't work with the run; nothing was changed */
export async function requireKnown(run: Run): Promise<void> {
  const error = await refusal(run);
  if (error !== null) throw error;
}

/** Why this version can't work with a run, and what to do; null: it can. */
export async function whyUnknown(run: Run): Promise<Said[] | null> {
  const error = await refusal(run);
  if (error === null) return null;
  const { remedy } = error.details;
  return remedy === undefined ? [error.said] : [error.said, remedy];
}
