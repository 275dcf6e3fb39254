import { existsSync } from 'node:fs';
import path from 'node:path';
import { CLASS_PRESENT } from '../../common/entities.ts';
import type { ClassKind, Prediction, Run } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { LoadedModel, RawPrediction } from '../../learning/index.ts';
import { requireKnown } from '../runs/known-run.ts';
import type { OpenProject } from '../scope/open-project.ts';

/**
 * The checkpoint that a run is evaluated with: its best, or its last where no epoch was complete.
 * @throws TwinheadError `unusable-input` where this version can't work with the run, `not-found` without a checkpoint
 */
export async function checkpointOf({ store }: OpenProject, run: Run): Promise<string> {
  await requireKnown(run);
  const { BEST_CHECKPOINT, LAST_CHECKPOINT } = await import('../../learning/index.ts');
  const folder = store.runs.folder(run.id);
  const file = [BEST_CHECKPOINT, LAST_CHECKPOINT].map((name) => path.join(folder, name)).find(existsSync);
  if (file === undefined) {
    throw new TwinheadError('not-found', say('services.run.noCheckpoint', { name: run.name }), {
      file: folder,
      remedy: say('services.run.noCheckpoint.remedy'),
    });
  }
  return file;
}

/** Kinds of classes that a network tells apart. */
export const kindsOf = ({
  imageClasses,
  objectClasses,
}: {
  readonly imageClasses: readonly unknown[];
  readonly objectClasses: readonly unknown[];
}): ClassKind[] => [
  ...(imageClasses.length > 0 ? (['image'] as const) : []),
  ...(objectClasses.length > 0 ? (['object'] as const) : []),
];

/** By the id of a class, the score from which its boxes are taken. */
export type LeastScore = (classId: number) => number;

/**
 * The run's own thresholds where a caller has no score of its own. A class that none was chosen for, since validation
 * said nothing of it, is taken from the fallback on.
 */
export function leastScoreOf(
  { store }: OpenProject,
  run: Run,
  asked: number | undefined,
  fallback: number,
): LeastScore {
  const chosen = new Map(
    asked === undefined
      ? store.runs.thresholds(run.id)?.classes.map(({ classId, score }) => [classId, score])
      : [],
  );
  return (classId) => asked ?? chosen.get(classId) ?? fallback;
}

/** What a network says of one picture, by names instead of indices. */
export function describePrediction(
  image: { readonly name: string; readonly width: number; readonly height: number },
  raw: RawPrediction,
  { imageClasses, objectClasses, config }: Pick<LoadedModel, 'imageClasses' | 'objectClasses' | 'config'>,
  minScore: LeastScore,
): Prediction {
  const scores = raw.imageClass === null ? [] : [...raw.imageClass];
  const several = config.imageHead.classes === 'several';
  return {
    image: image.name,
    width: image.width,
    height: image.height,
    imageClass: scores
      .map((score, index) => ({ name: imageClasses[index]!.name, score }))
      .sort((a, b) => b.score - a.score)
      .map((one, rank) => ({ ...one, present: several ? one.score >= CLASS_PRESENT : rank === 0 })),
    boxes: raw.boxes
      .filter(({ score, classIndex }) => score >= minScore(objectClasses[classIndex]!.id))
      .map(({ classIndex, ...box }) => ({ ...box, class: objectClasses[classIndex]!.name })),
  };
}
