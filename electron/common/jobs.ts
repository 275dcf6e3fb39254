import { z } from 'zod';
import { Convention } from './columns.ts';
import { TEXT_ENCODINGS } from './encodings.ts';
import {
  ClassKind,
  Comparison,
  Evaluation,
  FormatLoss,
  LearnExample,
  OnConflict,
  Problem,
  Run,
  Split,
} from './entities.ts';
import { ERROR_CODES } from './errors.ts';
import { Resources } from './resources.ts';
import { Robustness } from './robustness.ts';
import { SaidSchema, SentenceSchema } from './sentences/sentence.ts';

const count = z.number().int();

const AddedImages = z.object({
  /** Usable ones that were found. */
  images: count,
  added: count,
  /** Known already, at this place. */
  unchanged: count,
  /** Known already from a place where they no longer are. */
  moved: count,
  /** Files with another content than when they were added. */
  changed: count,
});

const LookedAt = z.object({
  images: count,
  /** Files with another content than when they were added. */
  changed: count,
  unreadable: count,
  missing: count,
});

const CheckedFiles = z.object({
  images: count,
  missing: count,
  /** Files with another content than when they were added. */
  changed: count,
  unreadable: count,
});

const FoundAgain = z.object({
  /** Images whose files were missing before. */
  missing: count,
  found: count,
});

const AddedFrames = z.object({
  images: count,
  added: count,
  /** Where the frames are, inside the project. */
  folder: z.string(),
});

/** An image of a source as it would come in. */
export const ImportSample = z.object({
  path: z.string(),
  width: count,
  height: count,
  /** A small picture as a `data:` address. */
  picture: z.string(),
  boxes: z.array(
    z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number(), className: z.string() }),
  ),
  /** That it has besides. */
  moreBoxes: count,
  imageClasses: z.array(z.string()),
});
export type ImportSample = z.infer<typeof ImportSample>;

/** A class of a source, as the source calls it. */
export const ImportedClass = z.object({
  kind: ClassKind,
  name: z.string(),
  /** Boxes or images that have it. */
  uses: count,
  /** The project has one of that name. */
  known: z.boolean(),
});
export type ImportedClass = z.infer<typeof ImportedClass>;

export const ImportReport = z.object({
  /** Images of the source whose file was found and can be read. */
  images: count,
  /** New to the project; in a dry run those that would be. */
  imagesAdded: count,
  /** Known already from a place where they no longer are. */
  imagesMoved: count,
  imagesMissing: count,
  /** In the source. */
  boxes: count,
  boxesAdded: count,
  boxesChanged: count,
  boxesRemoved: count,
  /** Boxes of the source that were left out, since somebody has changed or deleted them here. */
  boxesKept: count,
  /** Suggestions that were added; those that are labelled or suggested so already are not. */
  suggestions: count,
  classesCreated: count,
  problems: count,
  /** Some of the images, where a dry run was asked for them. */
  samples: z.array(ImportSample).optional(),
  /** The classes of boxes in the order in which they would come in; where samples were asked for. */
  objectClasses: z.array(z.string()).optional(),
  /** Images of a dry run by the split that the source, or the choice of one, gives them. */
  splits: z.record(Split, count).optional(),
  /** The most frequent classes of a dry run, before any was mapped. */
  classes: z.array(ImportedClass).optional(),
  /** Id of the format that it was read as. */
  format: z.string().optional(),
  /** By which its texts that aren't UTF-8 were read, where nobody said: look at the names. */
  encoding: z.enum(TEXT_ENCODINGS).optional(),
  /** How coordinates were counted, where the format has several ways; not sure: ask. */
  convention: z.object({ used: Convention, sure: z.boolean(), why: SentenceSchema }).optional(),
  /** Groups of several images, which stay in one split. */
  groups: count.optional(),
  /** Fields of a dry run's images that could name groups. */
  groupFields: z.array(z.string()).optional(),
  /** Images of the source that had labels here. */
  imagesLabelled: count,
  /** What each way of treating them would come to; only a dry run that meets such images has it. */
  choices: z
    .array(
      z.object({
        choice: OnConflict,
        /** Those of them that would change. */
        images: count,
        boxesAdded: count,
        boxesChanged: count,
        boxesRemoved: count,
        boxesKept: count,
        suggestions: count,
        /** Images that would keep their own class. */
        classesKept: count,
      }),
    )
    .default([]),
});
export type ImportReport = z.infer<typeof ImportReport>;

export const ExportReport = z.object({
  format: z.string(),
  /** Null where nothing was written. */
  folder: z.string().nullable(),
  images: count,
  boxes: count,
  /** Left out, since nobody has looked at them. */
  unseen: count,
  /** Left out, since their file is not there. */
  missing: count,
  /** Given another name, since two have the same but for folder or extension. */
  renamed: count,
  copied: count,
  linked: count,
  /** How coordinates are counted, where the format has several ways. */
  convention: SentenceSchema.nullable(),
  /** What the format can't say, by kind: how many images, boxes or classes have it. */
  losses: z.partialRecord(FormatLoss, count),
});
export type ExportReport = z.infer<typeof ExportReport>;

/** How far one output of an exported model is from the engine's, over all verified images. */
export const OutputDifference = z.object({
  output: z.string(),
  /** Largest difference; a corner farther out than the side of the input counts as if it were no farther. */
  largest: z.number(),
  /** null: what counts is the scores of the certificate. */
  tolerance: z.number().nullable(),
  unit: z.enum(['probability', 'pixels']),
});
export type OutputDifference = z.infer<typeof OutputDifference>;

/** Says what was compared with what; written beside the model. */
export const Certificate = z.object({
  images: count,
  /** Numbers of images that the exported model was given at once. */
  batchSizes: z.array(count),
  differences: z.array(OutputDifference),
  /** Boxes that the model kept by itself: on every image those that Twinhead keeps, in its order. */
  detections: count.optional(),
  engine: z.string(),
  runtime: z.string(),
  /** Metrics by the labels of the images, of a model that is no exact copy. */
  scores: z.array(z.object({ metric: z.string(), engine: z.number(), model: z.number() })).optional(),
  /** Images of the training split that ranges of integers were measured on, and the SHA-256 of their SHA-256s, a line each. */
  calibration: z.object({ images: count, sha256: z.string() }).optional(),
  /** Bytes and milliseconds per image of a model that is no exact copy, beside one in float32 that is; timed one after the other. */
  beside: z
    .object({
      bytes: z.object({ model: count, float32: count }),
      milliseconds: z.object({ model: z.number(), float32: z.number() }),
    })
    .optional(),
  /** What an image took, in the largest of the numbers. */
  milliseconds: z.object({ engine: z.number(), runtime: z.number() }).optional(),
  /** SHA-256 of the model file, hexadecimal. */
  sha256: z.string(),
  /** ISO 8601, UTC. */
  verifiedAt: z.string(),
});
export type Certificate = z.infer<typeof Certificate>;

export const ExportResult = z.object({
  format: z.string(),
  /** Absolute paths. */
  files: z.array(z.string()),
  /** Largest of the differences, in parts of what each output tolerates: at most 1; null where nothing is exact. */
  shareOfTolerance: z.number().nullable(),
  /** Largest absolute difference of a probability, and of a box corner in pixels; null without that output. */
  largestDifference: z.number().nullable(),
  largestBoxDifference: z.number().nullable(),
  /** Verified with; 0 where it could not be. */
  images: count,
  /** null: written, not verified, since this machine has no runtime for the format. */
  certificate: Certificate.nullable(),
  /** Where it could be verified; null where it was. */
  unverified: SaidSchema.nullable(),
});
export type ExportResult = z.infer<typeof ExportResult>;

/**
 * Every kind of job once: what `done` counts, the call that starts it, whose input it takes, and what it gives. Results
 * are small: they go to every page.
 */
export const jobKinds = {
  'add-images': { unit: 'images', call: 'images.add', result: AddedImages },
  'add-frames': { unit: 'frames', call: 'videos.begin', result: AddedFrames },
  look: { unit: 'images', call: 'images.look', result: LookedAt },
  'check-folders': { unit: 'files', call: 'project.checkFolders', result: z.object({}) },
  'check-files': { unit: 'images', call: 'images.checkFiles', result: CheckedFiles },
  'find-missing': { unit: 'files', call: 'images.findMissing', result: FoundAgain },
  import: { unit: 'images', call: 'dataset.import', result: ImportReport },
  'export-data': { unit: 'images', call: 'dataset.export', result: ExportReport },
  sample: { unit: 'images', call: 'project.sample', result: ImportReport },
  train: { unit: 'epochs', call: 'runs.resume', result: z.object({ run: Run }) },
  evaluate: { unit: 'images', call: 'evaluation.start', result: Evaluation },
  robustness: { unit: 'images', call: 'robustness.start', result: Robustness },
  resources: { unit: 'batches', call: 'resources.start', result: Resources },
  compare: {
    unit: 'runs',
    call: 'comparison.start',
    result: z.object({ runIds: z.array(z.string()), reused: count, comparison: Comparison }),
  },
  predict: { unit: 'images', call: 'predict.start', result: z.object({ run: z.string(), images: count }) },
  suggest: {
    unit: 'images',
    call: 'suggestions.start',
    result: z.object({ run: z.string(), images: count, suggestions: count }),
  },
  assist: {
    unit: 'images',
    call: 'assist.start',
    /** Rounds that were learned, and images of the last one. */
    result: z.object({ rounds: count, images: count }),
  },
  'export-model': { unit: 'images', call: 'models.export', result: ExportResult },
  pack: {
    unit: 'files',
    call: 'project.pack',
    result: z.object({
      file: z.string(),
      files: count,
      images: count,
      /** Images whose file could not be packed. */
      missing: count,
      bytes: count,
    }),
  },
  unpack: {
    unit: 'files',
    call: 'project.unpack',
    result: z.object({
      folder: z.string(),
      files: count,
      /** There already since a call that was interrupted. */
      reused: count,
      /** Whether they were in the archive. */
      images: z.boolean(),
      runs: z.boolean(),
    }),
  },
  examples: { unit: 'steps', call: 'examples.start', result: z.object({ examples: z.array(LearnExample) }) },
} as const;

export type JobKind = keyof typeof jobKinds;
export const isJobKind = (kind: string): kind is JobKind => Object.hasOwn(jobKinds, kind);

/** Kinds that nobody can start again from what was asked for: a page decodes the frames; a sample has its project. */
const ONCE: ReadonlySet<JobKind> = new Set(['add-frames', 'sample']);
export const canStartAgain = (kind: JobKind): boolean => !ONCE.has(kind);

/** Kinds that a project need not remember: whoever wants to know looks again, or switches it on again. */
const PASSING: ReadonlySet<JobKind> = new Set(['check-files', 'assist']);
export const isPassing = (kind: JobKind): boolean => PASSING.has(kind);

export type JobResult<Kind extends JobKind> = z.output<(typeof jobKinds)[Kind]['result']>;

const JobState = z.enum(['running', 'done', 'failed', 'cancelled']);

const JobError = z.object({
  code: z.enum(ERROR_CODES),
  message: z.string(),
  sentence: SentenceSchema.optional(),
  details: z.record(z.string(), z.unknown()),
});

/** What a project remembers of a job. */
export const JobRecord = z.object({
  id: z.string(),
  /** Not always one that this version knows. */
  kind: z.string(),
  title: SaidSchema,
  /** Input of the call that starts such a job. */
  input: z.unknown(),
  /** interrupted: the process ended before the job did. */
  state: z.enum([...JobState.options, 'interrupted']),
  done: z.number(),
  total: z.number().nullable(),
  problems: count,
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  /** Its code may be one of a newer version. */
  error: JobError.extend({ code: z.string() }).nullable(),
});
export type JobRecord = z.infer<typeof JobRecord>;

const DryRun = z.object({ dryRun: z.literal(true) });

/** Interrupted jobs that a person may want to start again; what a dry run would have said, nobody waits for. */
export const unfinished = (records: readonly JobRecord[]): JobRecord[] =>
  records.filter(({ state, input }) => state === 'interrupted' && !DryRun.safeParse(input).success);

const Fields = z.object({
  id: z.string(),
  title: SaidSchema,
  state: JobState,
  done: z.number(),
  /** null while unknown. */
  total: z.number().nullable(),
  /** What `done` counts: images, files, steps. */
  unit: z.string(),
  perSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  /** What it does right now, or for whom it waits. */
  message: SaidSchema,
  problems: z.array(Problem),
  startedAt: z.string(),
  error: JobError.optional(),
});
export type JobFields = z.output<typeof Fields>;

type JobOf<Kind extends JobKind> = JobFields & {
  readonly kind: Kind;
  /** There once it is done. */
  readonly result?: JobResult<Kind> | undefined;
};
export type Job = { [Kind in JobKind]: JobOf<Kind> }[JobKind];

export function jobOf<Kind extends JobKind>(kind: Kind, fields: JobFields, result?: JobResult<Kind>): Job {
  // TypeScript does not see that kind and result go together.
  return { ...fields, kind, result } as Job;
}

/** What a job of that kind gave; undefined where it is not done, or is of another kind. */
export function resultOf<Kind extends JobKind>(kind: Kind, job: Job): JobResult<Kind> | undefined {
  return job.kind === kind ? (job.result as JobResult<Kind> | undefined) : undefined;
}

/** The job with its result, as its kind has it. */
function checkedJob(kind: JobKind, fields: JobFields, result: unknown, context: z.RefinementCtx): Job {
  if (result === undefined) return jobOf(kind, fields);
  const checked = jobKinds[kind].result.safeParse(result);
  if (checked.success) return jobOf(kind, fields, checked.data);
  for (const { message, path } of checked.error.issues)
    context.addIssue({ code: 'custom', message, path: ['result', ...path] });
  return z.NEVER;
}

const Kind = z.custom<JobKind>((value) => typeof value === 'string' && isJobKind(value));

export const Job: z.ZodType<Job> = z
  .object({ ...Fields.shape, kind: Kind, result: z.unknown().optional() })
  .transform(({ kind, result, ...fields }, context) => checkedJob(kind, fields, result, context));
