/** The project on disk. Nothing else opens its database. */
export { openProject, ProjectStore } from './project.ts';
export type { OpenOptions } from './project.ts';
export type { EditResult } from './annotations.ts';
export type { ClassChanges, NewClass } from './classes.ts';
export type { AddedImage, ImageFile, ImageListQuery, Neighbours, NewImage } from './images.ts';
export type { Root } from './roots.ts';
export type { ProjectSettings } from './settings.ts';
export { writeFileAtomically } from './files.ts';
