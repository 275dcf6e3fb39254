import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { AttributeDefinition } from '../common/entities.ts';
import type { ImageState, Problem, Split } from '../common/entities.ts';
import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import type { Attributes } from '../common/dataset.ts';
import { openProject, readOut } from '../store/index.ts';
import type { ImportedBox, NewImage, ProjectStore, ReadOut } from '../store/index.ts';

/** Images that are registered in one transaction. */
const CHUNK = 2000;

/** What came into the new project. */
export interface Rescued {
  readonly folder: string;
  readonly images: number;
  readonly boxes: number;
  readonly classes: number;
  readonly problems: Problem[];
}

/**
 * Reads what can be read of a project that can't be opened into a new one: images, classes, labels, states, splits
 * and notes. Its history, suggestions and runs stay behind. The damaged project is not touched.
 * @param source folder of a project, or a project file (a backup, a file that was moved aside)
 * @param folder of the new project; nothing may be there
 * @throws TwinheadError `not-found`, `unusable-input`, `project-too-new`, `project-corrupt`, `read-only`, `disk-full`
 */
export async function rescue(source: string, folder: string): Promise<Rescued> {
  const file = projectFileOf(source);
  if (existsSync(folder)) {
    throw new TwinheadError('unusable-input', say('rescue.there', { folder }), {
      file: folder,
      remedy: say('rescue.there.remedy'),
    });
  }
  const found = readOut(file, path.dirname(file));
  if (found.images.length === 0) {
    throw new TwinheadError('project-corrupt', say('rescue.nothing', { file }), {
      file,
      remedy: say('rescue.nothing.remedy'),
    });
  }
  const store = openProject(folder, { create: true });
  try {
    return await fill(store, found, file);
  } finally {
    store.close();
  }
}

function projectFileOf(source: string): string {
  const file =
    existsSync(source) && statSync(source).isDirectory() ? path.join(source, 'project.db') : source;
  if (existsSync(file)) return file;
  throw new TwinheadError('not-found', say('rescue.missing', { file }), {
    file,
    remedy: say('rescue.missing.remedy'),
  });
}

async function fill(store: ProjectStore, found: ReadOut, file: string): Promise<Rescued> {
  const problems: Problem[] = [...found.problems];
  const lost = (place: string, count: number, key: 'rescue.orphanBoxes' | 'rescue.orphanImages'): void => {
    if (count > 0) problems.push({ file, place, message: say(key, { count }), remedy: say('rescue.look') });
  };
  const classes = new Map(found.classes.map((one) => [one.id, one]));
  const { attributes, multipleImageClasses } = settingsOf(found);
  store.settings.update({ multipleImageClasses });
  try {
    store.settings.update({ attributes });
  } catch (error) {
    if (!(error instanceof TwinheadError)) throw error;
    problems.push({ file, place: 'settings', message: error.said, remedy: error.details.remedy });
  }

  const kept = found.images.filter(({ removed }) => removed === 0);
  const ids = register(store, found, kept);
  lost('images', kept.length - ids.size, 'rescue.orphanImages');

  const owned = found.boxes.filter(
    (box) => ids.has(box.image_id) && classes.get(box.class_id)?.kind === 'object',
  );
  lost('boxes', found.boxes.length - owned.length, 'rescue.orphanBoxes');
  const boxes = Map.groupBy(owned, (box) => box.image_id);
  const importedBox = (box: ReadOut['boxes'][number]): ImportedBox => {
    const { x, y, width, height, score, attributes, extra } = box;
    return {
      x,
      y,
      width,
      height,
      score,
      className: classes.get(box.class_id)!.name,
      attributes: (attributes ?? {}) as Attributes,
      extra,
    };
  };
  const imageClasses = Map.groupBy(
    found.image_classes.filter((row) => classes.get(row.class_id)?.kind === 'image'),
    (row) => row.image_id,
  );

  const counts = await store.importAnnotations({
    title: path.basename(file),
    classes: found.classes.toSorted((a, b) => a.position - b.position),
    images: kept
      .filter(({ id }) => ids.has(id))
      .map(({ id, split, state }) => ({
        imageId: ids.get(id)!,
        boxes: (boxes.get(id) ?? []).map(importedBox),
        imageClassNames: (imageClasses.get(id) ?? []).map((row) => classes.get(row.class_id)!.name),
        split: split satisfies Split,
        verifiedEmpty: state === ('empty' satisfies ImageState),
      })),
  });
  for (const made of store.classes.list()) {
    const old = found.classes.find(({ kind, name }) => kind === made.kind && name === made.name);
    if (old !== undefined && /^#[0-9a-f]{6}$/i.test(old.color))
      store.classes.update(made.id, { color: old.color });
  }
  const chosen = (flag: 'verified' | 'flagged'): number[] =>
    kept.flatMap((image) => (image[flag] === 1 && ids.has(image.id) ? [ids.get(image.id)!] : []));
  if (chosen('verified').length > 0) store.images.change(chosen('verified'), { verified: true });
  if (chosen('flagged').length > 0) store.images.change(chosen('flagged'), { flagged: true });
  for (const { id, note } of kept) {
    const imageId = ids.get(id);
    if (note === '' || imageId === undefined) continue;
    const { revision } = store.images.get(imageId);
    store.annotations.edit(imageId, revision, [{ type: 'set-note', note }]);
  }
  return {
    folder: store.folder,
    images: ids.size,
    boxes: counts.boxesAdded,
    classes: found.classes.length,
    problems,
  };
}

/** What was decided for the project, where it can be read; several image classes also where an image has them. */
function settingsOf({ settings, image_classes: rows }: ReadOut): {
  multipleImageClasses: boolean;
  attributes: AttributeDefinition[];
} {
  const value = (name: string): unknown => {
    const stored = settings.find(({ key }) => key === name)?.value;
    try {
      return stored === undefined ? undefined : JSON.parse(stored);
    } catch {
      return undefined;
    }
  };
  const attributes = z.array(AttributeDefinition).safeParse(value('attributes'));
  return {
    multipleImageClasses:
      value('multipleImageClasses') === true || new Set(rows.map((row) => row.image_id)).size < rows.length,
    attributes: attributes.success ? attributes.data : [],
  };
}

/** Ids in the new project by those in the old one. */
function register(
  store: ProjectStore,
  { folder, roots }: ReadOut,
  images: ReadOut['images'],
): Map<number, number> {
  const ids = new Map<number, number>();
  for (const root of roots) {
    const { id: rootId } = store.roots.add(path.resolve(folder, root.folder));
    const own = images.filter((image) => image.root_id === root.id);
    for (let first = 0; first < own.length; first += CHUNK) {
      const chunk = own.slice(first, first + CHUNK);
      const added = store.images.addMany(rootId, chunk.map(newImage));
      chunk.forEach(({ id }, index) => ids.set(id, added[index]!.id));
    }
  }
  return ids;
}

function newImage(row: ReadOut['images'][number]): NewImage {
  return {
    path: row.path,
    sha256: Buffer.from(row.sha256).toString('hex'),
    bytes: row.bytes,
    modifiedMs: row.modified_ms,
    width: row.width,
    height: row.height,
    orientation: row.orientation,
    format: row.format,
    group: row.split_group,
    perceptualHash: row.perceptual_hash,
  };
}
