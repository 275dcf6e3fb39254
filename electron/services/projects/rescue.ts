import { kit } from '../../common/labels/kits.ts';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { AttributeDefinition } from '../../common/entities.ts';
import type { ImageState, LabelClass, Problem, Split } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import { makeFolder, moveSync, TemporaryFolder } from '../../files/index.ts';
import { openProject, readOut, relativeImagePath } from '../../store/index.ts';
import type { ImportedBox, NewImage, ProjectStore, ReadOut } from '../../store/index.ts';
import type { TaskType } from '../../tasks/types.ts';
import {
  attributesOf,
  boxesInside,
  guideOf,
  Losses,
  namedClasses,
  noteOf,
  testSetsOf,
} from './rescue-rows.ts';

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

/** {@link rescue} on a thread of its own: it takes as long as the project is large. */
export interface RescueTask extends TaskType {
  readonly input: { readonly source: string; readonly folder: string };
  readonly event: never;
  readonly result: Rescued;
}

/**
 * Reads what can be read of a damaged project into a new one: images, classes, labels, states, splits, test sets and notes, without
 * history, suggestions and runs. The damaged one is not touched; after a failure nothing of the new one is left.
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
  const parent = path.dirname(folder);
  makeFolder(parent);
  // It gets its name once it is whole.
  using place = new TemporaryFolder(path.basename(folder), parent);
  const store = openProject(path.join(place.path, path.basename(folder)), { create: true });
  let rescued: Omit<Rescued, 'folder'>;
  try {
    rescued = await fill(store, found, file);
  } finally {
    store.close();
  }
  moveSync(store.folder, folder);
  return { folder, ...rescued };
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

async function fill(store: ProjectStore, found: ReadOut, file: string): Promise<Omit<Rescued, 'folder'>> {
  const losses = new Losses(file, found.problems);
  const lost = (place: string, count: number, key: 'rescue.orphanBoxes' | 'rescue.orphanImages'): void => {
    if (count > 0) losses.report(place, say(key, { count }));
  };
  const classes = namedClasses(found.classes, losses);
  const { attributes, multipleImageClasses, ...test } = settingsOf(found);
  store.settings.update({ multipleImageClasses });
  /** Does what this version may refuse of the old project's settings, and names it then. */
  const attempt = (change: () => void): void => {
    try {
      change();
    } catch (error) {
      if (!(error instanceof TwinheadError)) throw error;
      losses.problems.push({ file, place: 'settings', message: error.said, remedy: error.details.remedy });
    }
  };
  attempt(() => store.settings.update({ attributes }));

  const kept = found.images.filter(({ removed }) => removed === 0);
  const ids = register(store, found, kept);
  lost('images', kept.length - ids.size, 'rescue.orphanImages');
  const saved = kept.filter(({ id }) => ids.has(id));

  const owned = found.boxes.filter(
    (box) => ids.has(box.image_id) && classes.get(box.class_id)?.kind === 'object',
  );
  const removed = new Set(found.images.filter((image) => image.removed === 1).map(({ id }) => id));
  const orphans = found.boxes.filter(({ image_id: imageId }) => !removed.has(imageId)).length - owned.length;
  lost('boxes', orphans, 'rescue.orphanBoxes');
  const boxes = Map.groupBy(owned, (box) => box.image_id);
  const imageClasses = Map.groupBy(
    found.image_classes.filter((row) => classes.get(row.class_id)?.kind === 'image'),
    (row) => row.image_id,
  );
  const importedBoxes = (image: ReadOut['images'][number]): ImportedBox[] =>
    boxesInside(image, boxes.get(image.id) ?? [], losses).map((box) => ({
      ...kit.encode(box),
      score: box.score,
      className: classes.get(box.class_id)!.name,
      attributes: attributesOf(image, box, losses),
      extra: box.extra,
    }));

  const counts = await store.importAnnotations({
    title: path.basename(file),
    classes: [...classes.values()],
    images: saved.map((image) => ({
      imageId: ids.get(image.id)!,
      boxes: importedBoxes(image),
      imageClassNames: (imageClasses.get(image.id) ?? []).map((row) => classes.get(row.class_id)!.name),
      split: image.split satisfies Split,
      verifiedEmpty: image.state === ('empty' satisfies ImageState),
    })),
  });
  const oldBoxes = new Map(owned.map((box) => [box.id, box]));
  /** An example's id in the new project; undefined where it did not come along. */
  const newExample = (id: number, { id: classId, kind }: LabelClass): number | undefined => {
    const old = oldBoxes.get(id);
    const imageId = ids.get(kind === 'image' ? id : (old?.image_id ?? 0));
    if (imageId === undefined) return undefined;
    const { image, boxes: made } = store.annotations.get(imageId);
    if (kind === 'image') return image.imageClassIds.includes(classId) ? imageId : undefined;
    return made.find((box) => box.classId === classId && old !== undefined && kit.equals(box, old))?.id;
  };
  for (const made of store.classes.list()) {
    const old = [...classes.values()].find(({ kind, name }) => kind === made.kind && name === made.name);
    if (old === undefined) continue;
    const { description, examples } = guideOf(old, losses);
    store.classes.update(made.id, {
      ...(/^#[0-9a-f]{6}$/i.test(old.color) ? { color: old.color } : {}),
      description,
      examples: examples.flatMap((id) => newExample(id, made) ?? []),
    });
  }
  const chosen = (flag: 'verified' | 'flagged'): number[] =>
    saved.flatMap((image) => (image[flag] === 1 ? [ids.get(image.id)!] : []));
  if (chosen('verified').length > 0) store.images.change(chosen('verified'), { verified: true });
  if (chosen('flagged').length > 0) store.images.change(chosen('flagged'), { flagged: true });
  for (const image of saved) {
    const note = noteOf(image, losses);
    if (note === '') continue;
    const imageId = ids.get(image.id)!;
    const { revision } = store.images.get(imageId);
    store.annotations.edit(imageId, revision, [{ type: 'set-note', note }]);
  }
  const inTest = new Set(saved.flatMap(({ id, split }) => (split === 'test' ? [id] : [])));
  for (const { name, imageIds } of testSetsOf(found.settings, losses)) {
    const own = imageIds.flatMap((id) => (inTest.has(id) ? [ids.get(id)!] : []));
    if (own.length > 0) attempt(() => store.testSets.add(name, own));
  }
  store.settings.update(test);
  losses.reportRest();
  return { images: ids.size, boxes: counts.boxesAdded, classes: classes.size, problems: losses.problems };
}

/** How often a test set was evaluated on. */
const Looks = z.int().min(0);

/** What was decided for the project, where it can be read; several image classes also where an image has them. */
function settingsOf({ settings, image_classes: rows }: ReadOut): {
  multipleImageClasses: boolean;
  attributes: AttributeDefinition[];
  testLocked: boolean;
  testLooks: number;
  testSetLooks: Record<string, number>;
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
  const looks = Looks.safeParse(value('testLooks'));
  const looksByName = z.record(z.string(), Looks).safeParse(value('testSetLooks'));
  return {
    multipleImageClasses:
      value('multipleImageClasses') === true || new Set(rows.map((row) => row.image_id)).size < rows.length,
    attributes: attributes.success ? attributes.data : [],
    testLocked: value('testLocked') === true,
    testLooks: looks.success ? looks.data : 0,
    testSetLooks: looksByName.success ? looksByName.data : {},
  };
}

/** Ids in the new project by those in the old one; without those that have no place of their own there. */
function register(
  store: ProjectStore,
  { folder, roots }: ReadOut,
  images: ReadOut['images'],
): Map<number, number> {
  const ids = new Map<number, number>();
  for (const root of roots) {
    const { id: rootId } = store.roots.add(path.resolve(folder, root.folder));
    const taken = new Set<string>();
    const own = images.filter((image) => {
      const place = image.root_id === root.id ? pathBelowRoot(image.path) : null;
      if (place === null || taken.has(place)) return false;
      taken.add(place);
      return true;
    });
    for (let first = 0; first < own.length; first += CHUNK) {
      const chunk = own.slice(first, first + CHUNK);
      const added = store.files.add(rootId, chunk.map(newImage));
      chunk.forEach(({ id }, index) => ids.set(id, added[index]!.id));
    }
  }
  return ids;
}

/** Below its folder, as the store spells it; null where it lies outside. */
function pathBelowRoot(given: string): string | null {
  try {
    return relativeImagePath(given);
  } catch (error) {
    if (error instanceof TwinheadError) return null;
    throw error;
  }
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
