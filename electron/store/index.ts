/** The project on disk. Nothing else opens its database. */
export { openProject, ProjectStore } from './project.ts';
export type { OpenOptions } from './project.ts';
export type { Addition } from './history/addition.ts';
export { editIdTaken } from './history/edit-ids.ts';
export type { EditResult } from './tables/annotations.ts';
export type { ClassChanges, NewClass } from './tables/classes.ts';
export type { AddedImage, ImageFile, NewImage } from './tables/image-files.ts';
export type { ImageListQuery } from './tables/images.ts';
export type { ExportRecord, NewExport } from './tables/exports.ts';
export type { NewRun, RunChanges } from './tables/runs.ts';
export type { NewLook } from './tables/looks.ts';
export type { SplitShares } from './tables/splits.ts';
export type { HealthReport } from './file/health.ts';
export type { SnapshotBox, SnapshotImage, TrainingSnapshot } from './queries/training-snapshot.ts';
export type { ImportCounts, ImportRequest } from './tables/import-request.ts';
export type { ImportedBox, ImportedImage } from './tables/import-plan.ts';
export type { ImportPreview } from './tables/import-preview.ts';
export type { Root } from './rows/root-rows.ts';
export type { ProjectSettings } from './tables/settings.ts';
export { isHeldHere } from './file/lock.ts';
export { projectInUse } from './database/errors.ts';
export { listBackups, readBackup } from './file/backup-files.ts';
export type { Backup } from './file/backup-files.ts';
export { copyOut, moveRoots } from './file/copy-out.ts';
export type { CopiedImage } from './file/copy-out.ts';
export { verifyDatabase } from './file/backup-files.ts';
export { readOut } from './file/read-out.ts';
export type { ReadOut } from './file/read-out.ts';
export { restoreBackup } from './file/restore.ts';
export type { Restored } from './file/restore.ts';
export { relativeImagePath } from './rows/paths.ts';
export { objectIn } from './rows/damaged.ts';
export { byFormat } from './rows/extra-fields.ts';
export { requireClassName, requireDescription } from './tables/class-rules.ts';
export type { LabelledImage } from './queries/labelled-images.ts';
export { readProjectFile } from './database/read-apart.ts';
export type { Reader } from './database/database.ts';
export { labelsRevision } from './database/context.ts';
export { answeringRun } from './tables/answers.ts';
export { chosenImages, thresholdsOf } from './rows/run-rows.ts';
export type { NewAnswer } from './tables/answers.ts';
export {
  answeredAt,
  answeredImages,
  copiedImages,
  overwrittenImages,
  readAnswers,
  readLabels,
  unansweredImages,
} from './queries/answered-images.ts';
export type { AnsweredImage, EvaluatedOn, ImageLabels } from './queries/answered-images.ts';
export { snapshotEntry } from './tables/snapshots.ts';
export { classNamesAt, labelsAt } from './queries/labels-at.ts';
export type { PastLabels } from './queries/labels-at.ts';
export { imageGroups } from './queries/image-groups.ts';
export { filterNow } from './tables/filter-evaluations.ts';
export { splitsAt } from './queries/earlier-splits.ts';
export { labelContent } from './rows/label-contents.ts';
export type { LabelContent } from './rows/label-contents.ts';
export type { AssistImage, AssistLabels } from './queries/assist-labels.ts';
export type { Offer, OfferedSuggestion } from './tables/suggestions.ts';
export { TEST_SET_KEY } from './rows/test-set-rows.ts';
