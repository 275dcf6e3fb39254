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
 * How heads are evaluated, by task: its name, what is kept, and the figures by which runs are compared, the main one first;
 * with `counted` one is the share of so many answers that are right. Words: score-sheets.ts.
 */
const tasks = {
  imageClass: {
    label: 'label.imageClass',
    answers: 'classes',
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
    figures: [
      { name: 'accuracy', title: 'metric.accuracy', counted: 'images' },
      { name: 'macroF1', title: 'metric.macroF1', counted: null },
    ],
  },
  boxes: {
    label: 'label.boxes',
    answers: 'boxes',
    scores: z.object({
      images: z.number().int(),
      map: z.number(),
      map50: z.number(),
      map75: z.number(),
      /** Mean IoU of boxes found (overlap 0.5 and more) from `countedFrom` on; null where none is, and in older evaluations. */
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
    figures: [
      { name: 'map50', title: 'mAP50', counted: null },
      { name: 'map', title: 'mAP', counted: null },
    ],
  },
} as const;

export type TaskName = keyof typeof tasks;
export const TASKS = Object.keys(tasks) as readonly TaskName[];

type Evaluated = {
  readonly [Name in TaskName]: z.ZodDefault<z.ZodNullable<(typeof tasks)[Name]['scores']>>;
};

type Described = (typeof tasks)[TaskName];

/** What answers a task. */
export type AnswerKind<Name extends TaskName> = (typeof tasks)[Name]['answers'];

/** What each task is called, a word of the interface, and whether boxes or classes of images answer it. */
export const taskLabel = (task: TaskName): Described['label'] => tasks[task].label;
export const givesBoxes = (task: TaskName): boolean => tasks[task].answers === 'boxes';

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
  readonly title: Described['figures'][number]['title'];
  /** 0 to 1; null where the task was not evaluated. */
  readonly of: (evaluation: Scores) => number | null;
  /** The number of answers of which it is the share that is right; null for a figure that is no such share, and as `of`. */
  readonly counted: (evaluation: Scores) => number | null;
}

export const FIGURES: readonly Figure[] = TASKS.flatMap((task) =>
  tasks[task].figures.map(({ name, title, counted }, index) => {
    const numberOf = (evaluation: Scores, field: string | null): number | null => {
      const value =
        field === null ? null : Object.entries(evaluation[task] ?? {}).find(([key]) => key === field);
      return typeof value?.[1] === 'number' ? value[1] : null;
    };
    return {
      ...{ task, id: `${task}.${name}`, first: index === 0, title },
      of: (evaluation) => numberOf(evaluation, name),
      counted: (evaluation) => numberOf(evaluation, counted),
    };
  }),
);
