import { readImagePatch } from '../history/patch-text.ts';
import { boxIdsOf } from '../history/patch.ts';
import type { Reader } from '../database/database.ts';
import type { BoxRow } from '../rows/box-rows.ts';

/** Whose word the labels of an image are: what an import asks before it corrects any. */
export interface Provenance {
  /** Boxes that a person has drawn, changed, accepted or verified here. */
  readonly touched: ReadonlySet<number>;
  /** Boxes as they were before somebody changed or deleted them here. */
  readonly former: readonly BoxRow[];
  /** Boxes that earlier imports of the same source have brought. */
  readonly ofSource: ReadonlySet<number>;
  /** A person has said here that there is nothing. */
  readonly emptied: boolean;
  /** The image's classes are those that earlier imports of the same source have given it. */
  readonly classesOfSource: boolean;
}

/** By the journal: edits of the image in force, and imports that touched it. */
export function readProvenance(
  reader: Reader,
  image: {
    readonly id: number;
    readonly state: string;
    readonly verified: boolean;
    readonly boxes: readonly BoxRow[];
  },
  source: string | null,
): Provenance {
  const touched = new Set(
    image.boxes.filter((box) => image.verified || box.source !== 'import').map(({ id }) => id),
  );
  const former: BoxRow[] = [];
  let classesTouched = image.verified;
  let stateTouched = image.verified;
  const edits = reader.all<{ id: number; inverse: string }>(
    "SELECT id, inverse FROM journal WHERE image_id = ? AND status = 'done'",
    image.id,
  );
  for (const { id, inverse } of edits) {
    const patch = readImagePatch(inverse, id);
    for (const boxId of boxIdsOf(patch)) touched.add(boxId);
    former.push(...(patch.put ?? []));
    for (const [classId, ids] of patch.reclass ?? [])
      former.push(...image.boxes.filter((box) => ids.includes(box.id)).map((box) => ({ ...box, classId })));
    classesTouched ||= patch.imageClassIds !== undefined;
    stateTouched ||= patch.state !== undefined;
  }
  const ofSource = new Set<number>();
  let classesOfSource = false;
  const changes = reader.all<{ id: number; kind: string; source: string | null; inverse: string }>(
    `SELECT journal.id, journal.kind, json_extract(journal.operations, '$.import.source') AS source, touched.inverse
     FROM journal_images AS touched JOIN journal ON journal.id = touched.entry_id
     WHERE touched.image_id = ? AND journal.status = 'done'`,
    image.id,
  );
  for (const change of changes) {
    const patch = readImagePatch(change.inverse, change.id);
    if (change.kind === 'import' && source !== null && change.source === source) {
      for (const boxId of boxIdsOf(patch)) ofSource.add(boxId);
      classesOfSource ||= patch.imageClassIds !== undefined;
    } else classesTouched ||= patch.imageClassIds !== undefined;
  }
  const emptied = image.state === 'empty' && stateTouched;
  return { touched, former, ofSource, emptied, classesOfSource: classesOfSource && !classesTouched };
}
