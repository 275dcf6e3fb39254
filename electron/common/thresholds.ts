import { z } from 'zod';

/** What the score of a class, from which its boxes are taken, is chosen for. */
export const ThresholdGoal = z.discriminatedUnion('for', [
  /** The best F1. */
  z.object({ for: z.literal('f1') }),
  /** As few false alarms as possible, with this recall at least. */
  z.object({ for: z.literal('recall'), least: z.number().min(0).max(1) }),
  /** As many found as possible, with so many false alarms on 100 images at most. */
  z.object({ for: z.literal('falseAlarms'), most: z.number().min(0) }),
]);
export type ThresholdGoal = z.infer<typeof ThresholdGoal>;

/** The scores from which a run's boxes are taken, by class, and what they come to on validation. */
export const RunThresholds = z.object({
  goal: ThresholdGoal,
  classes: z.array(
    z.object({
      classId: z.number().int(),
      /** As the class was called. */
      name: z.string(),
      score: z.number(),
      recall: z.number(),
      precision: z.number(),
      /** On 100 images. */
      falseAlarms: z.number(),
      /** False: no score reaches the goal, and this one comes nearest. */
      reached: z.boolean(),
    }),
  ),
});
export type RunThresholds = z.infer<typeof RunThresholds>;
export type ClassThreshold = RunThresholds['classes'][number];
