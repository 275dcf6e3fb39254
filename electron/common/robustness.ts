import { z } from 'zod';
import { CORRUPTIONS, STRENGTHS } from './corruptions.ts';
import type { Corruption } from './corruptions.ts';
import type { TaskName } from './heads.ts';

/** By task, its first figure; null where its images have nothing to evaluate it on. */
const TaskScores = z.record(z.string(), z.number().nullable());

/** How the scores of a run fall when its images get worse. */
export const Robustness = z.object({
  run: z.string(),
  /** That were measured, chosen by the seed among those that could be. */
  images: z.number().int(),
  of: z.number().int(),
  seed: z.number().int(),
  /** After which the checkpoint was written. */
  epoch: z.number().int(),
  /** Revision of the labels. */
  dataRevision: z.number().int(),
  /** ISO 8601, UTC. */
  at: z.string(),
  seconds: z.number(),
  /** Scores on the same images as they are. */
  clean: TaskScores,
  corruptions: z.array(
    z.object({ corruption: z.enum(CORRUPTIONS), strengths: z.array(TaskScores).length(STRENGTHS.length) }),
  ),
});
export type Robustness = z.infer<typeof Robustness>;

/** How many images are measured where nobody says otherwise, and the seed that chooses them. */
export const ROBUSTNESS_IMAGES = 100;
export const ROBUSTNESS_SEED = 1;
export const LARGEST_SEED = 1_000_000;

/** How much a corruption costs a task. */
export interface ScoreDrop {
  readonly corruption: Corruption;
  /** From the clean score to the mean of the strengths; below 0 where it gains. */
  readonly drop: number;
}

/** The drops of a task's score, the largest first; empty where it has none. */
export function dropsOf({ clean, corruptions }: Robustness, task: TaskName): ScoreDrop[] {
  const before = clean[task] ?? null;
  if (before === null) return [];
  return corruptions
    .flatMap(({ corruption, strengths }) => {
      const scores = strengths.flatMap((scoresOf) => scoresOf[task] ?? []);
      if (scores.length === 0) return [];
      return [{ corruption, drop: before - scores.reduce((sum, one) => sum + one, 0) / scores.length }];
    })
    .sort((a, b) => b.drop - a.drop);
}

/** The least drop that is worth a word. */
const TELLING = 0.005;

/** What hurts a task most; null where nothing does. */
export function worstOf(robustness: Robustness, task: TaskName): ScoreDrop | null {
  const [worst] = dropsOf(robustness, task);
  return worst !== undefined && worst.drop >= TELLING ? worst : null;
}
