import { z } from 'zod';
import {
  AnnotationOperation,
  AssistState,
  AttributeDefinition,
  Calibration,
  ClassActivation,
  ClassCurve,
  ClassExample,
  ClassKind,
  Comparison,
  DatasetFormatInfo,
  Evaluation,
  EvaluationIntervals,
  EvaluationItem,
  FalseAlarms,
  ScoreBreakdown,
  RunComparison,
  SplitScores,
  ImageAnnotations,
  Finding,
  ImageFilter,
  ImageSummary,
  JournalEntry,
  KeepTogether,
  LabelClass,
  LabelFigures,
  ListedRun,
  LiveEvaluation,
  MOST_EXAMPLES,
  ModelFormatInfo,
  OnConflict,
  Prediction,
  Problem,
  ProjectInfo,
  ProjectStep,
  Split,
  Snapshot,
  SnapshotDiff,
  SplitLeak,
  SuggestionSource,
  TrainingEvent,
} from './entities.ts';
import { ColumnMapping, Convention, TableColumns } from './columns.ts';
import type { ErrorReport } from './errors.ts';
import { TASKS } from './heads.ts';
import { MOST_OPERATIONS } from './labels/operations.ts';
import { Job, JobRecord } from './jobs.ts';
import type { JobKind, jobKinds } from './jobs.ts';
import type { Tile } from './pyramid.ts';
import { LONGEST_PICTURE } from './tried-picture.ts';
import { LAST_FRAME, LONGEST_PART, LONGEST_SECONDS } from './video-frames.ts';
import { ITEM_SORTS } from './evaluated-list.ts';
import { EvaluationPart } from './score-parts.ts';
import { Resources } from './resources.ts';
import { LARGEST_SEED, Robustness, ROBUSTNESS_IMAGES, ROBUSTNESS_SEED } from './robustness.ts';
import { RunThresholds, ThresholdGoal } from './thresholds.ts';
import { SaidSchema } from './sentences/sentence.ts';
import { LANGUAGES } from './sentences/languages.ts';

/**
 * Every call between interface or command line and the services, once: types and checks follow. A query changes
 * nothing; a command may; a stream sends numbered events until it ends or is cancelled.
 */
export interface CallDefinition<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  readonly kind: 'query' | 'command' | 'stream';
  readonly input: Input;
  /** What it answers; one event of a stream. */
  readonly output: Output;
  /**
   * What it is about. `project`: of one open project, which its caller names; `process`: of the program itself;
   * `either`: of the project where its caller names one, else of the program itself.
   */
  readonly scope: CallScope;
  /** Characters of one text of the input. */
  readonly longestText: number;
}

export type CallScope = 'project' | 'process' | 'either';

interface CallOptions {
  readonly scope?: CallScope;
  readonly longestText?: number;
}

/** Longest text of a call that carries no file: each pass over it is then a matter of a millisecond. */
const LONGEST_TEXT = 300_000;

function define<Kind extends CallDefinition['kind']>(kind: Kind) {
  return <
    Input extends z.ZodType,
    Output extends z.ZodType,
    const Options extends CallOptions = { readonly scope: 'project' },
  >(
    input: Input,
    output: Output,
    options?: Options,
  ) => ({
    kind,
    input,
    output,
    scope: (options?.scope ?? 'project') as Options['scope'] extends CallScope ? Options['scope'] : 'project',
    longestText: options?.longestText ?? LONGEST_TEXT,
  });
}

const query = define('query');
const command = define('command');
const stream = define('stream');

const id = z.number().int();
/** A list of a call: its length is looked at before its items. @param most by default the images of a large project and more */
const listOf = <Item extends z.ZodType>(item: Item, most = 120_000) => z.array(item).max(most);
/** Images that the live assistant suggests for before they are opened. */
const MOST_AHEAD = 50;
/** Names of settings, of classes, of folders: what a person gives by hand. */
const FEW = 10_000;
/** Paths of one data set: of more files than these, their folder is chosen. */
const MOST_SOURCES = 1000;
const runId = z.string();
/** Language of the names and files that a call makes and a person keeps. */
const language = z.enum(LANGUAGES).default('en');
const projectId = z.string();
/** Name of the page that calls, made up by it; null: the process itself, which holds a project until it closes it. */
const page = z.string().min(1).max(64).nullable().default(null);
const path = z.string().min(1).max(4096);
const frameNumbers = listOf(z.number().int().min(0).max(LAST_FRAME));
const nothing = z.object({});
const jobStarted = z.object({ jobId: z.string() });
/** What a page that labels looks at: the image that is open, and those that come next in its list. */
const looksAt = z.object({ viewer: z.string().max(100), open: id.nullable(), ahead: listOf(id, MOST_AHEAD) });
const config = z.record(z.string(), z.unknown());
/** Characters of what the interface remembers, as JSON. */
const MOST_PREFERENCES = 262_144;
const preferences = z
  .record(z.string().max(64), z.unknown())
  .refine((value) => JSON.stringify(value).length <= MOST_PREFERENCES, 'too much to be remembered');
/** With ImageSummary.revision as the caller has seen it; another one is refused with `stale-revision`. */
const imageAsSeen = z.object({ imageId: id, expectedRevision: z.number().int() });
/** A new id for each change: a call whose answer was lost is sent again with it, and answers as it did. */
const editId = z.uuid();
const edit = imageAsSeen.extend({ editId });
/** Any other change, or a job that makes one; whoever would not ask again needs no id. */
const change = z.object({ editId: editId.optional() });
/** What a change of several images did: how many it changed, and the history's word on it; null for none. */
const changedImages = z.object({ changed: z.number().int(), summary: SaidSchema.nullable() });
const editResult = z.object({ annotations: ImageAnnotations, createdBoxIds: z.array(id) });

/**
 * path: by name, with numbers in their order (1, 2, 10); edited: by the last change of the labels; score: by the surest
 * suggestion; listed: as the filter lists them one by one.
 */
export const SortBy = z.enum(['added', 'path', 'boxes', 'edited', 'score', 'listed']);
export type SortBy = z.infer<typeof SortBy>;

/** Which images, in which order. */
const imageOrder = {
  filter: ImageFilter.default({}),
  sort: SortBy.default('path'),
  descending: z.boolean().default(false),
};

/** A filter with its order that people of the project come back to. */
export const SavedFilter = z.object({
  name: z.string(),
  filter: ImageFilter,
  sort: SortBy,
  descending: z.boolean(),
});
export type SavedFilter = z.infer<typeof SavedFilter>;

/** From which boxes are given; left out: the run's own thresholds, by class, or what its configuration says. */
const leastScore = z.number().min(0).max(1).optional();

const wantedComparison = z.object({
  variants: z
    .array(
      z.object({
        name: z.string().trim().min(1).max(100),
        config: config.default({}),
        settings: listOf(z.string(), FEW).default([]),
      }),
    )
    .max(20)
    .default([]),
  seeds: z.number().int().min(1).max(20).default(3),
  split: Split.default('val'),
  /** Both heads together, and each alone with the other's weight 0, with the settings of at most one variant. */
  jointVsSeparate: z.boolean().default(false),
  language,
});

/** Name of a saved filter: of the training images, only those that match it are learned from. */
const trainedOn = z.string().max(200).optional();

/**
 * Images that a run is evaluated on: of a split; of `test`, those of the test set of a name alone; with `none`, those of
 * the saved filter of a name, whichever split they are in.
 */
const evaluatedOn = {
  runId,
  split: Split,
  testSet: z.string().max(200).optional(),
  filter: z.string().max(200).optional(),
};

/** A picture that comes with the call. */
const givenPicture = z.object({
  name: z.string().min(1).max(255),
  /** Content of the file, base64. */
  content: z
    .string()
    .min(1)
    .max(LONGEST_PICTURE)
    .regex(/^[A-Za-z0-9+/]*={0,2}$/),
});

/** A number of an evaluation, and the order of what it counts: the surest, or what overlaps most, first or last. */
const evaluationPart = {
  ...evaluatedOn,
  split: Split.default('val'),
  part: EvaluationPart,
  sort: z.enum(ITEM_SORTS).default('score'),
  descending: z.boolean().default(true),
};

export const SystemInfo = z.object({
  version: z.string(),
  /** desktop or web: decides whether folders are chosen by a dialog or typed. */
  host: z.enum(['desktop', 'web', 'cli']),
  engine: z.object({ kind: z.string(), why: SaidSchema }),
  recentProjects: z.array(
    z.object({
      id: projectId,
      name: z.string(),
      path: z.string(),
      exists: z.boolean(),
      /** ISO 8601, UTC; null where it was remembered by an older version, as are its figures. */
      openedAt: z.string().nullable(),
      /** As they were when it was last open. */
      images: z.number().int().nullable(),
      boxes: z.number().int().nullable(),
      /** One of its images, small, as a data address. */
      picture: z.string().nullable(),
      /** In this process: a page shows it, or a job works on it. */
      open: z.boolean(),
    }),
  ),
  /** The project that the host was started with: a page that has none of its own opens it. */
  startProject: z.string().nullable(),
});

export const DoctorPart = z.object({
  name: SaidSchema,
  state: z.enum(['ok', 'missing', 'broken', 'unused']),
  version: SaidSchema,
  source: SaidSchema,
  remedy: SaidSchema,
});

export const contract = {
  'system.info': query(nothing, SystemInfo, { scope: 'process' }),
  'system.doctor': query(nothing, z.object({ parts: z.array(DoctorPart) }), { scope: 'process' }),

  /** Takes projects out of the list of recent ones; the projects themselves are not touched. */
  'system.forgetProjects': command(z.object({ paths: listOf(path, FEW) }), nothing, { scope: 'process' }),

  /** What the interface remembers for this person on this machine: looks, language, keys. */
  'system.preferences': query(nothing, z.object({ preferences }), { scope: 'process' }),
  'system.setPreferences': command(z.object({ preferences }), nothing, { scope: 'process' }),

  'project.get': query(nothing, ProjectInfo),
  /** Opens it for a page, or has one more page show it. Its `id` is the scope of calls about it. */
  'project.open': command(z.object({ path, create: z.boolean().default(false), page }), ProjectInfo, {
    scope: 'process',
  }),
  /**
   * Looks whether a project can be made where nothing is, for the images of folders: one of them can be read. Makes
   * nothing.
   */
  'project.checkFolders': command(z.object({ path, folders: z.array(path).min(1).max(1000) }), jobStarted, {
    scope: 'process',
  }),
  /** Makes a project where nothing is, and opens it as `project.open` does. For a dataset that isn't there it makes none. */
  'project.create': command(
    z.object({
      path,
      page,
      /** Files or folders of labels that are to be imported. */
      dataset: listOf(path, MOST_SOURCES).default([]),
    }),
    ProjectInfo,
    { scope: 'process' },
  ),
  /** The page still shows it. A project that no page has spoken for is closed once its jobs have ended. */
  'project.hold': command(z.object({ page }), nothing),
  /** The page shows it no more. It is closed now, unless another page shows it or a job works on it. */
  'project.close': command(
    z.object({
      page,
      /** It ends, or is loaded again: then another page speaks for the project in a moment, which is waited for. */
      pageEnds: z.boolean().default(false),
    }),
    nothing,
  ),
  /** Makes the project with sample scenes and labels, and opens it as `project.open` does. */
  'project.sample': command(
    change.extend({
      path,
      page,
      train: z.number().int().min(1).max(50_000).default(3000),
      val: z.number().int().min(0).max(50_000).default(500),
      test: z.number().int().min(0).max(50_000).default(500),
      seed: z.number().int().default(1),
    }),
    jobStarted.extend({ projectId }),
    { scope: 'process' },
  ),
  /** Newest first. Also of a project that is too damaged to be opened. */
  'project.backups': query(
    z.object({ path }),
    z.object({
      backups: z.array(
        z.object({
          name: z.string(),
          at: z.string(),
          reason: z.string(),
          bytes: z.number().int(),
          /** Null where the backup can't be read: it is damaged, or of a newer version. */
          holds: z.object({ images: z.number().int(), boxes: z.number().int() }).nullable(),
        }),
      ),
    }),
    { scope: 'process' },
  ),
  /** The newest whole backup where none is named. The replaced file is moved aside, never deleted. */
  'project.restore': command(
    z.object({ path, backup: z.string().optional() }),
    z.object({ backup: z.string(), movedTo: z.string().nullable() }),
    { scope: 'process' },
  ),
  /** Reads what can be read of a project that can't be opened into a new one. */
  'project.rescue': command(
    z.object({ source: path, path }),
    z.object({
      folder: z.string(),
      images: z.int(),
      boxes: z.int(),
      classes: z.int(),
      problems: z.array(Problem),
    }),
    { scope: 'process' },
  ),
  /** Packs a project, open or not, into one zip archive that `project.unpack` makes a project of. */
  'project.pack': command(
    z.object({ path, out: path, images: z.boolean().default(true), runs: z.boolean().default(true) }),
    jobStarted,
    { scope: 'process' },
  ),
  /** Makes a project of such an archive; where that was interrupted, it goes on. */
  'project.unpack': command(z.object({ file: path, path }), jobStarted, { scope: 'process' }),
  /** What is decided once for a project. */
  'project.updateSettings': command(
    change.extend({
      multipleImageClasses: z.boolean().optional(),
      testLocked: z.boolean().optional(),
      attributes: z.array(AttributeDefinition).max(50).optional(),
    }),
    ProjectInfo,
  ),
  'project.check': command(nothing, z.object({ ok: z.boolean(), problems: z.array(Problem) })),
  /** Whether labels, classes or splits are others than those that a run or an evaluation of that revision has seen. */
  'project.labelsChanged': query(z.object({ since: z.int() }), z.object({ changed: z.boolean() })),
  /** Sends an event with every change of the project: two windows see each other's edits. */
  'project.changes': stream(
    nothing,
    z.object({
      revision: z.number().int(),
      labelsRevision: z.number().int(),
      imageIds: z.array(id),
      what: z.enum(['annotations', 'images', 'classes', 'runs', 'assist']),
      /** Id of the edit, undo or redo that it was: whoever asked for it has its answer. Null for anything else. */
      editId: z.string().nullable(),
    }),
  ),

  /** Sub-folders for the web host's chooser, with `files` also what is no picture, of a file its folder; the desktop host uses the system's dialogs. */
  'folders.list': query(
    z.object({ path: z.string().max(4096).nullable(), files: z.boolean().default(false) }),
    z.object({
      path: z.string(),
      parent: z.string().nullable(),
      files: z.array(z.object({ name: z.string(), path: z.string() })),
      folders: z.array(z.object({ name: z.string(), path: z.string(), project: z.boolean() })),
    }),
    { scope: 'process' },
  ),

  'images.list': query(
    z.object({
      ...imageOrder,
      offset: z.number().int().min(0).default(0),
      limit: z.number().int().min(1).max(1000).default(200),
    }),
    z.object({ total: z.number().int(), items: z.array(ImageSummary) }),
  ),
  /** All of such a list, so that whoever walks through it can hold on to it as it is now; what is known of the first few. */
  'images.ids': query(
    z.object({ ...imageOrder, summaries: z.number().int().min(0).max(1000).default(0) }),
    z.object({ imageIds: z.array(id).readonly(), items: z.array(ImageSummary) }),
  ),
  /** Those of these images that are in the project, in no order that they were asked for in. */
  'images.summaries': query(
    z.object({ imageIds: listOf(id, 1000) }),
    z.object({ items: z.array(ImageSummary) }),
  ),
  /** The first image of such a list after one that need not be in it, nor in the project any more; null for none. */
  'images.after': query(
    z.object({ ...imageOrder, imageId: id }),
    z.object({ imageId: z.number().int().nullable() }),
  ),
  /** The first image of such a list after one, and round, that also passes `match`; without one, from the beginning. */
  'images.search': query(
    z.object({ ...imageOrder, after: id.nullable().default(null), match: ImageFilter }),
    z.object({ imageId: z.number().int().nullable() }),
  ),
  'filters.list': query(nothing, z.object({ filters: z.array(SavedFilter) })),
  /** Takes the place of one of that name. */
  'filters.save': command(SavedFilter, z.object({ filters: z.array(SavedFilter) })),
  'filters.delete': command(z.object({ name: z.string() }), z.object({ filters: z.array(SavedFilter) })),
  /**
   * Looks at an image's file: as it was read (`same`), not there (`missing`), with other content (`changed`) or no
   * picture any more (`unreadable`). Labels are kept in any case.
   */
  'images.check': command(
    z.object({ imageId: id }),
    z.object({
      state: z.enum(['same', 'missing', 'changed', 'unreadable']),
      file: z.string(),
      /** Content of a file that holds another picture, or none, as `ImageSummary.content` is of the one that was labelled. */
      content: z.string().nullable(),
      /** Size of the changed file, oriented. */
      width: z.number().int().nullable(),
      height: z.number().int().nullable(),
      /** Boxes that would lie outside the changed picture. */
      boxesOutside: z.number().int(),
    }),
  ),
  /** Looks for the files of all images: which are missing, and which are there again. Changes no label. */
  'images.checkFiles': command(nothing, jobStarted),
  /** From now on the file's present content is the image. Refused where a box would lie outside. */
  'images.acceptContent': command(change.extend({ imageId: id }), ImageSummary),
  /** The image's file is there now. Refused for a file of other content. */
  'images.relink': command(change.extend({ imageId: id, file: path }), ImageSummary),
  /** Looks in folders for images whose files are missing, by content. Adds none. */
  'images.findMissing': command(change.extend({ folders: listOf(path, FEW).min(1) }), jobStarted),
  'images.add': command(
    change.extend({
      folders: listOf(path, FEW).min(1),
      /** Pages or frames, by number from 1, which become images of their own; by number from 1. */
      pages: z
        .union([z.enum(['first', 'all']), z.array(z.number().int().min(1).max(100_000)).min(1).max(1000)])
        .default('first'),
    }),
    jobStarted,
  ),
  /**
   * Takes the frames of a video, which the interface decodes, in a job that lasts until `videos.end`. They are written
   * into the project as pictures, and are one group of the split. The video itself is neither needed nor kept.
   */
  'videos.begin': command(
    change.extend({
      /** Name of the file, without its folder. */
      name: z.string().min(1).max(255),
      bytes: z.number().int().min(1),
      /** SHA-256 of the file's size, beginning and end, hexadecimal: tells videos of the same name apart. */
      fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
      /** The chosen ones, by number. */
      frames: frameNumbers.min(1),
    }),
    z.object({
      jobId: z.string(),
      /** Those of them that the project lacks: only they need be sent. */
      missing: z.array(z.number().int()),
    }),
  ),
  /**
   * A frame as PNG, in one or several parts one after the other. `wanted` is false once the job has ended: cancelled,
   * or failed with what this call throws.
   */
  'videos.addFrame': command(
    z.object({
      jobId: z.string(),
      frame: z.number().int().min(0).max(LAST_FRAME),
      seconds: z.number().min(0).max(LONGEST_SECONDS),
      /** Base64. */
      part: z
        .string()
        .max(LONGEST_PART)
        .regex(/^[A-Za-z0-9+/]*={0,2}$/),
      last: z.boolean(),
    }),
    z.object({ wanted: z.boolean() }),
    { longestText: LONGEST_PART },
  ),
  /** The decoder is still at work, however long it has sent nothing. */
  'videos.alive': command(z.object({ jobId: z.string() }), z.object({ wanted: z.boolean() })),
  'videos.end': command(
    z.object({
      jobId: z.string(),
      /** Frames that could not be decoded. */
      failed: frameNumbers.default([]),
    }),
    nothing,
  ),
  /**
   * Looks at the pictures that nobody has looked at: small copies by which near-duplicates are found, brightness,
   * sharpness. Changes no label.
   */
  'images.look': command(nothing, jobStarted),
  /** Takes images and their labels out of the project, as one step of its undo; their files stay. */
  'images.remove': command(
    change.extend({ imageIds: listOf(id).min(1) }),
    z.object({ images: z.number().int(), boxes: z.number().int() }),
  ),
  /** Says the same of several images, as one step of the project's undo; a state only where nothing is labelled. */
  'images.change': command(
    change.extend({
      imageIds: listOf(id).min(1),
      changes: z.object({
        flagged: z.boolean().optional(),
        verified: z.boolean().optional(),
        state: z.enum(['unseen', 'empty']).optional(),
        imageClassId: id.optional(),
      }),
    }),
    changedImages.extend({
      /** Images that kept their state because they have labels. */
      labelled: z.number().int(),
    }),
  ),
  'images.setSplit': command(change.extend({ imageIds: listOf(id).min(1), split: Split }), changedImages),
  /** What is worth a look in the labels of the whole project. */
  'dataset.review': query(
    nothing,
    z.object({ revision: z.number().int(), findings: z.array(Finding), figures: LabelFigures }),
  ),
  /**
   * Seeded, stratified by class; images of one group stay together. Images that have a split already keep it unless
   * `reassign`; with `labelledOnly` those that nobody has looked at keep what they have.
   */
  /** How many training and validation images are kin to images of a test set that is locked or has a name. */
  'splits.kinOfTest': query(
    z.object({ keepTogether: listOf(KeepTogether, FEW).default([]) }),
    z.object({ images: z.number().int() }),
  ),
  'splits.assign': command(
    change.extend({
      train: z.number().min(0).max(1).default(0.7),
      val: z.number().min(0).max(1).default(0.15),
      test: z.number().min(0).max(1).default(0.15),
      seed: z.number().int().default(1),
      reassign: z.boolean().default(false),
      labelledOnly: z.boolean().default(false),
      keepTogether: listOf(KeepTogether, FEW).default([]),
      /** What becomes of training and validation images that are kin to images of a locked or named test set. */
      kinOfTest: z.enum(['stay', 'none']).default('stay'),
    }),
    z.object({
      changed: z.number().int(),
      /** Such images, before. */
      kin: z.number().int(),
      /** Images that stayed together, at most. */
      largestUnit: z.number().int(),
    }),
  ),
  /**
   * Images become a test set of that name, or come into it: they are in the split `test` from then on. Refused while the
   * test set is locked. One step of undo.
   */
  'testSets.add': command(
    change.extend({ name: z.string(), imageIds: listOf(id).min(1) }),
    z.object({
      /** That it has now. */
      images: z.number().int(),
      /** That were in another split. */
      moved: z.number().int(),
    }),
  ),
  /** Takes the name away; its images stay in the split. Refused while the test set is locked. */
  'testSets.delete': command(change.extend({ name: z.string() }), nothing),
  /** Images that are the same, alike or of one group, in several splits. Pictures are alike by `images.look`. */
  'splits.leaks': query(
    nothing,
    z.object({
      total: z.number().int(),
      /** The first of them. */
      leaks: z.array(SplitLeak),
      /** Images whose picture nobody has looked at yet. */
      unlooked: z.number().int(),
    }),
  ),
  /**
   * Moves the images of a leak into the split that most of them have, or, beside a locked test set, those that are not
   * in it out of the splits. One step of undo.
   */
  'splits.mend': command(
    change.extend({
      /** null: of all leaks. */
      imageIds: listOf(id).min(2).nullable(),
    }),
    z.object({ changed: z.number().int() }),
  ),

  'annotations.get': query(z.object({ imageId: id }), ImageAnnotations),
  /** Labels of those images that there are: what is fetched ahead may have been removed meanwhile. */
  'annotations.list': query(
    z.object({ imageIds: listOf(id, 100) }),
    z.object({ items: z.array(ImageAnnotations) }),
  ),
  'annotations.edit': command(
    edit.extend({ operations: z.array(AnnotationOperation).min(1).max(MOST_OPERATIONS) }),
    editResult,
  ),
  /** What someone else has done since is not taken back unseen. */
  'annotations.undo': command(
    edit,
    // The edit that is undone now, with the time at which it was made: it may be of last month.
    ImageAnnotations.extend({ undone: z.object({ summary: SaidSchema, at: z.string() }).nullable() }),
  ),
  'annotations.redo': command(edit, ImageAnnotations),
  /**
   * Makes the image as it was right after an entry of its history (0: before all of them), but for its split. A step
   * of undo like any edit.
   */
  'annotations.restore': command(imageAsSeen.extend({ ...change.shape, entryId: id }), ImageAnnotations),
  /** What a run finds on these images, or on all that nobody has looked at, as suggestions: one step of the project's undo. */
  'suggestions.start': command(
    change.extend({
      runId,
      minScore: leastScore,
      imageIds: listOf(id).min(1).optional(),
    }),
    jobStarted,
  ),
  /** Runs and imported files whose suggestions wait for a decision, the newest first. */
  'suggestions.sources': query(nothing, z.object({ sources: z.array(SuggestionSource) })),
  /** Rejects all that wait, or those of one source; one step of the project's undo. */
  'suggestions.clear': command(
    change.extend({ sourceId: id.nullable() }),
    z.object({ images: z.number().int(), suggestions: z.number().int() }),
  ),
  /**
   * Switches the live assistant on, or joins it. A page says by a name of its own what it looks at, at least once a minute:
   * an assistant that no page looks at ends by itself.
   */
  'assist.start': command(looksAt, jobStarted),
  'assist.look': command(looksAt, nothing),
  'assist.leave': command(z.object({ viewer: z.string().max(100) }), nothing),
  'assist.pause': command(z.object({ paused: z.boolean() }), nothing),
  /** What it suggests of images that nobody has said anything of goes with it. */
  'assist.stop': command(nothing, nothing),
  /** `project.changes` tells of every change of it. */
  'assist.state': query(nothing, AssistState),
  'history.list': query(
    z.object({ imageId: id.nullable(), limit: z.number().int().min(1).max(500).default(100) }),
    z.object({ entries: z.array(JournalEntry) }),
  ),

  'classes.list': query(nothing, z.object({ classes: z.array(LabelClass) })),
  'classes.create': command(
    change.extend({
      kind: ClassKind,
      name: z.string(),
      color: z.string().optional(),
      hotkey: z.string().nullable().optional(),
      description: z.string().optional(),
    }),
    LabelClass,
  ),
  'classes.update': command(
    change.extend({
      id,
      name: z.string().optional(),
      color: z.string().optional(),
      hotkey: z.string().nullable().optional(),
      description: z.string().optional(),
      /** Each has to be there, and of this class. */
      examples: listOf(id, MOST_EXAMPLES).optional(),
    }),
    LabelClass,
  ),
  /** The examples of a class that are there, in their order. */
  'classes.guide': query(z.object({ id }), z.object({ examples: z.array(ClassExample) })),
  /** What deleting or merging the class would change, told before it happens. */
  'classes.effect': query(
    z.object({ id }),
    z.object({ labels: z.number().int(), images: z.number().int(), suggestions: z.number().int() }),
  ),
  /** `reassignTo` null removes the labels of that class; both are one step of undo. */
  'classes.delete': command(
    change.extend({ id, reassignTo: id.nullable() }),
    z.object({ changedImages: z.number().int(), changedLabels: z.number().int() }),
  ),
  'classes.reorder': command(
    change.extend({ kind: ClassKind, ids: listOf(id) }),
    z.object({ classes: z.array(LabelClass) }),
  ),
  /** Named moments of the labels, the newest first. */
  'snapshots.list': query(nothing, z.object({ snapshots: z.array(Snapshot) })),
  /** Keeps the labels, classes and splits as they are now under a name. Nothing is copied. */
  'snapshots.create': command(z.object({ name: z.string() }), Snapshot),
  'snapshots.delete': command(z.object({ id }), nothing),
  /** What has changed from one snapshot to another, in the order of time; null: now. */
  'snapshots.diff': query(z.object({ from: id, to: id.nullable() }), SnapshotDiff),
  /** Labels, classes and splits become what they were: one step of undo. */
  'snapshots.restore': command(
    change.extend({ id }),
    z.object({
      images: z.number().int(),
      /** Images that were edited while it was under way, and are left as they are. */
      kept: z.number().int(),
      /** False where all was so already: there is no step to undo. */
      changed: z.boolean(),
    }),
  ),

  /** Every change of the project as a whole, the newest first. */
  'project.history': query(
    z.object({ limit: z.number().int().min(1).max(500).default(100) }),
    z.object({ steps: z.array(ProjectStep) }),
  ),
  /** Images of the project that a step has changed, at most as many as a filter lists. */
  'project.stepImages': query(z.object({ stepId: id }), z.object({ imageIds: z.array(id) })),
  /**
   * The last change of the project as a whole, or none where that is not `of` or has another `stepId`. Images that it added
   * and that were edited since are kept.
   */
  'project.undo': command(
    change.extend({ of: editId.optional(), stepId: id.optional() }),
    z.object({ undone: ProjectStep.nullable() }),
  ),
  /** The last one that was undone, or none where that has another `stepId`. */
  'project.redo': command(
    change.extend({ stepId: id.optional() }),
    z.object({ redone: ProjectStep.nullable() }),
  ),

  /** Every format of data sets and of exported models. */
  'formats.list': query(
    nothing,
    z.object({ datasets: z.array(DatasetFormatInfo), models: z.array(ModelFormatInfo) }),
    { scope: 'process' },
  ),
  'dataset.import': command(
    change.extend({
      /** A file, a folder or a zip archive; or several files and folders of one format, which are one data set. */
      paths: listOf(path, MOST_SOURCES).min(1),
      /** An id of `formats.list`, or `auto`. */
      format: z.string().max(64).default('auto'),
      /** Encoding of text files that are not UTF-8 and do not say what they are. */
      encoding: z.string().max(64).optional(),
      imageFolders: listOf(path, FEW).default([]),
      split: z.enum(['train', 'val', 'test', 'none', 'from-source']).default('from-source'),
      /** Only reads and reports. */
      dryRun: z.boolean().default(false),
      /** A dry run shows some of the images with their boxes. */
      samples: z.boolean().default(false),
      /** Any problem refuses the whole import. */
      strict: z.boolean().default(false),
      /** Boxes and image classes come in as suggestions, which count as nothing until a person accepts them. */
      asSuggestions: z.boolean().default(false),
      /** Columns of a table whose names are not known. Remembered for tables with the same columns. */
      columns: ColumnMapping.optional(),
      /** How coordinates are counted where the source can't say; found by evidence where not given. */
      convention: Convention.optional(),
      /** What classes of the source become: another name, or null to leave them out. */
      classMap: z.record(z.string(), z.string().nullable()).default({}),
      /** What becomes of labels that are here already. */
      onConflict: OnConflict.default('update'),
      /** A field of the source's images: those that have the same in it are one group, which stays in one split. */
      groupField: z.string().min(1).max(500).optional(),
    }),
    jobStarted,
  ),

  /** The first table (CSV) of a data set as it is, with what its columns seem to mean; null where there is none. */
  'dataset.columns': query(
    z.object({ paths: listOf(path, MOST_SOURCES).min(1) }),
    z.object({ table: TableColumns.nullable() }),
  ),

  /**
   * Writes labels in a format of `formats.list`, into a new folder or over an earlier export. Images that nobody has
   * looked at are left out unless `unseen`.
   */
  'dataset.export': command(
    z.object({
      format: z.string().max(64),
      out: path,
      filter: ImageFilter.default({}),
      unseen: z.boolean().default(false),
      /** What waits for a decision, as if it were accepted. */
      suggestions: z.boolean().default(false),
      images: z.enum(['copy', 'link', 'none']).default('copy'),
      /** Object classes whose boxes can't be recognised on the copies. */
      blur: listOf(z.string(), FEW).default([]),
      /** Options of the format. */
      options: z.record(z.string().max(64), z.unknown()).default({}),
      /** Only counts what would be written and lost. */
      dryRun: z.boolean().default(false),
    }),
    jobStarted,
  ),

  'runs.list': query(
    nothing,
    z.object({
      runs: z.array(ListedRun),
      /** What has been evaluated. */
      evaluations: z.array(z.object({ runId, split: Split })),
      /** On the images of which saved filters. */
      filterEvaluations: z.array(z.object({ runId, filter: z.string() })),
    }),
  ),
  'runs.get': query(z.object({ runId }), ListedRun),
  /** What the app would do with this data on this machine, and why. */
  'runs.propose': query(
    z.object({
      /** Lines of key=value that the rest follows: which network, and whether it starts pretrained. */
      settings: listOf(z.string(), FEW).optional(),
      filter: trainedOn,
    }),
    z.object({
      config,
      /** What is proposed for these where nobody has chosen them. */
      unchosen: z.object({ network: z.string(), pretrained: z.boolean() }),
      reasons: z.array(SaidSchema),
      warnings: z.array(SaidSchema),
      /** Files of images were missing or damaged when they were last looked at: perhaps they are back. */
      filesGone: z.boolean(),
      learns: z.array(z.enum(TASKS)),
      /** Labelled images to learn from, and to be judged by. */
      images: z.object({ train: z.number().int(), validation: z.number().int() }),
      /** Assigning splits to labelled images without one gives the training what it lacks. */
      assignable: z.boolean(),
      /** Why nothing can be trained, and what to do. */
      blocked: z.array(SaidSchema).nullable(),
    }),
  ),
  /** JSON schema of the training configuration: types, ranges, defaults, explanations. */
  'runs.configSchema': query(nothing, z.object({ schema: z.record(z.string(), z.unknown()) }), {
    scope: 'process',
  }),
  'runs.start': command(
    z.object({
      config: config.default({}),
      settings: listOf(z.string(), FEW).default([]),
      name: z.string().max(200).optional(),
      /** Also time the operations of a step: a `profile` event after the first epoch, and profile.json. */
      profile: z.boolean().default(false),
      filter: trainedOn,
      language,
    }),
    z.object({ runId, jobId: z.string() }),
  ),
  /** @param epochs of a finished run: how many it is to have in all; its schedule begins anew for those that it adds. */
  'runs.resume': command(
    z.object({ runId, epochs: z.number().int().min(1).max(10_000).optional() }),
    z.object({ runId, jobId: z.string() }),
  ),
  'runs.stop': command(z.object({ runId }), nothing),
  /** One line, not a name that another run has. */
  'runs.rename': command(z.object({ runId, name: z.string().max(200) }), ListedRun),
  'runs.delete': command(z.object({ runId }), nothing),
  /** All events of a run from the first on, then live ones until it ends. */
  'runs.events': stream(z.object({ runId }), TrainingEvent),

  'evaluation.start': command(z.object({ ...evaluatedOn, split: Split.default('val') }), jobStarted),
  /** The figures by the labels of now; `live` is null where no predictions are stored: then as they were. */
  'evaluation.get': query(
    z.object(evaluatedOn),
    z.object({ evaluation: Evaluation.nullable(), live: LiveEvaluation.nullable() }),
  ),
  /** How far the scores may be off, by resampling the images; null where no predictions are stored. */
  'evaluation.intervals': query(
    z.object(evaluatedOn),
    z.object({ intervals: EvaluationIntervals.nullable() }),
  ),
  /** How each class of boxes fares from which score on, by the labels of now; null where no predictions are stored. */
  'evaluation.curves': query(z.object(evaluatedOn), z.object({ curves: z.array(ClassCurve).nullable() })),
  /** What the run finds on images that are known to be empty; null where no predictions of boxes are stored. */
  'evaluation.falseAlarms': query(z.object(evaluatedOn), z.object({ falseAlarms: FalseAlarms.nullable() })),
  /** The scores of the run on train, val and test, by the labels of now where predictions are stored. */
  'evaluation.splits': query(z.object({ runId }), z.object({ splits: z.array(SplitScores) })),
  /** How the run fares on each group of images, and by the number of boxes; null where no predictions are stored. */
  'evaluation.breakdown': query(z.object(evaluatedOn), z.object({ breakdown: ScoreBreakdown.nullable() })),
  /**
   * The run beside another one on the images that both count, or beside itself by the labels of two snapshots; no snapshot:
   * by those of now.
   */
  'evaluation.compare': query(
    z.object({
      ...evaluatedOn,
      snapshot: id.nullable().default(null),
      base: z.object({ runId, snapshot: id.nullable().default(null) }),
    }),
    z.object({
      comparison: RunComparison,
      /** What has to be known of the other run's scores. */
      baseNotes: z.array(SaidSchema),
    }),
  ),
  /** How far the confidence in image classes can be trusted; null where no predictions of them are stored. */
  'evaluation.calibration': query(z.object(evaluatedOn), z.object({ calibration: Calibration.nullable() })),
  /**
   * Writes what an evaluation says into one HTML file that needs no network. Only a report that nobody has changed is
   * replaced by it.
   */
  'evaluation.report': command(z.object({ ...evaluatedOn, out: path, language }), z.object({ file: path })),
  /**
   * Measures how the scores of a run fall when its images get worse, on some of those of a split, a test set or a saved
   * filter, which the seed chooses; `images` null: on all. It counts as a look at the test set.
   */
  'robustness.start': command(
    z.object({
      ...evaluatedOn,
      split: Split.default('val'),
      images: z.number().int().min(1).nullable().default(ROBUSTNESS_IMAGES),
      seed: z.number().int().min(0).max(LARGEST_SEED).default(ROBUSTNESS_SEED),
    }),
    jobStarted,
  ),
  /** As it was measured last on these images; null: it was not. */
  'robustness.get': query(z.object(evaluatedOn), z.object({ robustness: Robustness.nullable() })),
  /** Measures what a run costs on this machine: size, arithmetic, memory, time, also of its exported ONNX models. */
  'resources.start': command(z.object({ runId }), jobStarted),
  /** As it was measured last; null: it was not. */
  'resources.get': query(z.object({ runId }), z.object({ resources: Resources.nullable() })),
  /** The scores from which a run's boxes are taken; null: as each call has it. */
  'thresholds.get': query(z.object({ runId }), z.object({ thresholds: RunThresholds.nullable() })),
  /**
   * Chooses them by a goal on validation, whose predictions have to be stored; they are the run's own from then on. null:
   * it has none any more.
   */
  'thresholds.choose': command(
    z.object({ runId, goal: ThresholdGoal.nullable() }),
    z.object({ thresholds: RunThresholds.nullable() }),
  ),
  /** What a number of an evaluation counts, by the labels of now. */
  'evaluation.items': query(
    z.object({
      ...evaluationPart,
      /** On this image alone. */
      imageId: id.optional(),
      offset: z.number().int().min(0).default(0),
      limit: z.number().int().min(1).max(200).default(60),
    }),
    z.object({ total: z.number().int(), items: z.array(EvaluationItem) }),
  ),
  /** Its images in that order, each once: a list to walk through, as long as a filter may list. */
  'evaluation.images': query(z.object(evaluationPart), z.object({ imageIds: z.array(id) })),
  /**
   * Trains every variant (the proposal, `config` laid over it, then `settings`) with every seed and judges all on the split;
   * with fewer than two, the proposal itself comes first. Runs of the same configuration, labels and program are reused.
   */
  'comparison.start': command(wantedComparison, z.object({ jobId: z.string() })),
  /** What such a comparison would train, by the same rules: what is finished is not trained again. */
  'comparison.plan': query(
    wantedComparison,
    z.object({
      runs: z.array(
        z.object({
          name: z.string(),
          config,
          /** That are still to be trained. */
          epochs: z.number().int(),
          /**
           * What they take at most, by former runs; rough where none did the like at this input size, null where none has
           * trained such a network.
           */
          cost: z.object({ seconds: z.number(), rough: z.boolean() }).nullable(),
        }),
      ),
      /** To learn from in an epoch. */
      images: z.number().int(),
    }),
  ),
  /** Runs side by side, those that differ in the seed only as one variant. The variant of the first is the baseline. */
  'comparison.get': query(
    z.object({ runIds: z.array(runId).min(1).max(400), split: Split.default('val') }),
    Comparison,
  ),
  /** A page of images at once: the network is loaded once for all. Images that can't be read are left out. */
  'predict.images': command(
    z.object({
      runId,
      imageIds: z.array(id).min(1).max(200),
      minScore: z.number().min(0).max(1).default(0.25),
    }),
    z.object({ predictions: z.array(z.object({ imageId: id, prediction: Prediction })) }),
  ),
  /** Which parts of a picture speak for a class: of the picture, or, with a box, of what is there. */
  'predict.explain': command(
    z.object({
      runId,
      picture: z.union([z.object({ imageId: id }), givenPicture]),
      /** By its name, as a prediction has it. */
      class: z.string().max(1000),
      /** In pixels of the upright picture. */
      box: z
        .object({ x: z.number(), y: z.number(), width: z.number().positive(), height: z.number().positive() })
        .optional(),
    }),
    ClassActivation,
  ),
  /** A picture that the project need not have. It is not kept. */
  'predict.picture': command(
    z.object({
      runId,
      ...givenPicture.shape,
      minScore: leastScore,
    }),
    z.object({
      prediction: Prediction,
      /** To be shown: a data address of a JPEG, upright. */
      picture: z.string(),
    }),
    { longestText: LONGEST_PICTURE },
  ),
  'predict.start': command(
    z.object({
      runId,
      imageFiles: listOf(path).default([]),
      folder: path.optional(),
      split: Split.optional(),
      minScore: leastScore,
    }),
    jobStarted,
  ),
  /** What the last `predict.start` of a run found, in the order of its images. */
  'predictions.list': query(
    z.object({
      runId,
      offset: z.number().int().min(0).default(0),
      limit: z.number().int().min(1).max(1000).default(200),
    }),
    z.object({ total: z.number().int(), items: z.array(Prediction) }),
  ),
  /** Kinds of classes that a run’s network tells apart. */
  'models.kinds': query(z.object({ runId }), z.object({ kinds: z.array(ClassKind) })),
  'models.export': command(
    z.object({
      runId,
      format: z.string(),
      out: path,
      /** Options of the format. */
      options: z.record(z.string().max(64), z.unknown()).default({}),
      language,
    }),
    jobStarted,
  ),

  /** Small models on the multi-task core without images. */
  'examples.list': query(
    nothing,
    z.object({ examples: z.array(z.object({ name: z.string(), description: SaidSchema })) }),
    { scope: 'process' },
  ),
  /** Trains and judges examples one after another; all of them where none is named. */
  'examples.start': command(
    z.object({ names: listOf(z.string(), FEW).default([]), seed: z.number().int().min(0).default(1) }),
    jobStarted,
    { scope: 'process' },
  ),

  'jobs.list': query(nothing, z.object({ jobs: z.array(Job) }), { scope: 'either' }),
  'jobs.get': query(z.object({ jobId: z.string() }), Job, { scope: 'either' }),
  /** What the open project remembers of its jobs, the newest first; of earlier sessions too. */
  'jobs.history': query(nothing, z.object({ jobs: z.array(JobRecord) })),
  /** Asks again for what a job that was interrupted, failed or was cancelled was asked for. */
  'jobs.startAgain': command(z.object({ jobId: z.string() }), jobStarted),
  /** Nobody wants an interrupted job any more: it is remembered as cancelled. */
  'jobs.dismiss': command(z.object({ jobId: z.string() }), nothing),
  'jobs.cancel': command(z.object({ jobId: z.string() }), nothing, { scope: 'either' }),
  /** Every change of every job, the current state of all running ones first. */
  'jobs.events': stream(nothing, Job, { scope: 'either' }),
} as const satisfies Record<string, CallDefinition>;

export type Contract = typeof contract;
export type CallName = keyof Contract;
export type NamesOf<Kind extends CallDefinition['kind']> = {
  [Name in CallName]: Contract[Name]['kind'] extends Kind ? Name : never;
}[CallName];
export type RequestName = NamesOf<'query' | 'command'>;
export type StreamName = NamesOf<'stream'>;
/** Calls that need no project. */
export type ProcessCallName = {
  [Name in CallName]: Contract[Name]['scope'] extends 'project' ? never : Name;
}[CallName];

/** Changes that whoever might ask for them again gives an id. */
export type ChangeName = {
  [Name in NamesOf<'command'>]: 'editId' extends keyof InputOf<Name>
    ? undefined extends InputOf<Name>['editId']
      ? Name
      : never
    : never;
}[NamesOf<'command'>];

/** What a caller passes: keys with a default may be left out. */
export type InputOf<Name extends CallName> = z.input<Contract[Name]['input']>;
/** What a service receives: defaults filled in. */
export type ParsedInputOf<Name extends CallName> = z.output<Contract[Name]['input']>;
export type OutputOf<Name extends CallName> = z.output<Contract[Name]['output']>;
/** What a job of that kind was started with. Asked for once more, it is another one, with an id of its own. */
export type JobInput<Kind extends JobKind> = Omit<ParsedInputOf<(typeof jobKinds)[Kind]['call']>, 'editId'>;

export type Answer<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: ErrorReport };

/** Events are numbered from 1; a reader that lost its connection passes the last number that it saw. */
export interface StreamMessage<Event> {
  readonly sequence: number;
  readonly event: Event;
}

interface Calls<Names extends CallName> {
  call<Name extends Names & RequestName>(name: Name, input: InputOf<Name>): Promise<OutputOf<Name>>;
  /** Returns the function that ends the subscription. `onEnd` is told why a stream ended by itself. */
  subscribe<Name extends Names & StreamName>(
    name: Name,
    input: InputOf<Name>,
    onEvent: (event: OutputOf<Name>) => void,
    onEnd?: (error: ErrorReport | null) => void,
  ): () => void;
}

/** How the interface reaches the services: preload bridge or fetch, the same type. */
export interface Client extends Calls<ProcessCallName> {
  /** Everything about one open project. @param projectId as `project.open` has given it */
  of(projectId: string): ProjectClient;
}

/** A client bound to one project. */
export interface ProjectClient extends Calls<CallName> {
  /**
   * Address of a picture: a thumbnail by its longest side, `full`, or an `overview` of at most 2048 pixels. With the image's
   * `content` the browser keeps it for good; without, it asks each time.
   */
  imageUrl(imageId: number, size: 'full' | 'overview' | 256, content?: string): string;
  /** Address of a tile of a large picture (see pyramid.ts). */
  tileUrl(imageId: number, tile: Tile, content: string): string;
}
