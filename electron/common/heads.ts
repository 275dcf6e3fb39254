import { z } from 'zod';

const ConfusionMatrix = z.object({
  names: z.array(z.string()),
  /** counts[truth][prediction]. */
  counts: z.array(z.array(z.number().int())),
});

const ClassScores = z.object({
  name: z.string(),
  precision: z.number(),
  recall: z.number(),
  f1: z.number(),
  support: z.number().int(),
});

const BoxClassScores = z.object({
  name: z.string(),
  /** null where the split has no box of the class (COCO's −1). */
  ap: z.number().nullable(),
  ap50: z.number().nullable(),
  ap75: z.number().nullable(),
  truths: z.number().int(),
  /** Detections of at least the score `countedFrom`. */
  detections: z.number().int(),
  /** The score from which F1 at the overlap 0.5 is highest; null where nothing is right, and in older evaluations. */
  best: z
    .object({ score: z.number(), precision: z.number(), recall: z.number(), f1: z.number() })
    .nullable()
    .default(null),
});

/** Sizes of boxes, as COCO has them: up to 32², up to 96² square pixels, and above. */
export const SIZES = ['small', 'medium', 'large'] as const;

/** What can be wrong with boxes that were found, or were not: Bolya et al. 2020, "TIDE". */
export const BoxErrorKind = z.enum(['class', 'place', 'both', 'double', 'background', 'missed']);
export type BoxErrorKind = z.infer<typeof BoxErrorKind>;
export const BOX_ERROR_KINDS = BoxErrorKind.options;

/**
 * What the heads of a network are evaluated by, by task: what an evaluation keeps, and the figures by which runs are
 * compared. The first one stands for the task.
 */
const tasks = {
  imageClass: {
    scores: z.object({
      images: z.number().int(),
      accuracy: z.number(),
      balancedAccuracy: z.number(),
      macroPrecision: z.number(),
      macroRecall: z.number(),
      macroF1: z.number(),
      /** Share of images whose class is among the k likeliest; empty where there are too few classes or several an image. */
      topK: z.array(z.object({ k: z.int(), accuracy: z.number() })).default([]),
      perClass: z.array(ClassScores),
      /** null where an image can have several classes. */
      confusion: ConfusionMatrix.nullable(),
    }),
    figures: ['accuracy', 'macroF1'],
  },
  boxes: {
    scores: z.object({
      images: z.number().int(),
      map: z.number(),
      map50: z.number(),
      map75: z.number(),
      /** Of boxes found (overlap 0.5 and more) from `countedFrom` on; null where none is, and in older evaluations. */
      meanIou: z.number().nullable().default(null),
      /** The score from which the run shows boxes; null in evaluations of older versions, which counted from 0.01. */
      countedFrom: z.number().nullable().default(null),
      perClass: z.array(BoxClassScores),
      /** By kind: how many (detections from `countedFrom`), and what mAP50 would gain without them, 0 to 1. */
      errors: z
        .array(z.object({ kind: BoxErrorKind, count: z.number().int(), cost: z.number() }))
        .nullable()
        .default(null),
      /** Detections from `countedFrom`; after the classes a last row (nothing there) and column (not found). */
      confusion: ConfusionMatrix.nullable().default(null),
      /** By size of the boxes; null in evaluations of older versions, and where no box has that size. */
      sizes: z
        .array(z.object({ size: z.enum(SIZES), map: z.number().nullable(), truths: z.number().int() }))
        .nullable()
        .default(null),
    }),
    figures: ['map50', 'map'],
  },
} as const;

export type TaskName = keyof typeof tasks;
export const TASKS = Object.keys(tasks) as readonly TaskName[];

type Evaluated = {
  readonly [Name in TaskName]: z.ZodDefault<z.ZodNullable<(typeof tasks)[Name]['scores']>>;
};

/** The part of an evaluation that each task has; one that was stored before there was such a task lacks it. */
export const evaluated = Object.fromEntries(
  TASKS.map((task) => [task, z.nullable(tasks[task].scores as z.ZodType).default(null)]),
) as Evaluated;

/** Scores of an evaluation by task. */
type Scores = { readonly [Name in TaskName]: z.infer<(typeof tasks)[Name]['scores']> | null };

export interface Figure {
  readonly task: TaskName;
  /** As the curves of a run name it: "boxes.map50". */
  readonly id: string;
  /** Whether it stands for its task where there is room for one. */
  readonly first: boolean;
  /** 0 to 1; null where the task was not evaluated. */
  readonly of: (evaluation: Scores) => number | null;
}

export const FIGURES: readonly Figure[] = TASKS.flatMap((task) =>
  tasks[task].figures.map((name, index) => ({
    task,
    id: `${task}.${name}`,
    first: index === 0,
    of: (evaluation: Scores) =>
      ((evaluation[task] as Readonly<Record<string, unknown>> | null)?.[name] as number | null) ?? null,
  })),
);
