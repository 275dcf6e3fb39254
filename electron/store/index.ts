/** The project on disk. Nothing else opens its database. */
export { openProject, ProjectStore } from './project.ts';
export type { OpenOptions } from './project.ts';
export type { EditResult } from './annotations.ts';
export type { ClassChanges, NewClass } from './classes.ts';
export type { AddedImage, ImageFile, ImageListQuery, NewImage } from './images.ts';
export type { ExportRecord, NewExport, NewRun, RunChanges } from './runs.ts';
export type { SplitShares } from './splits.ts';
export type { HealthReport } from './health.ts';
export type { SnapshotBox, SnapshotImage, TrainingSnapshot } from './training-snapshot.ts';
export type { ImportCounts, ImportRequest } from './import.ts';
export type { ImportedBox, ImportedImage, ImportMode } from './import-plan.ts';
export type { Root } from './roots.ts';
export type { ProjectSettings } from './settings.ts';
export { listBackups, readBackup } from './backup-files.ts';
export type { Backup } from './backup-files.ts';
export { restoreBackup } from './restore.ts';
export type { Restored } from './restore.ts';
export { writeFileAtomically } from './files.ts';
