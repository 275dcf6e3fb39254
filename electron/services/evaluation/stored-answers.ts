import type { OutputOf, ParsedInputOf } from '../../common/contract.ts';
import type { Run } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import type { EvaluationPart } from '../../common/score-parts.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { EvaluatedOn } from '../../store/index.ts';
import { requireKnown } from '../runs/known-run.ts';
import type { OpenProject } from '../scope/open-project.ts';

export const notStored = ({ name }: Run): TwinheadError =>
  new TwinheadError('not-found', say('evaluation.none', { name }), { remedy: say('evaluation.none.remedy') });

/** @throws TwinheadError `not-found` for an unknown run, or one without stored predictions on these images */
async function requireStored({ store }: OpenProject, runId: string, on: EvaluatedOn): Promise<Run> {
  const run = store.runs.find(runId);
  await requireKnown(run);
  if (store.answers.of(run.id, on) === null) throw notStored(run);
  return run;
}

/** The part with the id of the run that it names. @throws TwinheadError as requireStored */
export async function requirePart(
  project: OpenProject,
  part: EvaluationPart,
  on: EvaluatedOn,
): Promise<EvaluationPart> {
  if (part.of !== 'changed') return part;
  return { ...part, run: (await requireStored(project, part.run, on)).id };
}

/**
 * A run beside another one, or beside itself by other labels.
 * @throws TwinheadError as requireStored; `invalid-input` where both are the same, `not-found` for an unknown snapshot
 */
export async function compareStored(
  project: OpenProject,
  { runId, base, snapshot, ...on }: ParsedInputOf<'evaluation.compare'>,
): Promise<OutputOf<'evaluation.compare'>> {
  const run = await requireStored(project, runId, on);
  const other = await requireStored(project, base.runId, on);
  if (run.id === other.id && snapshot === base.snapshot) {
    throw new TwinheadError('invalid-input', say('evaluation.compared.same', { name: run.name }), {
      place: 'base',
      remedy: say('evaluation.compared.same.remedy'),
    });
  }
  const own = { runId: run.id, ...on, snapshot: snapshot ?? undefined };
  const against = { runId: other.id, ...on, snapshot: base.snapshot ?? undefined };
  const comparison = await project.scoring.compare(own, against);
  if (comparison === null) throw notStored(run);
  const baseNotes = run.id === other.id ? [] : ((await project.scoring.notes(against)) ?? []);
  return { comparison, baseNotes };
}
