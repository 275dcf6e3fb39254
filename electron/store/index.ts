/** The project on disk. Nothing else opens its database. */
export { openProject, ProjectStore } from './project.ts';
export type { OpenOptions } from './project.ts';
export type { Addition } from './history/addition.ts';
export type { EditResult } from './tables/annotations.ts';
export type { ClassChanges, NewClass } from './tables/classes.ts';
export type { AddedImage, ImageFile, ImageListQuery, NewImage } from './tables/images.ts';
export type { ExportRecord, NewExport, NewRun, RunChanges } from './tables/runs.ts';
export type { SplitShares } from './tables/splits.ts';
export type { HealthReport } from './file/health.ts';
export type { SnapshotBox, SnapshotImage, TrainingSnapshot } from './queries/training-snapshot.ts';
export type { ImportCounts, ImportRequest } from './tables/import.ts';
export type { ImportedBox, ImportedImage, ImportMode } from './tables/import-plan.ts';
export type { Root } from './tables/roots.ts';
export type { ProjectSettings } from './tables/settings.ts';
export { listBackups, readBackup } from './file/backup-files.ts';
export type { Backup } from './file/backup-files.ts';
export { restoreBackup } from './file/restore.ts';
export type { Restored } from './file/restore.ts';
