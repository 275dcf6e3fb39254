import { setImmediate as nextTurn } from 'node:timers/promises';
import { OnConflict } from '../../common/entities.ts';
import type { ClassKind } from '../../common/entities.ts';
import type { StoreContext } from '../database/context.ts';
import { readClasses } from '../rows/class-rows.ts';
import { changeOf } from './import-image.ts';
import type { ImportedImage } from './import-plan.ts';
import { readSettings } from './settings.ts';

/** What one way of treating labels that are here would come to. */
export interface ChoicePreview {
  readonly choice: OnConflict;
  /** Images that have labels here and would be changed. */
  readonly images: number;
  readonly boxesAdded: number;
  readonly boxesChanged: number;
  readonly boxesRemoved: number;
  /** Boxes of the source that would be left out, since somebody has changed or deleted them here. */
  readonly boxesKept: number;
  readonly suggestions: number;
  /** Images that would keep their own class. */
  readonly classesKept: number;
}

export interface ImportPreview {
  /** Images of the source that have labels here. */
  readonly labelled: number;
  /** Every way, over the images that the project has already. */
  readonly choices: readonly ChoicePreview[];
}

export interface PreviewRequest {
  /** Images that the project has already. */
  readonly images: Iterable<ImportedImage>;
  /** What tells the source from others. */
  readonly source: string;
}

const CHUNK_IMAGES = 200;

/** What an import would change of images that the project has already, one count for each way. Changes nothing. */
export async function previewImport(
  context: StoreContext,
  { images, source }: PreviewRequest,
): Promise<ImportPreview> {
  const { read } = context.db;
  const ids = new Map(readClasses(read).map(({ kind, name, id }) => [`${kind} ${name}`, id]));
  // Classes that are not there yet get ids that no class has.
  const classIds = (kind: ClassKind, name: string): number => {
    const key = `${kind} ${name.normalize('NFC').trim()}`;
    const id = ids.get(key) ?? -1 - ids.size;
    ids.set(key, id);
    return id;
  };
  const several = readSettings(read).multipleImageClasses;
  const choices = OnConflict.options.map((choice) => ({
    choice,
    images: 0,
    boxesAdded: 0,
    boxesChanged: 0,
    boxesRemoved: 0,
    boxesKept: 0,
    suggestions: 0,
    classesKept: 0,
  }));
  let labelled = 0;
  let seen = 0;
  for (const image of images) {
    if (++seen % CHUNK_IMAGES === 0) await nextTurn();
    let hasLabels = false;
    for (const total of choices) {
      const rules = { mode: total.choice, suggestAll: false, several, sourceId: 0, source, place: '' };
      const change = changeOf(read, image, rules, classIds);
      hasLabels = change.labelled;
      const { plan, suggest } = change;
      const changed = plan.added.length + (plan.patch.put?.length ?? 0) + (plan.patch.remove?.length ?? 0);
      if (hasLabels && changed + suggest.length > 0) total.images += 1;
      total.boxesAdded += plan.added.length;
      total.boxesChanged += plan.patch.put?.length ?? 0;
      total.boxesRemoved += plan.patch.remove?.length ?? 0;
      total.boxesKept += plan.boxesKept;
      total.suggestions += suggest.length;
      if (plan.classKept) total.classesKept += 1;
    }
    if (hasLabels) labelled += 1;
  }
  return { labelled, choices };
}
