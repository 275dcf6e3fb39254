import { intersectionOverUnion } from '../../common/geometry.ts';
import type { ClassKind, DiffPart, SnapshotDiff, Split } from '../../common/entities.ts';
import { MOST_LISTED } from '../../common/entities.ts';
import { kit } from '../../common/labels/kits.ts';
import type { Reader } from '../database/database.ts';
import { classesAt, momentsOf } from '../history/moments.ts';
import type { ImageMoment } from '../history/moments.ts';
import type { ClassRow } from '../rows/class-rows.ts';
import type { BoxRow } from '../rows/box-rows.ts';

/** From this overlap on, a box that is gone and one that is new are the same object. */
const SAME_OBJECT_IOU = 0.5;

/** How many, and on which images. */
class Part {
  count = 0;
  readonly #images: number[] = [];

  /** Images come in order, each with all of its changes. */
  add(imageId: number): void {
    this.count += 1;
    if (this.#images.at(-1) !== imageId) this.#images.push(imageId);
  }

  /** The images that are listed can be shown: those that were removed can't. */
  summary(): DiffPart {
    return {
      count: this.count,
      images: this.#images.length,
      imageIds: this.#images.slice(0, MOST_LISTED),
    };
  }
}

class ClassParts {
  readonly added = new Part();
  readonly removed = new Part();
  readonly moved = new Part();
  /** Boxes that have another class now. */
  readonly reclassed = new Part();
  overlap = 0;
}

/** What has become of each box: pairs of what it was and is, null where it was or is none. */
function* pairBoxes(before: ImageMoment, after: ImageMoment): Generator<[BoxRow | null, BoxRow | null]> {
  const gone: BoxRow[] = [];
  const come: BoxRow[] = [];
  for (const box of before.boxes.values()) {
    const now = after.boxes.get(box.id);
    if (now === undefined) gone.push(box);
    else if (now !== box) yield [box, now];
  }
  for (const box of after.boxes.values()) if (!before.boxes.has(box.id)) come.push(box);
  const pairs = gone
    .flatMap((was) => come.map((now) => ({ was, now, overlap: intersectionOverUnion(was, now) })))
    .filter(({ overlap }) => overlap >= SAME_OBJECT_IOU)
    // Boxes of one class first: an exchange of two classes is none of two places.
    .sort(
      (a, b) =>
        Number(b.was.classId === b.now.classId) - Number(a.was.classId === a.now.classId) ||
        b.overlap - a.overlap,
    );
  const paired = new Set<BoxRow>();
  for (const { was, now } of pairs) {
    if (paired.has(was) || paired.has(now)) continue;
    paired.add(was).add(now);
    yield [was, now];
  }
  for (const was of gone) if (!paired.has(was)) yield [was, null];
  for (const now of come) if (!paired.has(now)) yield [null, now];
}

function countBoxes(
  imageId: number,
  pairs: Iterable<[BoxRow | null, BoxRow | null]>,
  of: (classId: number) => ClassParts,
): { readonly changed: boolean; readonly attributes: boolean } {
  let changed = false;
  let attributes = false;
  for (const [was, now] of pairs) {
    if (was === null || now === null) {
      const box = was ?? now!;
      of(box.classId)[was === null ? 'added' : 'removed'].add(imageId);
      changed = true;
      continue;
    }
    if (was.classId !== now.classId) of(now.classId).reclassed.add(imageId);
    if (!kit.equals(was, now)) {
      const parts = of(now.classId);
      parts.moved.add(imageId);
      parts.overlap += intersectionOverUnion(was, now);
    }
    changed ||= was.classId !== now.classId || !kit.equals(was, now);
    attributes ||= was.attributes !== now.attributes;
  }
  return { changed, attributes };
}

/** What of a class that was there at both moments is other, beside its name. */
function changedFields(
  was: ClassRow | undefined,
  is: ClassRow | undefined,
): SnapshotDiff['classes'][number]['changed'] {
  if (was === undefined || is === undefined) return [];
  const isGuide =
    (was.description ?? '') !== (is.description ?? '') || String(was.examples) !== String(is.examples);
  const others = (['color', 'hotkey', 'position'] as const).filter((field) => was[field] !== is[field]);
  return [...(isGuide ? (['guide'] as const) : []), ...others];
}

function classChanges(before: ReadonlyMap<number, ClassRow>, after: ReadonlyMap<number, ClassRow>) {
  const kindOf = (id: number): ClassKind => (after.get(id) ?? before.get(id))!.kind;
  return [...new Set([...before.keys(), ...after.keys()])]
    .sort((a, b) => a - b)
    .map((id) => ({
      id,
      kind: kindOf(id),
      was: before.get(id)?.name ?? null,
      now: after.get(id)?.name ?? null,
      changed: changedFields(before.get(id), after.get(id)),
    }))
    .filter(({ was, now, changed }) => was !== now || changed.length > 0);
}

/**
 * What has changed between two moments of the journal. Only images that were touched since the earlier one are looked
 * at. Call it within one snapshot, on a thread.
 */
export function diffMoments(reader: Reader, early: number, late: number): SnapshotDiff {
  const images = {
    added: new Part(),
    removed: new Part(),
    boxes: new Part(),
    attributes: new Part(),
    imageClasses: new Part(),
    states: new Part(),
    verified: new Part(),
    flags: new Part(),
    notes: new Part(),
  };
  const splits = new Map<string, { from: Split; to: Split; part: Part }>();
  const byClass = new Map<number, ClassParts>();
  const of = (classId: number): ClassParts => {
    let parts = byClass.get(classId);
    if (parts === undefined) byClass.set(classId, (parts = new ClassParts()));
    return parts;
  };
  for (const { imageId, before, after } of momentsOf(reader, early, late)) {
    if (before.removed && after.removed) continue;
    if (before.removed) images.added.add(imageId);
    if (after.removed) images.removed.add(imageId);
    const boxes = countBoxes(imageId, pairBoxes(before, after), of);
    if (boxes.changed) images.boxes.add(imageId);
    if (boxes.attributes) images.attributes.add(imageId);
    if (before.imageClassIds.join() !== after.imageClassIds.join()) images.imageClasses.add(imageId);
    if (before.removed || after.removed) continue;
    if (before.state !== after.state) images.states.add(imageId);
    if (before.verified !== after.verified) images.verified.add(imageId);
    if (before.flagged !== after.flagged) images.flags.add(imageId);
    if (before.note !== after.note) images.notes.add(imageId);
    if (before.split === after.split) continue;
    const key = `${before.split} ${after.split}`;
    const move = splits.get(key) ?? { from: before.split, to: after.split, part: new Part() };
    move.part.add(imageId);
    splits.set(key, move);
  }
  const [wereClasses, areClasses] = [classesAt(reader, early), classesAt(reader, late)];
  return {
    images: {
      added: images.added.summary(),
      removed: images.removed.summary(),
      boxes: images.boxes.summary(),
      attributes: images.attributes.summary(),
      imageClasses: images.imageClasses.summary(),
      states: images.states.summary(),
      verified: images.verified.summary(),
      flags: images.flags.summary(),
      notes: images.notes.summary(),
    },
    splits: [...splits.values()].map(({ from, to, part }) => ({ from, to, ...part.summary() })),
    classes: classChanges(wereClasses, areClasses),
    boxes: [...byClass]
      .sort(([a], [b]) => a - b)
      .filter(
        ([, { added, removed, moved, reclassed }]) =>
          added.count + removed.count + moved.count + reclassed.count > 0,
      )
      .map(([classId, { added, removed, moved, reclassed, overlap }]) => ({
        classId,
        name: (areClasses.get(classId) ?? wereClasses.get(classId))?.name ?? '',
        added: added.summary(),
        removed: removed.summary(),
        moved: moved.summary(),
        reclassed: reclassed.summary(),
        meanOverlap: moved.count === 0 ? null : overlap / moved.count,
      })),
  };
}
