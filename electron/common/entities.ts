import { z } from 'zod';
import { BoxErrorKind, evaluated, TASKS } from './heads.ts';
import { BoxFields, BoxSource, NewBoxFields } from './labels/box-fields.ts';
import { AttributeValue, SIDE_CHANGES } from './score-parts.ts';
import { SaidSchema, SentenceSchema } from './sentences/sentence.ts';

/**
 * The words of the product, once, as schemas; the types follow from them. Everything here crosses process borders
 * as plain JSON. Boxes are floating-point pixels of the oriented image (see geometry.ts).
 */
export const SPLITS = ['train', 'val', 'test', 'none'] as const;
export const Split = z.enum(SPLITS);
export type Split = z.infer<typeof Split>;

/** Nothing counted yet. */
export const noneBySplit = (): Record<Split, number> => ({ train: 0, val: 0, test: 0, none: 0 });

/**
 * What stays in one split when splits are drawn, beside copies and groups: images of one folder, of one series of
 * numbered names, or with pictures alike.
 */
export const KeepTogether = z.enum(['folder', 'series', 'similar']);
export type KeepTogether = z.infer<typeof KeepTogether>;

/** Images that are the same, alike or of one group, in several splits: what is tested was trained on. */
export const SplitLeak = z.object({
  kinship: z.enum(['same', 'similar', 'group']),
  /** How many images; the first of each split are listed first. */
  count: z.number().int(),
  images: z.array(z.object({ id: z.number().int(), path: z.string(), content: z.string(), split: Split })),
});
export type SplitLeak = z.infer<typeof SplitLeak>;

/** A part of the split `test` by name, that is evaluated on by itself: a list of images, which nothing else changes. */
export const TestSet = z.object({
  name: z.string(),
  /** Images of the project in the split. */
  images: z.number().int(),
  /** How often a run was evaluated on all of it: by its name, or on the whole split. */
  looks: z.number().int(),
});
export type TestSet = z.infer<typeof TestSet>;

/** unseen: nobody has looked; labelled: has a box or an image class; empty: looked at, nothing there. */
export const IMAGE_STATES = ['unseen', 'labelled', 'empty'] as const;
export const ImageState = z.enum(IMAGE_STATES);
export type ImageState = z.infer<typeof ImageState>;

/** What a class names: a whole image (violet in the interface) or an object in it (teal). */
export const ClassKind = z.enum(['image', 'object']);
export type ClassKind = z.infer<typeof ClassKind>;

/** Examples of one class. */
export const MOST_EXAMPLES = 8;
/** Characters of the sentence that explains a class. */
export const LONGEST_DESCRIPTION = 500;

export const LabelClass = z.object({
  id: z.number().int(),
  kind: ClassKind,
  name: z.string(),
  /** `#RRGGBB`. */
  color: z.string(),
  /** One key, lower case, or null. */
  hotkey: z.string().nullable(),
  /** Index in the list, from 0. An order for people: nothing is ever addressed by it. */
  position: z.number().int(),
  /** Boxes of an object class, images of an image class. */
  uses: z.number().int(),
  /** Tells people what it is and what it is not; empty where nobody has said. */
  description: z.string(),
  /**
   * Ids of boxes, of an image class ids of images, that show what it is. One that is gone, or of another class now, is
   * left in the list: it counts again when that is undone. `classes.guide` has those that are there.
   */
  examples: z.array(z.number().int()),
});
export type LabelClass = z.infer<typeof LabelClass>;

export const BoxGeometry = z.object({
  x: z.number(),
  y: z.number(),
  width: z.number().positive(),
  height: z.number().positive(),
});

/** An example of a class: a box on its image, or, of an image class, the image as a whole. */
export const ClassExample = z.object({
  /** As `LabelClass.examples` has it. */
  id: z.number().int(),
  box: BoxGeometry.nullable(),
  image: z.object({
    id: z.number().int(),
    fileName: z.string(),
    width: z.number().int(),
    height: z.number().int(),
    content: z.string(),
  }),
});
export type ClassExample = z.infer<typeof ClassExample>;

export const Box = BoxGeometry.extend({
  id: z.number().int(),
  classId: z.number().int(),
  ...BoxFields.shape,
});
export type Box = z.infer<typeof Box>;

export const NewBox = Box.omit({ id: true }).extend(NewBoxFields.shape);
export type NewBox = z.infer<typeof NewBox>;

/** What a model or an import proposes and nobody has said yet. It never counts as a label. */
export const Suggestion = z.object({
  id: z.number().int(),
  classId: z.number().int(),
  /** null: the class is suggested for the image as a whole. */
  box: BoxGeometry.nullable(),
  source: z.enum(['model', 'import']),
  /** Name of the run or the imported file. */
  sourceName: z.string(),
  /** Confidence, 0 to 1, where the source has one. */
  score: z.number().nullable(),
  attributes: Box.shape.attributes,
});
export type Suggestion = z.infer<typeof Suggestion>;

/** A run or an imported file that has suggestions waiting. */
export const SuggestionSource = z.object({
  id: z.number().int(),
  kind: Suggestion.shape.source,
  name: z.string(),
  /** ISO 8601, UTC: when it first suggested something. */
  at: z.string(),
  suggestions: z.number().int(),
  images: z.number().int(),
});
export type SuggestionSource = z.infer<typeof SuggestionSource>;

/** The live assistant of a project, as pages show it. */
export const AssistState = z.object({
  /** null: it is off. */
  jobId: z.string().nullable(),
  paused: z.boolean(),
  /** It learns or predicts just now. */
  working: z.boolean(),
  /** What it does, or what its last round has come to. */
  line: SaidSchema,
  /** What a person may want to know besides. */
  notes: z.array(SaidSchema),
  /** That a full training would pay; null: not yet. */
  offer: SaidSchema.nullable(),
});
export type AssistState = z.infer<typeof AssistState>;

export const LONGEST_NOTE = 10_000;

export const ImageSummary = z.object({
  id: z.number().int(),
  /** Relative to its root folder, forward slashes. */
  path: z.string(),
  fileName: z.string(),
  /** Size of the oriented image, in pixels. */
  width: z.number().int(),
  height: z.number().int(),
  state: ImageState,
  verified: z.boolean(),
  split: Split,
  /** Images of one group stay in one split: frames of a video, pages of a file. */
  group: z.string().nullable(),
  boxCount: z.number().int(),
  imageClassIds: z.array(z.number().int()),
  /** A person wants to come back to it. */
  flagged: z.boolean(),
  /** Whether somebody has written a note on it. */
  noted: z.boolean(),
  /** Suggestions that wait for a decision. */
  suggestionCount: z.number().int(),
  /** Grows by one with every edit of this image. */
  revision: z.number().int(),
  /** The beginning of the file's SHA-256, 16 hexadecimal digits: another content, another address of its picture. */
  content: z.string(),
  /** The file was not where it should be when last looked for. */
  missing: z.boolean(),
});
export type ImageSummary = z.infer<typeof ImageSummary>;

/** One image with everything a person says about it. */
export const ImageAnnotations = z.object({
  image: ImageSummary,
  boxes: z.array(Box),
  /** The surest first; those without a score last. */
  suggestions: z.array(Suggestion),
  note: z.string(),
  canUndo: z.boolean(),
  canRedo: z.boolean(),
});
export type ImageAnnotations = z.infer<typeof ImageAnnotations>;

/** The edits of one image. Several in one command are one transaction and one step of undo. */
export const AnnotationOperation = z.discriminatedUnion('type', [
  z.object({ type: z.literal('add-box'), box: NewBox }),
  z.object({
    type: z.literal('update-box'),
    boxId: z.number().int(),
    changes: z.object({
      geometry: BoxGeometry.optional(),
      classId: z.number().int().optional(),
      ...BoxFields.partial().shape,
    }),
  }),
  z.object({ type: z.literal('delete-box'), boxId: z.number().int() }),
  z.object({ type: z.literal('set-image-classes'), classIds: z.array(z.number().int()).max(1000) }),
  /** `empty` is refused while the image has boxes; `labelled` follows from boxes and classes and cannot be set. */
  z.object({ type: z.literal('set-state'), state: z.enum(['unseen', 'empty']) }),
  z.object({ type: z.literal('set-verified'), verified: z.boolean() }),
  z.object({ type: z.literal('set-note'), note: z.string().max(LONGEST_NOTE) }),
  z.object({ type: z.literal('set-flag'), flagged: z.boolean() }),
  /** It becomes a box, or a class of the image, that keeps its source and score. */
  z.object({ type: z.literal('accept-suggestion'), suggestionId: z.number().int() }),
  z.object({ type: z.literal('reject-suggestion'), suggestionId: z.number().int() }),
]);
export type AnnotationOperation = z.infer<typeof AnnotationOperation>;

export const Actor = z.enum(['person', 'import', 'model', 'system']);
export type Actor = z.infer<typeof Actor>;

export const JournalEntry = z.object({
  id: z.number().int(),
  imageId: z.number().int().nullable(),
  /** edit, undo, redo, import, class-change, split-change, … */
  kind: z.string(),
  /** In words, for the history panel. */
  summary: SaidSchema,
  actor: Actor,
  /** The run or file that it came from, where it was a model or an import. */
  actorName: z.string().nullable(),
  /** ISO 8601, UTC. */
  at: z.string(),
  /** The first boxes that it added or changed, as they were after it, or deleted, as they had been; in an image's history. */
  boxes: z.array(
    BoxGeometry.extend({
      id: z.number().int(),
      classId: z.number().int(),
      change: z.enum(['added', 'changed', 'deleted']),
      /** The class that it had before, where that is another. */
      formerClassId: z.number().int().optional(),
    }),
  ),
});
export type JournalEntry = z.infer<typeof JournalEntry>;

/** A change of the project as a whole: one step of its undo. */
export const ProjectStep = z.object({
  id: z.number().int(),
  /** import, suggest, add-images, add-frames, remove-images, split-change, class-change, settings, relink, … */
  kind: z.string(),
  summary: SaidSchema,
  /** Name of the folder, file or video that it came from; empty where there is none. */
  name: SaidSchema,
  actor: Actor,
  actorName: z.string().nullable(),
  /** ISO 8601, UTC. */
  at: z.string(),
  /** open: under way; done: in force; undone: can be redone; abandoned: undone, and cannot be redone any more. */
  state: z.enum(['open', 'done', 'undone', 'abandoned']),
  /** What it concerned; null where the history does not say. */
  images: z.number().int().nullable(),
  boxes: z.number().int().nullable(),
  suggestions: z.number().int().nullable(),
});
export type ProjectStep = z.infer<typeof ProjectStep>;

/** Images that a filter lists one by one, at most. */
export const MOST_LISTED = 5000;

/** Where boxes lie is told by parts of their image: each side is divided into so many. */
export const CENTRE_PARTS = 16;
const imagePart = z
  .number()
  .int()
  .min(0)
  .max(CENTRE_PARTS - 1);

export const ImageFilter = z.object({
  state: ImageState.optional(),
  verified: z.boolean().optional(),
  split: Split.optional(),
  /** Images of the test set of this name. */
  testSet: z.string().optional(),
  /** Images on which a run was evaluated by the saved filter of this name: those that matched it then. */
  evaluated: z.object({ runId: z.string(), filter: z.string() }).optional(),
  /** Images that lie in this folder itself: its path below its root, empty for the root. */
  folder: z.object({ rootId: z.number().int(), path: z.string() }).optional(),
  /** Images of this group: frames of one video, pages of one file. */
  group: z.string().optional(),
  /** Images that have a box of this object class, or this image class. */
  classId: z.number().int().optional(),
  /** Images that have a box of one of these object classes, or one of these image classes. */
  classIds: z.array(z.number().int()).min(1).max(1000).optional(),
  /** Images that have all of these classes: of a box, or as their image class. */
  allClassIds: z.array(z.number().int()).min(1).max(10).optional(),
  /** A part of the path, any case. */
  text: z.string().optional(),
  /** The name of the file, with or without its extension, any case. */
  named: z.string().optional(),
  /** How many boxes it has. */
  minBoxes: z.number().int().min(0).optional(),
  maxBoxes: z.number().int().min(0).optional(),
  /** Images that have a box of this source. */
  source: BoxSource.optional(),
  /** Images that have a box of such a size: the side of a square of the same area, in pixels. */
  minBoxSide: z.number().min(0).optional(),
  maxBoxSide: z.number().min(0).optional(),
  /** Images that have a box of such a width over its height. */
  minAspect: z.number().min(0).optional(),
  maxAspect: z.number().min(0).optional(),
  /** Images that have a box whose centre lies in this part of the image, counted from the top left. */
  centre: z.object({ column: imagePart, row: imagePart }).optional(),
  /** Whether suggestions wait for a decision. */
  suggestions: z.boolean().optional(),
  /** The highest score of its suggestions. */
  minScore: z.number().optional(),
  maxScore: z.number().optional(),
  flagged: z.boolean().optional(),
  noted: z.boolean().optional(),
  missing: z.boolean().optional(),
  /** These alone. */
  imageIds: z.array(z.number().int()).max(MOST_LISTED).optional(),
  /** Images that have a box with this attribute: of that value, or, where none is given, of any but `false`. */
  attribute: z
    .object({ name: z.string(), value: z.union([z.string(), z.number(), z.boolean()]).optional() })
    .optional(),
});
export type ImageFilter = z.infer<typeof ImageFilter>;

export const SnapshotKind = z.enum(['person', 'import', 'run']);
export type SnapshotKind = z.infer<typeof SnapshotKind>;

/** A named moment of labels, classes and splits: a position in the journal. */
export const Snapshot = z.object({
  id: z.number().int(),
  name: SaidSchema,
  /** Made by a person, before an import, or by a run of what it was trained on. */
  kind: SnapshotKind,
  /** The last entry of the journal that it contains; 0: it is of the beginning. */
  entryId: z.number().int(),
  /** ISO 8601, UTC. */
  at: z.string(),
});
export type Snapshot = z.infer<typeof Snapshot>;

/** How many changes of one sort, on how many images, and the first of those. */
export const DiffPart = z.object({
  count: z.number().int(),
  images: z.number().int(),
  imageIds: z.array(z.number().int()),
});
export type DiffPart = z.infer<typeof DiffPart>;

/** What is other at the later of two moments. */
export const SnapshotDiff = z.object({
  images: z.object({
    added: DiffPart,
    removed: DiffPart,
    /** Some box is another. */
    boxes: DiffPart,
    /** A box that is there at both has other attributes. */
    attributes: DiffPart,
    imageClasses: DiffPart,
    /** Unseen, labelled or empty. */
    states: DiffPart,
    /** Marked as verified, or not any more. */
    verified: DiffPart,
    flags: DiffPart,
    notes: DiffPart,
  }),
  splits: z.array(DiffPart.extend({ from: Split, to: Split })),
  /** New ones (`was` null), removed ones (`now` null), renamed ones, and those of which something else is other. */
  classes: z.array(
    z.object({
      id: z.number().int(),
      kind: ClassKind,
      was: z.string().nullable(),
      now: z.string().nullable(),
      /** Beside the name: its sentence and examples, its colour, its key, its place in the list. */
      changed: z.array(z.enum(['guide', 'color', 'hotkey', 'position'])),
    }),
  ),
  /** By object class, those without a change left out. */
  boxes: z.array(
    z.object({
      classId: z.number().int(),
      name: z.string(),
      added: DiffPart,
      removed: DiffPart,
      moved: DiffPart,
      /** Boxes of another class that are of this one now. */
      reclassed: DiffPart,
      /** IoU of moved boxes with what they were; null where none has moved. */
      meanOverlap: z.number().nullable(),
    }),
  ),
});
export type SnapshotDiff = z.infer<typeof SnapshotDiff>;

/** Something in the labels that is worth a look. */
export const Finding = z.object({
  /** bad: it spoils a training or its figures; warn: it may; info: to know. */
  severity: z.enum(['bad', 'warn', 'info']),
  message: SentenceSchema,
  /** Filter for the images that it concerns; null where there are none. */
  filter: ImageFilter.nullable(),
});
export type Finding = z.infer<typeof Finding>;

/** How many fall between two bounds, the lower one included; null: without end. */
const Bin = z.object({ from: z.number(), to: z.number().nullable(), count: z.number().int() });

/** How far the images of a folder, a video, a file of several pages or another group are. */
export const GroupProgress = z.object({
  kind: z.enum(['folder', 'video', 'pages', 'group']),
  name: z.string(),
  images: z.number().int(),
  states: z.record(ImageState, z.number().int()),
  splits: z.record(Split, z.number().int()),
  boxes: z.number().int(),
  /** Its images. */
  filter: ImageFilter,
});
export type GroupProgress = z.infer<typeof GroupProgress>;

/** How the labels are spread. */
export const LabelFigures = z.object({
  /** Labelled images by their number of boxes. */
  boxesPerImage: z.array(Bin),
  /** Boxes by the side of a square of the same area, pixels. */
  sizes: z.array(Bin),
  /** Boxes by width over height. */
  aspects: z.array(Bin),
  /** Boxes by the part of their image that the centre lies in, row by row from the top. */
  centres: z.array(z.number().int()),
  /** Pairs of classes on one image, the most frequent first. */
  together: z.array(
    z.object({ classIds: z.tuple([z.number().int(), z.number().int()]), images: z.number().int() }),
  ),
  /** Labels of each class, of boxes or of images, by split. */
  classes: z.array(
    z.object({
      id: z.number().int(),
      kind: ClassKind,
      name: z.string(),
      labels: z.number().int(),
      splits: z.record(Split, z.number().int()),
    }),
  ),
  /** Images by split and state. */
  states: z.record(Split, z.record(ImageState, z.number().int())),
  /** How far each folder, video or file of several pages is, those with the most images first. */
  groups: z.array(GroupProgress),
  /** Groups that are not listed. */
  groupsLeftOut: z.number().int(),
  /** Images whose picture nobody has looked at yet: `images.look`. */
  unlooked: z.number().int(),
});
export type LabelFigures = z.infer<typeof LabelFigures>;

/** Every box may have these: true or false. */
export const COMMON_ATTRIBUTES = ['truncated', 'occluded', 'difficult'] as const;

/** An attribute that a project defines for its boxes. */
export const AttributeDefinition = z.object({
  name: z.string(),
  type: z.enum(['boolean', 'choice', 'number', 'text']),
  /** Values that a choice can have. */
  choices: z.array(z.string()).max(1000).default([]),
});
export type AttributeDefinition = z.infer<typeof AttributeDefinition>;

export const ProjectInfo = z.object({
  /** Id of its folder: the scope of calls about it while it is open, the same each time. */
  id: z.string(),
  name: z.string(),
  path: z.string(),
  createdAt: z.string(),
  schemaVersion: z.number().int(),
  /** Grows with every edit of the project. */
  revision: z.number().int(),
  /** Grows with every change of labels, classes and splits; `dataRevision` is the first one with equal labels. */
  labelsRevision: z.number().int(),
  images: z.number().int(),
  boxes: z.number().int(),
  byState: z.record(ImageState, z.number().int()),
  bySplit: z.record(Split, z.number().int()),
  missing: z.number().int(),
  runs: z.number().int(),
  /** Nothing comes into the test set or goes out of it. */
  testLocked: z.boolean(),
  /** How often a run was evaluated on the test set. */
  testLooks: z.number().int(),
  /** Parts of it that have a name, by name. */
  testSets: z.array(TestSet),
  /** Folders that images were added from, as filters name them. */
  folders: z.array(z.object({ id: z.number().int(), name: z.string() })),
  /** Several image classes on one image are allowed. */
  multipleImageClasses: z.boolean(),
  /** Beside those that every box may have. */
  attributes: z.array(AttributeDefinition),
  /** What the next undo of the project would take back. */
  undo: ProjectStep.nullable(),
  redo: ProjectStep.nullable(),
});
export type ProjectInfo = z.infer<typeof ProjectInfo>;

/**
 * Labels that are here when an import comes: update corrects untouched ones of an import, merge keeps all, replace takes
 * the source's, skip leaves labelled images alone, suggest makes suggestions for those.
 */
export const OnConflict = z.enum(['update', 'merge', 'replace', 'skip', 'suggest']);
export type OnConflict = z.infer<typeof OnConflict>;

/** What a format of data sets may be unable to say. */
export const FormatLoss = z.enum([
  /** Classes of whole images. */
  'imageClasses',
  /** Attributes of boxes: truncated, occluded, those of the project. */
  'attributes',
  /** Confidence of boxes that a model made. */
  'scores',
  'splits',
  /** Which images were looked at and found empty, and which nobody has seen. */
  'states',
  /** Fields that came with an import and Twinhead has no word for. */
  'unknown',
  /** Classes that no label has. */
  'unusedClasses',
]);
export type FormatLoss = z.infer<typeof FormatLoss>;

/** What some formats leave open and whoever imports can say: what columns mean, by which convention boxes are written. */
export const FormatQuestion = z.enum(['columns', 'convention']);
export type FormatQuestion = z.infer<typeof FormatQuestion>;

export const DatasetFormatInfo = z.object({
  id: z.string(),
  title: z.string(),
  /** Endings of the files that have its labels. */
  labelFiles: z.array(z.string()),
  reads: z.boolean(),
  writes: z.boolean(),
  loses: z.array(FormatLoss),
  asks: z.array(FormatQuestion),
  /** JSON schema of what can be chosen when it is written. */
  options: z.record(z.string(), z.unknown()),
});
export type DatasetFormatInfo = z.infer<typeof DatasetFormatInfo>;

export const ModelFormatInfo = z.object({
  id: z.string(),
  title: z.string(),
  /** Where it is verified, of a format whose runtime not every machine has: elsewhere it is only written. */
  verifiedWhere: SaidSchema.nullable(),
  /** JSON schema of what can be chosen when it is written. */
  options: z.record(z.string(), z.unknown()),
});
export type ModelFormatInfo = z.infer<typeof ModelFormatInfo>;

/**
 * error: something was left out; warning: it was changed, or taken in a way that may be wrong; note: all is well, but
 * has to be known.
 */
export const Severity = z.enum(['error', 'warning', 'note']);
export type Severity = z.infer<typeof Severity>;

/** Something to say of the input, while the rest of it was used. */
export const Problem = z.object({
  file: z.string().optional(),
  place: SaidSchema.optional(),
  message: SaidSchema,
  remedy: SaidSchema.optional(),
  /** Where it isn't given, an error. */
  severity: Severity.optional(),
});
export type Problem = z.infer<typeof Problem>;

export const RunState = z.enum(['preparing', 'running', 'stopped', 'done', 'failed', 'interrupted']);
export type RunState = z.infer<typeof RunState>;

/** A saved filter that chose what a run learns from: its name and its condition as they were. */
export const RunFilter = z.object({
  name: z.string(),
  filter: ImageFilter,
  /** Labelled training images that matched it. */
  images: z.number().int(),
});
export type RunFilter = z.infer<typeof RunFilter>;

export const Run = z.object({
  id: z.string(),
  name: z.string(),
  state: RunState,
  createdAt: z.string(),
  finishedAt: z.string().nullable(),
  dataRevision: z.number().int(),
  appVersion: z.string(),
  engine: z.string(),
  device: z.string(),
  seed: z.number().int(),
  /** The complete training configuration (learning/config). */
  config: z.record(z.string(), z.unknown()),
  /** Null: it learns from all labelled images of the training split. */
  filter: RunFilter.nullable(),
  epoch: z.number().int(),
  epochs: z.number().int(),
  step: z.number().int(),
  /** Weighted overall score on validation of the best checkpoint, 0 to 1. */
  bestScore: z.number().nullable(),
  bestEpoch: z.number().int().nullable(),
  seconds: z.number(),
  peakMemoryBytes: z.number().nullable(),
  /** Why it ended: "finished", "early stop: …", "stopped by you", "loss became NaN in …". */
  ended: SaidSchema.nullable(),
});
export type Run = z.infer<typeof Run>;

/** A run as pages show it. */
export const ListedRun = Run.extend({
  /** Why this version can't work with it, and what to do; null: it can. */
  unknown: z.array(SaidSchema).nullable(),
  /** It was asked to stop, and is about to. */
  stopping: z.boolean(),
});
export type ListedRun = z.infer<typeof ListedRun>;

/**
 * How many epochs a training that has come to its end may well have in all: its last one was its best, so more of them
 * may make it better still. null: nothing speaks for more.
 */
export const epochsToGoOn = ({
  epoch,
  epochs,
  bestEpoch,
}: Pick<Run, 'epoch' | 'epochs' | 'bestEpoch'>): number | null =>
  epochs > 1 && epoch === epochs && bestEpoch === epochs ? epochs * 2 : null;

/** One point of the live curves. `step` events come several times a second at most, `epoch` events once an epoch. */
/** A box that a model predicts, in pixels of the oriented image. */
export const PredictedBox = BoxGeometry.extend({ class: z.string(), score: z.number() });
export type PredictedBox = z.infer<typeof PredictedBox>;

export const TrainingEvent = z.discriminatedUnion('type', [
  /**
   * `lasting`: a fact about the run that stays true, not what is being done right now; `warning`: one that may spoil it.
   */
  z.object({
    type: z.literal('status'),
    message: SaidSchema,
    lasting: z.boolean().optional(),
    warning: z.boolean().optional(),
  }),
  z.object({
    type: z.literal('step'),
    epoch: z.number().int(),
    step: z.number().int(),
    steps: z.number().int(),
    loss: z.number(),
    /** By head and term: "imageClass", "boxes", "boxes.iou", … */
    terms: z.record(z.string(), z.number()),
    /** Factors of the losses by head; "trunk.boxes": of a head's gradient on the trunk, where that is another. */
    weights: z.record(z.string(), z.number()),
    learningRate: z.number(),
    gradientNorm: z.number(),
    /** By part of the network; "trunk.boxes": of a head's own gradient on the trunk, where that was looked at. */
    gradientNorms: z.record(z.string(), z.number()).optional(),
    /** Between the heads' gradients on the trunk, -1 (conflict) to 1: "imageClass.boxes". Empty: not looked at. */
    gradientCosines: z.record(z.string(), z.number()).optional(),
    imagesPerSecond: z.number(),
    /** Share of the step spent waiting for data, 0 to 1. */
    dataWait: z.number(),
    secondsLeft: z.number(),
    memoryBytes: z.number(),
  }),
  z.object({
    type: z.literal('epoch'),
    epoch: z.number().int(),
    step: z.number().int(),
    trainLoss: z.number(),
    trainTerms: z.record(z.string(), z.number()),
    /** Means over the epoch, as in `step` events; in runs of older versions missing. */
    weights: z.record(z.string(), z.number()).optional(),
    gradientCosines: z.record(z.string(), z.number()).optional(),
    validationLoss: z.number().nullable(),
    validationTerms: z.record(z.string(), z.number()),
    /** imageClass.accuracy, boxes.map50, boxes.map, overall. */
    metrics: z.record(z.string(), z.number()),
    best: z.boolean(),
    seconds: z.number(),
  }),
  /** What the network finds on a few validation images at the end of an epoch: the same images all along. */
  z.object({
    type: z.literal('samples'),
    epoch: z.number().int(),
    step: z.number().int(),
    images: z.array(
      z.object({
        imageId: z.number().int(),
        width: z.number().int(),
        height: z.number().int(),
        /** The likeliest one; null without that head. */
        imageClass: z.object({ name: z.string(), score: z.number() }).nullable(),
        /** The surest few, by falling score. */
        boxes: z.array(PredictedBox),
        /** Boxes found beside those; runs of earlier versions don't tell. */
        moreBoxes: z.number().int().optional(),
      }),
    ),
  }),
  /** Where a training step's time goes; only where it was asked for. */
  z.object({
    type: z.literal('profile'),
    /** Time of a step run operation by operation, in which `operations` were timed; means of several steps. */
    stepMilliseconds: z.number(),
    /** Time of a step as it trained, as one graph where `compiled`. */
    trainedMilliseconds: z.number(),
    compiled: z.boolean(),
    /** TensorFlow's operations by name, slowest first: how many a step has and what they take together. */
    operations: z.array(z.object({ op: z.string(), count: z.number(), milliseconds: z.number() })),
  }),
  /** `remedy`: what can be done about it, where it failed. */
  z.object({
    type: z.literal('end'),
    state: RunState,
    reason: SaidSchema,
    remedy: SaidSchema.optional(),
  }),
]);
export type TrainingEvent = z.infer<typeof TrainingEvent>;

/** From here on an image that can have several classes is said to have one. */
export const CLASS_PRESENT = 0.5;

export const Prediction = z.object({
  image: z.string(),
  width: z.number().int(),
  height: z.number().int(),
  /**
   * Sorted by score, every image class. `present`: the model says that the image has it, which is the first one, or
   * each one from `CLASS_PRESENT` on where an image can have several.
   */
  imageClass: z.array(z.object({ name: z.string(), score: z.number(), present: z.boolean() })),
  /** Sorted by score. */
  boxes: z.array(PredictedBox),
});
export type Prediction = z.infer<typeof Prediction>;

export const Evaluation = z.object({
  run: z.string(),
  split: Split,
  dataRevision: z.number().int(),
  images: z.number().int(),
  /** Null where it was put together from what was found before. */
  seconds: z.number().nullable(),
  /** Weighted by the tasks' weights in `evaluation.overall`, 0 to 1; null where there was nothing to judge by. */
  overall: z.number().nullable(),
  // By task; null where the head does not exist or the split has no labels for it.
  ...evaluated,
});
export type Evaluation = z.infer<typeof Evaluation>;

/** Where a figure would lie for 95 of 100 sets of such images. */
export const Interval = z.object({ low: z.number(), high: z.number() });
export type Interval = z.infer<typeof Interval>;

/** Intervals of the scores that the overall score is made of, and of itself; null where there is nothing to judge by. */
export const EvaluationIntervals = z.object({
  /** Samples of the bootstrap. */
  samples: z.number().int(),
  overall: Interval.nullable(),
  /** By task. */
  tasks: z.record(z.string(), Interval.nullable()),
});
export type EvaluationIntervals = z.infer<typeof EvaluationIntervals>;

/** What an evaluation shows now: predictions as they were made, labels and figures as they are. */
export const LiveEvaluation = z.object({
  /** ISO 8601, UTC: when the predictions were made. */
  predictedAt: z.string(),
  /** Epoch of the checkpoint that made them. */
  epoch: z.number().int(),
  /** The figures when they were made. */
  before: Evaluation,
  /** Kinds of classes that the run’s network tells apart. */
  kinds: z.array(ClassKind),
  /** What the figures leave out or count otherwise than a new evaluation would. */
  notes: z.array(SaidSchema),
});
export type LiveEvaluation = z.infer<typeof LiveEvaluation>;

/** Detections of a class with a score from `from` on and below `to`; the highest score is in the last bin. */
export const ScoreBin = z.object({
  from: z.number(),
  to: z.number(),
  right: z.number().int(),
  wrong: z.number().int(),
});
export type ScoreBin = z.infer<typeof ScoreBin>;

/** How a class of boxes fares from which score on, at the overlap 0.5. */
export const ClassCurve = z.object({
  classId: z.number().int(),
  name: z.string(),
  /** Boxes to be found. */
  truths: z.number().int(),
  /** By falling score, each a whole thousandth; some hundred at most. `right` and `wrong` detections from there on. */
  points: z.array(
    z.object({
      score: z.number(),
      right: z.number().int(),
      wrong: z.number().int(),
      precision: z.number(),
      recall: z.number(),
      f1: z.number(),
    }),
  ),
  /** By tenths of the score. */
  bins: z.array(ScoreBin),
});
export type ClassCurve = z.infer<typeof ClassCurve>;

/** Answers of a confidence from above `from` up to `to`. */
export const CalibrationBin = z.object({
  from: z.number(),
  to: z.number(),
  count: z.number().int(),
  right: z.number().int(),
  /** Mean of them; 0 where there are none. */
  confidence: z.number(),
});
export type CalibrationBin = z.infer<typeof CalibrationBin>;

/** How far the confidence in image classes can be trusted. Of a run that gives several classes, each one by itself. */
export const Calibration = z.object({
  /** Expected calibration error, 0 to 1. */
  error: z.number(),
  bins: z.array(CalibrationBin),
  /** Divides the logits; fitted on validation. Null without predictions there, or where all of them are right. */
  temperature: z.number().nullable(),
  /** The error with that temperature. */
  scaledError: z.number().nullable(),
});
export type Calibration = z.infer<typeof Calibration>;

/** Which parts of a picture speak for a class (Grad-CAM). */
export const ClassActivation = z.object({
  /** Positions along each side of `area`. */
  side: z.number().int(),
  /** A byte for each position, row by row, base64: 255 is the strongest; all 0 where nothing speaks for the class. */
  values: z.string(),
  /** What the positions cover, in pixels of the picture: the network's square input, which may reach beyond it. */
  area: z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() }),
  picture: z.object({ width: z.number().int(), height: z.number().int() }),
});
export type ClassActivation = z.infer<typeof ClassActivation>;

/** The scores of a run on a split. */
export const SplitScores = z.object({
  split: Split,
  /** Null where it was not evaluated there. */
  scores: z
    .object({
      images: z.number().int(),
      overall: z.number().nullable(),
      /** By task; null as in an evaluation. */
      tasks: z.record(z.string(), z.number().nullable()),
    })
    .nullable(),
  /** Whether it has labelled images to evaluate on. */
  evaluable: z.boolean(),
});
export type SplitScores = z.infer<typeof SplitScores>;

/** The score of each task on some of the images; null where they have nothing to evaluate it on. */
const PartScores = z.object({
  images: z.number().int(),
  tasks: z.record(z.string(), z.number().nullable()),
  /** Its images, beside the split. */
  filter: ImageFilter,
});

/** How a run fares on each folder, video or other group, and by the number of labelled boxes on an image. */
export const ScoreBreakdown = z.object({
  /** Those with the most images first; empty where all images are in one. */
  groups: z.array(
    PartScores.extend({ kind: z.enum(['folder', 'video', 'pages', 'group']), name: z.string() }),
  ),
  /** Groups that are not listed. */
  groupsLeftOut: z.number().int(),
  /** Images with `from` boxes on and fewer than `to`, null without end; empty without labelled boxes. */
  objects: z.array(PartScores.extend({ from: z.number().int(), to: z.number().int().nullable() })),
  /** Boxes by the values of their attributes; the scores beside them are those of the images that have such boxes. */
  attributes: z.array(
    PartScores.extend({
      name: z.string(),
      /** Null: boxes that haven't got it. */
      value: AttributeValue.nullable(),
      boxes: z.number().int(),
      /** How many of them the run finds, at an overlap of 0.5, from the score on from which it shows boxes. */
      found: z.number().int(),
      /** Mean IoU of those with what finds them; null where none is found. */
      meanIou: z.number().nullable(),
      filter: ImageFilter.nullable(),
    }),
  ),
  /** Values that are not listed. */
  valuesLeftOut: z.number().int(),
});
export type ScoreBreakdown = z.infer<typeof ScoreBreakdown>;

/** A score of two runs, or by two states of the labels, on the same images; null where there is nothing to evaluate on. */
const ComparedScore = z.object({
  base: z.number().nullable(),
  own: z.number().nullable(),
  /** How much `own` is above `base`. */
  difference: z.number().nullable(),
  /** Where the difference may lie, at 95 %, by resampling the images for both alike; null where it can't be said. */
  interval: Interval.nullable(),
});
export type ComparedScore = z.infer<typeof ComparedScore>;

/** A run beside another one, or beside itself by other labels, on the images that both count. */
export const RunComparison = z.object({
  images: z.number().int(),
  /** Number of samples of the bootstrap; 0 where there are too few images for it. */
  samples: z.number().int(),
  /** `overall`, where both have the same heads, and the figures of the heads that both have. */
  figures: z.array(ComparedScore.extend({ id: z.string() })),
  /** AP50 or F1 of the classes that both tell apart. */
  classes: z.array(
    ComparedScore.extend({ task: z.enum(TASKS), classId: z.number().int(), name: z.string() }),
  ),
  /** Images that changed sides, of those that are labelled for the task. */
  heads: z.array(
    z.object({
      task: z.enum(TASKS),
      images: z.number().int(),
      changes: z.array(z.object({ change: z.enum(SIDE_CHANGES), count: z.number().int() })),
    }),
  ),
  notes: z.array(SaidSchema),
});
export type RunComparison = z.infer<typeof RunComparison>;

/** What a run finds on images that are known to be empty. */
export const FalseAlarms = z.object({
  images: z.number().int(),
  /** On how many of them something is found. */
  alarmed: z.number().int(),
  detections: z.number().int(),
  /** The score from which detections count; null: from the run's own thresholds. */
  from: z.number().nullable(),
});
export type FalseAlarms = z.infer<typeof FalseAlarms>;

/** An answer of a run that a number of its evaluation counts, or a label that it lacks. */
export const EvaluationItem = z.object({
  image: ImageSummary,
  /** Score of the box or image class that was found, 0 to 1; how suspicious a label is; null where nothing was found. */
  score: z.number().nullable(),
  /** Overlap of what was found with the label; null where one of them is lacking. */
  overlap: z.number().nullable(),
  /** Negative log-likelihood of the label by what was answered; null where that says nothing of it. */
  loss: z.number().nullable(),
  /** How far the heads contradict each other on the image, 0 to 1; null where there are not both. */
  disagreement: z.number().nullable(),
  error: BoxErrorKind.nullable(),
  found: BoxGeometry.extend({ classId: z.number().int() }).nullable(),
  /** The labelled box. */
  truth: BoxGeometry.extend({ id: z.number().int(), classId: z.number().int() }).nullable(),
  /** Classes of the image by their ids, those left out that are gone; null: it is about boxes. */
  imageClasses: z
    .object({ labelled: z.array(z.number().int()), predicted: z.array(z.number().int()) })
    .nullable(),
});
export type EvaluationItem = z.infer<typeof EvaluationItem>;

/** One of the learning core's small models on data without images, judged on held-out samples. */
export const LearnExample = z.object({
  name: z.string(),
  seed: z.number().int(),
  trainSamples: z.number().int(),
  testSamples: z.number().int(),
  parameters: z.number().int(),
  steps: z.number().int(),
  seconds: z.number(),
  /** Whether the step ran as one TensorFlow graph. */
  compiled: z.boolean(),
  device: z.string(),
  metrics: z.array(
    z.object({
      task: z.string(),
      metric: z.string(),
      value: z.number(),
      /** Reached without learning anything. */
      baseline: z.number(),
      baselineIs: SaidSchema,
    }),
  ),
});
export type LearnExample = z.infer<typeof LearnExample>;

/** One configuration of a comparison over its seeds. */
export const ComparedVariant = z.object({
  name: z.string(),
  /** In the order of the seeds. */
  runs: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      seed: z.number().int(),
      state: RunState,
      dataRevision: z.number().int(),
    }),
  ),
  /** The settings in which the variants differ, by path: "weights.boxes". */
  settings: z.record(z.string(), z.unknown()),
});
export type ComparedVariant = z.infer<typeof ComparedVariant>;

/** A figure of a variant over its seeds. */
export const ComparedFigure = z.object({
  /** By seed; null where the run lacks it. */
  values: z.array(z.number().nullable()),
  mean: z.number().nullable(),
  /** Sample standard deviation (n − 1); null under two values. */
  deviation: z.number().nullable(),
  /** This minus the first variant, paired by seed: mean and deviation of the differences. null for the first. */
  delta: z.object({ mean: z.number(), deviation: z.number().nullable(), pairs: z.number().int() }).nullable(),
});
export type ComparedFigure = z.infer<typeof ComparedFigure>;

/** Configurations side by side. */
export const Comparison = z.object({
  split: Split,
  variants: z.array(ComparedVariant),
  metrics: z.array(
    z.object({
      /** imageClass.accuracy, imageClass.macroF1, boxes.map50, boxes.map, overall, epochs, seconds. */
      id: z.string(),
      /** In the order of the variants. */
      figures: z.array(ComparedFigure),
    }),
  ),
  /** What makes the figures less comparable. */
  notes: z.array(SaidSchema),
});
export type Comparison = z.infer<typeof Comparison>;
