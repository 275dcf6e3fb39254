import type { ClassPatch } from '../rows/class-rows.ts';
import type { Writer } from '../database/database.ts';
import { putFiles } from '../rows/file-rows.ts';
import { putRoots } from '../rows/root-rows.ts';
import type { FileTuple } from '../rows/file-rows.ts';
import type { RootTuple } from '../rows/root-rows.ts';
import { putSettings } from '../rows/setting-rows.ts';
import type { SettingTexts } from '../rows/setting-rows.ts';
import { putSources } from '../rows/source-rows.ts';
import type { SourceTexts } from '../rows/source-rows.ts';

/** A change of the project as a whole, beside those of its images, as plain data; see ImagePatch. */
export interface ProjectPatch extends ClassPatch {
  readonly settings?: SettingTexts;
  /** Fields of imported files as a whole. */
  readonly sources?: SourceTexts;
  readonly roots?: readonly RootTuple[];
  readonly files?: readonly FileTuple[];
}

/** Whether it says nothing of classes, settings, sources and files. */
export const isEmptyProjectPatch = (patch: ProjectPatch): boolean =>
  [patch.put, patch.remove, patch.settings, patch.sources, patch.roots, patch.files].every(
    (part) => part === undefined || Object.keys(part).length === 0,
  );

/** Does what the patch says of settings, sources and files, and returns what takes it back. */
export function applyProjectPatch(writer: Writer, patch: ProjectPatch): ProjectPatch {
  const settings = putSettings(writer, patch.settings ?? {});
  const sources = putSources(writer, patch.sources ?? {});
  const roots = putRoots(writer, patch.roots ?? []);
  const files = putFiles(writer, patch.files ?? []);
  return {
    ...(Object.keys(settings).length > 0 ? { settings } : {}),
    ...(Object.keys(sources).length > 0 ? { sources } : {}),
    ...(roots.length > 0 ? { roots } : {}),
    ...(files.length > 0 ? { files } : {}),
  };
}
