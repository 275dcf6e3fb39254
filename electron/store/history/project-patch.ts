import type { ClassPatch } from '../tables/class-rows.ts';
import type { Writer } from '../database.ts';
import { putFiles, putRoots } from '../tables/place-rows.ts';
import type { FileTuple, RootTuple } from '../tables/place-rows.ts';
import { putSettings } from '../tables/setting-rows.ts';
import type { SettingTexts } from '../tables/setting-rows.ts';

/** A change of the project as a whole, beside those of its images, as plain data; see ImagePatch. */
export interface ProjectPatch extends ClassPatch {
  readonly settings?: SettingTexts;
  readonly roots?: readonly RootTuple[];
  readonly files?: readonly FileTuple[];
}

/** Does what the patch says of settings and places, and returns what takes it back. */
export function applyProjectPatch(writer: Writer, patch: ProjectPatch): ProjectPatch {
  const settings = putSettings(writer, patch.settings ?? {});
  const roots = putRoots(writer, patch.roots ?? []);
  const files = putFiles(writer, patch.files ?? []);
  return {
    ...(Object.keys(settings).length > 0 ? { settings } : {}),
    ...(roots.length > 0 ? { roots } : {}),
    ...(files.length > 0 ? { files } : {}),
  };
}
