import { existsSync, lstatSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { readRoots } from './rows/root-rows.ts';
import type Database from 'better-sqlite3';
import type { DatasetClass, Unknown } from '../common/dataset.ts';
import { noneBySplit } from '../common/entities.ts';
import type { Actor, ProjectInfo, SnapshotDiff } from '../common/entities.ts';
import { TwinheadError } from '../common/errors.ts';
import { canonicalPath, errorCode, makeFolder, requireOwnFile, separateSync, sweep } from '../files/index.ts';
import { Annotations } from './tables/annotations.ts';
import { Answers } from './tables/answers.ts';
import { Classes } from './tables/classes.ts';
import { connect } from './database/connection.ts';
import { labelsRevision, now, projectRevision } from './database/context.ts';
import type { StoreContext } from './database/context.ts';
import { ProjectDatabase } from './database/database.ts';
import { listBackups, requireOwn } from './file/backup-files.ts';
import { Backups } from './file/backups.ts';
import { requireBounds } from './file/bounds-check.ts';
import { projectCorrupt, storeError } from './database/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import { ProjectGuard } from './file/guard.ts';
import { checkAtOpen, fullCheck } from './file/health.ts';
import { unreadableEntries } from './history/unreadable-entries.ts';
import type { HealthReport } from './file/health.ts';
import { importAnnotations } from './tables/import.ts';
import type { ImportCounts, ImportRequest } from './tables/import-request.ts';
import { previewImport } from './tables/import-preview.ts';
import type { ImportPreview, PreviewRequest } from './tables/import-preview.ts';
import { FilterEvaluations } from './tables/filter-evaluations.ts';
import { Measurements } from './tables/measurements.ts';
import { Exports } from './tables/exports.ts';
import { ImageFiles } from './tables/image-files.ts';
import { ImageSplits } from './tables/image-splits.ts';
import { Images } from './tables/images.ts';
import { Journal } from './history/journal.ts';
import { lockProject } from './file/lock.ts';
import type { ProjectLock } from './file/lock.ts';
import { migrate } from './file/migrate.ts';
import { NEWEST_SCHEMA } from './file/migrations/index.ts';
import { finishStagedRestore, hasStagedRestore } from './file/restore.ts';
import { rollBackOpenImports } from './history/rollback.ts';
import { Looks } from './tables/looks.ts';
import { Jobs, settleDeadJobs } from './tables/jobs.ts';
import { Predictions } from './tables/predictions.ts';
import { Roots } from './tables/roots.ts';
import { Runs, settleDeadRuns } from './tables/runs.ts';
import { Snapshots } from './tables/snapshots.ts';
import { readSettings, Settings } from './tables/settings.ts';
import { Settling } from './tables/settling.ts';
import { Suggestions } from './tables/suggestions.ts';
import { readTestSets, TestSets } from './tables/test-sets.ts';
import { labelContent, noteLabelContent } from './rows/label-contents.ts';
import type { LabelContent } from './rows/label-contents.ts';
import { sourceFields } from './rows/source-rows.ts';
import { labelledClasses, labelledImages } from './queries/labelled-images.ts';
import type { LabelledImage, LabelledImagesQuery } from './queries/labelled-images.ts';
import type { AssistLabels, AssistLabelsQuery } from './queries/assist-labels.ts';
import type { Leak } from './queries/kinship.ts';
import type { Reviewed } from './queries/label-review.ts';
import { ImageOrders } from './queries/image-orders.ts';
import { Reviews } from './queries/review.ts';
import { readTrainingSnapshot } from './queries/training-snapshot.ts';
import type { TrainingSnapshot } from './queries/training-snapshot.ts';

export interface OpenOptions {
  /** Make the project where there is none. */
  readonly create?: boolean;
  readonly clock?: () => Date;
  /** Who acts where a call doesn't say; a person by default. */
  readonly actor?: Actor;
}

/** An open project: the only way to its data. Everything it returns is plain data. */
export class ProjectStore {
  readonly folder: string;
  readonly images: Images;
  readonly files: ImageFiles;
  readonly splits: ImageSplits;
  readonly roots: Roots;
  readonly testSets: TestSets;
  readonly classes: Classes;
  readonly annotations: Annotations;
  readonly journal: Journal;
  readonly suggestions: Suggestions;
  readonly settings: Settings;
  readonly runs: Runs;
  readonly exports: Exports;
  readonly predictions: Predictions;
  readonly answers: Answers;
  readonly filterEvaluations: FilterEvaluations;
  readonly measurements: Measurements;
  readonly jobs: Jobs;
  readonly backups: Backups;
  readonly looks: Looks;
  readonly snapshots: Snapshots;
  readonly #context: StoreContext;
  readonly #reviews: Reviews;
  readonly #lock: ProjectLock;
  readonly #guard: ProjectGuard;
  /** What was found out last, and at which revision. */
  #labels: { readonly at: number; readonly revision: number } | null = null;
  #open = true;

  constructor(context: StoreContext, lock: ProjectLock, guard: ProjectGuard) {
    this.#context = context;
    this.#lock = lock;
    this.#guard = guard;
    this.folder = context.folder;
    this.journal = new Journal(context);
    const orders = new ImageOrders();
    this.images = new Images(context, this.journal, orders);
    this.files = new ImageFiles(context, this.journal, orders);
    this.splits = new ImageSplits(context, this.journal);
    this.testSets = new TestSets(context, this.journal);
    this.roots = new Roots(context, this.journal);
    this.classes = new Classes(context, this.journal);
    this.annotations = new Annotations(context);
    this.suggestions = new Suggestions(context, this.journal);
    this.settings = new Settings(context, this.journal);
    this.runs = new Runs(context);
    this.exports = new Exports(context);
    this.predictions = new Predictions(context);
    this.answers = new Answers(context);
    this.filterEvaluations = new FilterEvaluations(context);
    this.measurements = new Measurements(context);
    this.jobs = new Jobs(context);
    this.backups = new Backups(context);
    this.#reviews = new Reviews(context);
    this.looks = new Looks(context);
    this.snapshots = new Snapshots(context, this.journal);
  }

  /** Its files were moved, replaced or deleted: it can be read, and edited once it was closed and opened again. */
  get lost(): boolean {
    return this.#guard.lost;
  }

  /** Path of the database, for a thread that reads it. */
  get file(): string {
    return this.#context.db.file;
  }

  get name(): string {
    return path.basename(this.folder).replace(/\.twinhead$/, '');
  }

  /** Grows with every change of images, classes and labels. */
  get revision(): number {
    return projectRevision(this.#context.db.read);
  }

  /** Grows with every change of labels, classes and splits, and with nothing else. */
  get labelsRevision(): number {
    return labelsRevision(this.#context.db.read);
  }

  info(): Omit<ProjectInfo, 'id'> {
    return this.#context.db.snapshot((reader) => {
      const project = reader.get<{ revision: number; labels_revision: number; created_at: string }>(
        'SELECT revision, labels_revision, created_at FROM project',
      )!;
      const count = (sql: string): number => reader.get<{ n: number }>(sql)!.n;
      const byState = { unseen: 0, labelled: 0, empty: 0 };
      const bySplit = noneBySplit();
      for (const { state, split, images } of this.images.counts()) {
        byState[state] += images;
        bySplit[split] += images;
      }
      const { multipleImageClasses, attributes, testLocked, testLooks } = this.settings.get();
      return {
        name: this.name,
        path: this.folder,
        createdAt: project.created_at,
        schemaVersion: NEWEST_SCHEMA,
        revision: project.revision,
        labelsRevision: project.labels_revision,
        images: byState.unseen + byState.labelled + byState.empty,
        boxes: count("SELECT coalesce(sum(uses), 0) AS n FROM classes WHERE kind = 'object'"),
        byState,
        bySplit,
        missing: this.images.missing(),
        runs: count('SELECT count(*) AS n FROM runs'),
        testLocked,
        testLooks,
        testSets: readTestSets(reader),
        folders: readRoots(reader, this.folder).map(({ id, folder }) => ({
          id,
          name: path.basename(folder),
        })),
        multipleImageClasses,
        attributes,
        ...this.journal.projectSteps(),
      };
    });
  }

  /** See importAnnotations in import.ts. Await it: more than a chunk is imported over several turns. */
  async importAnnotations(request: ImportRequest): Promise<ImportCounts> {
    return importAnnotations(this.#context, request);
  }

  /** See previewImport in import-preview.ts. */
  async previewImport(request: PreviewRequest): Promise<ImportPreview> {
    return previewImport(this.#context, request);
  }

  /** What is worth a look in the labels: see label-review.ts. On a thread. */
  review(): Promise<Reviewed> {
    return this.#reviews.review();
  }

  /** Images of several splits that should be in one: see kinship.ts. On a thread. */
  leaks(): Promise<Leak[]> {
    return this.#reviews.leaks();
  }

  /** What has changed between two entries of the journal: see snapshot-diff.ts. On a thread. */
  diff(early: number, late: number): Promise<SnapshotDiff> {
    return this.#reviews.diff(early, late);
  }

  /** Pairs of images whose pictures are alike, of those that were looked at. On a thread. */
  similarPairs(): Promise<[number, number][]> {
    return this.#reviews.similar();
  }

  /** What the live assistant learns from and suggests for, read on a thread. */
  assistLabels(query: Omit<AssistLabelsQuery, 'folder'>): Promise<AssistLabels> {
    return this.#reviews.assist(query);
  }

  /** What a model learns from, all of one moment. */
  trainingSnapshot(): TrainingSnapshot {
    return this.#context.db.snapshot((reader) => readTrainingSnapshot(reader, this.folder));
  }

  /** Kept by a run or an evaluation that has seen these labels, so that they are known when they come again. */
  noteLabels(labels: LabelContent): void {
    this.#context.db.write((writer) => noteLabelContent(writer, labels));
  }

  /** Whether the labels are others than those of that revision; equal ones are not, whatever was done in between. */
  labelsChanged(revision: number): boolean {
    const at = this.labelsRevision;
    if (revision === at) return false;
    if (this.#labels?.at !== at)
      this.#labels = { at, revision: this.#context.db.snapshot(labelContent).revision };
    return this.#labels.revision !== revision;
  }

  /** Classes in the order in which they were made. */
  labelledClasses(format: string): DatasetClass[] {
    return labelledClasses(this.#context.db.read, format);
  }

  /** Fields that the last import of a format brought beside images and classes, for the way back. */
  sourceFields(format: string): Unknown {
    return sourceFields(this.#context.db.read, format);
  }

  /** Images with their labels, in the order of the ids; each page of them is of one moment. */
  labelledImages(query: LabelledImagesQuery): Iterable<LabelledImage> {
    return labelledImages(this.#context, query);
  }

  /** Reads everything and compares it: takes a second for each some hundred thousand boxes. Changes nothing. */
  fullCheck(): HealthReport {
    return fullCheck(this.#context.db.file, unreadableEntries);
  }

  /** Closing twice is harmless. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#context.settling.stop();
    try {
      this.#context.db.close();
    } finally {
      this.#lock.release();
    }
  }
}

/** A folder that may not be looked into is not said to be empty. @throws TwinheadError `read-only` */
function requireReadable(folder: string): void {
  try {
    if (existsSync(folder)) readdirSync(folder);
    else lstatSync(folder, { throwIfNoEntry: false });
  } catch (error) {
    if (errorCode(error) !== 'EACCES' && errorCode(error) !== 'EPERM') return;
    throw new TwinheadError('read-only', say('store.unreadable', { folder }), {
      file: folder,
      remedy: say('store.unreadable.remedy'),
    });
  }
}

function projectFile(folder: string, create: boolean): string {
  const file = path.join(folder, 'project.db');
  requireReadable(folder);
  if (existsSync(file) || hasStagedRestore(folder)) return file;
  if (listBackups(folder).length > 0) throw projectCorrupt(file, say('store.damage.gone'));
  if (!create) {
    throw new TwinheadError('not-found', say('store.noProject', { folder }), {
      file: folder,
      remedy: say('store.noProject.remedy'),
    });
  }
  if (existsSync(folder) && !statSync(folder).isDirectory()) {
    throw new TwinheadError('unusable-input', say('store.isFile', { file: folder }), {
      file: folder,
      remedy: say('store.isFile.remedy'),
    });
  }
  try {
    makeFolder(folder);
  } catch (error) {
    throw storeError(error, folder);
  }
  return file;
}

/** A new project's one row, and what a process that died has left under way. */
function settle(context: StoreContext): void {
  context.db.write((writer) => {
    writer.run(
      'INSERT INTO project (id, revision, created_at, last_run) VALUES (1, 0, ?, 0) ON CONFLICT DO NOTHING',
      now(context),
    );
    settleDeadRuns(writer);
    settleDeadJobs(writer, now(context));
  });
  rollBackOpenImports(context);
}

/** @throws TwinheadError `project-corrupt` where what is decided for the project is nothing that Twinhead writes */
function requireSettings(db: ProjectDatabase): void {
  try {
    readSettings(db.read);
  } catch (error) {
    if (error instanceof TwinheadError) throw error;
    throw projectCorrupt(db.file, say('store.damage.settings'), error);
  }
}

/** What earlier openers that were killed have left half written; the lock says that nobody writes now. */
function sweepProject(folder: string): void {
  sweep(folder);
  for (const sub of ['runs', 'backups', 'cache', 'images']) {
    const inside = path.join(folder, sub);
    sweep(inside);
    if (sub === 'backups' || !existsSync(inside)) continue;
    for (const name of readdirSync(inside)) sweep(path.join(inside, name));
  }
}

/**
 * Opens the project in `folder` for this process alone, until it is closed or the process ends.
 * @throws TwinheadError `not-found`, `project-in-use`, `project-too-new` and `unusable-input` (nothing was changed),
 * `project-corrupt`, `read-only`, `disk-full`
 */
export function openProject(folder: string, options: OpenOptions = {}): ProjectStore {
  const absolute = canonicalPath(folder);
  const clock = options.clock ?? (() => new Date());
  const file = projectFile(absolute, options.create ?? false);
  const lock = lockProject(absolute);
  let connection: Database.Database | undefined;
  try {
    finishStagedRestore(absolute);
    for (const part of ['', '-wal', '-shm']) {
      requireOwnFile(`${file}${part}`);
      separateSync(`${file}${part}`);
    }
    if (existsSync(file)) requireOwn(file);
    for (const sub of ['runs', 'backups', 'cache']) makeFolder(path.join(absolute, sub));
    sweepProject(absolute);
    connection = connect(file);
    checkAtOpen(connection, file);
    migrate(connection, file, clock());
    const guard = new ProjectGuard(connection, file, lock.files, clock);
    const db = new ProjectDatabase(connection, file, guard);
    const settling = new Settling(db);
    const context = { db, settling, clock, folder: absolute, actor: options.actor ?? 'person' };
    requireBounds(connection, file);
    requireSettings(db);
    settle(context);
    settling.start();
    guard.watch();
    return new ProjectStore(context, lock, guard);
  } catch (error) {
    try {
      connection?.close();
    } finally {
      lock.release();
    }
    throw error;
  }
}
