import type { OutputOf } from '../../common/contract.ts';
import type { Run, SplitScores } from '../../common/entities.ts';
import { FIGURES } from '../../common/heads.ts';
import type { EvaluatedOn } from '../../store/index.ts';
import { kindsOf } from '../models/prediction.ts';
import { whyUnknown } from '../runs/known-run.ts';
import type { OpenProject } from '../scope/open-project.ts';

/** What a run is worth by the labels of now where its predictions are stored, else as it was evaluated. */
export async function evaluationNow(
  { store, scoring }: OpenProject,
  run: Run,
  on: EvaluatedOn,
): Promise<OutputOf<'evaluation.get'>> {
  const before =
    on.filter !== undefined
      ? (store.filterEvaluations.of(run.id, on.filter)?.evaluation ?? null)
      : on.testSet === undefined
        ? store.runs.evaluation(run.id, on.split)
        : null;
  const answered = store.answers.of(run.id, on);
  const set = { runId: run.id, ...on };
  const unknown = await whyUnknown(run);
  if (answered === null || unknown !== null) return { evaluation: before, live: null };
  if (on.testSet === undefined && before === null) return { evaluation: null, live: null };
  const { at: predictedAt, epoch } = answered;
  const kinds = kindsOf(answered);
  if (before !== null && !store.labelsChanged(before.dataRevision)) {
    const notes = (await scoring.notes(set)) ?? [];
    return { evaluation: before, live: { predictedAt, epoch, kinds, before, notes } };
  }
  const scores = await scoring.scores(set);
  if (scores === null) return { evaluation: before, live: null };
  const evaluation = { ...scores.evaluation, seconds: before?.seconds ?? null };
  const live = { predictedAt, epoch, kinds, before: before ?? evaluation, notes: [...scores.notes] };
  return { evaluation, live };
}

const COMPARED = ['train', 'val', 'test'] as const;

/** The scores of a run on each split, side by side. */
export function splitScores(project: OpenProject, run: Run): Promise<SplitScores[]> {
  const figures = FIGURES.filter(({ first }) => first);
  return Promise.all(
    COMPARED.map(async (split): Promise<SplitScores> => {
      const { evaluation } = await evaluationNow(project, run, { split });
      const scores = evaluation && {
        images: evaluation.images,
        overall: evaluation.overall,
        tasks: Object.fromEntries(figures.map(({ task, of }) => [task, of(evaluation)])),
      };
      const evaluable = (['labelled', 'empty'] as const).some(
        (state) => project.store.images.first({ split, state }, 1).length > 0,
      );
      return { split, scores, evaluable };
    }),
  );
}
