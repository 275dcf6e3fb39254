import type { ImageSummary } from '../../electron/common/entities.ts';

/** The folder of an image below its root, with its last slash; empty where it lies in the root itself. */
export const folderOf = ({ path }: Pick<ImageSummary, 'path'>): string =>
  path.slice(0, path.lastIndexOf('/') + 1);
