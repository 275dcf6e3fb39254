import { intersectionOverUnion } from '../../common/geometry.ts';
import type { Rectangle } from '../../common/geometry.ts';
import type { ClassKind, Finding, Split } from '../../common/entities.ts';
import { MOST_LISTED, SPLITS } from '../../common/entities.ts';
import { say } from '../../common/sentences/sentence.ts';
import { labelsRevision } from '../database/context.ts';
import type { Reader } from '../database/database.ts';
import { BOUNDS_COLUMNS } from '../rows/bounds.ts';

/** Two boxes of a class that overlap more than this are one object labelled twice. */
const DOUBLED_IOU = 0.95;

/** From this many times the labels of another class on a class drowns it. */
const IMBALANCE = 10;

interface ClassRow {
  readonly id: number;
  readonly kind: ClassKind;
  readonly name: string;
  readonly uses: number;
}

/** How many labels each class has in each split. */
type Uses = ReadonlyMap<number, Readonly<Record<Split, number>>>;

interface DoubledBoxes {
  readonly imageIds: number[];
  readonly boxes: number;
}

type Box = Rectangle & { readonly classId: number };

/** How many of the boxes lie on another of their class. By their left sides, so that few pairs are compared. */
function countDoubled(boxes: readonly Box[]): number {
  const sorted = boxes.toSorted((a, b) => a.x - b.x);
  const doubled = new Set<Box>();
  for (const [index, box] of sorted.entries()) {
    for (let next = index + 1; next < sorted.length; next++) {
      const other = sorted[next]!;
      // What is common to both is this much narrower than the first.
      if (other.x - box.x >= box.width * (1 - DOUBLED_IOU)) break;
      if (other.classId !== box.classId || intersectionOverUnion(box, other) <= DOUBLED_IOU) continue;
      doubled.add(box).add(other);
    }
  }
  return doubled.size;
}

/** Reads every box once, an image at a time. */
function readBoxes(
  reader: Reader,
  splits: ReadonlyMap<number, Split>,
  count: (classId: number, split: Split) => void,
): DoubledBoxes {
  const imageIds: number[] = [];
  let boxes = 0;
  let image = 0;
  let its: Box[] = [];
  const finish = (): void => {
    const doubled = its.length > 1 ? countDoubled(its) : 0;
    if (doubled > 0) imageIds.push(image);
    boxes += doubled;
    its = [];
  };
  const rows = reader.iterate<Box & { readonly imageId: number }>(
    `SELECT image_id AS imageId, class_id AS classId, ${BOUNDS_COLUMNS} FROM boxes ORDER BY image_id`,
  );
  for (const row of rows) {
    const split = splits.get(row.imageId);
    if (split === undefined) continue;
    if (row.imageId !== image) finish();
    image = row.imageId;
    its.push(row);
    count(row.classId, split);
  }
  finish();
  return { imageIds, boxes };
}

/** Images that share their content with another one, apart by whether that lies in another split. */
function readCopies(reader: Reader): { within: number[]; across: number[] } {
  const rows = reader.all<{ id: number; across: 0 | 1 }>(
    `SELECT images.id, several.splits > 1 AS across FROM (
       SELECT sha256, count(DISTINCT nullif(split, 'none')) AS splits FROM images WHERE removed = 0
       GROUP BY sha256 HAVING count(*) > 1) AS several
     JOIN images ON images.sha256 = several.sha256 AND images.removed = 0 ORDER BY images.id`,
  );
  const ids = (wanted: 0 | 1): number[] => rows.filter(({ across }) => across === wanted).map(({ id }) => id);
  return { within: ids(0), across: ids(1) };
}

function imbalanced(classes: readonly ClassRow[]): Finding[] {
  return (['object', 'image'] as const).flatMap((kind): Finding[] => {
    const used = classes.filter((one) => one.kind === kind && one.uses > 0).sort((a, b) => b.uses - a.uses);
    const [most, fewest] = [used.at(0), used.at(-1)];
    if (most === undefined || fewest === undefined || most.uses < IMBALANCE * fewest.uses) return [];
    const message = say('review.imbalance', {
      most: most.name,
      fewest: fewest.name,
      times: Math.round(most.uses / fewest.uses),
      many: most.uses,
      few: fewest.uses,
    });
    return [{ severity: 'warn', message, filter: { classId: fewest.id } }];
  });
}

/** Classes that a split lacks, where it has labels at all. */
function lacking(classes: readonly ClassRow[], uses: Uses): Finding[] {
  const inSplit = ({ id }: ClassRow, split: Split): number => uses.get(id)?.[split] ?? 0;
  return classes.flatMap((one): Finding[] => {
    const filter = { classId: one.id };
    if (one.uses === 0)
      return [{ severity: 'info', message: say('review.unused', { name: one.name }), filter: null }];
    const drawn = (split: Split): boolean => classes.some((other) => inSplit(other, split) > 0);
    if (drawn('train') && inSplit(one, 'train') === 0)
      return [{ severity: 'bad', message: say('review.notInTrain', { name: one.name }), filter }];
    if (drawn('val') && inSplit(one, 'val') === 0)
      return [{ severity: 'warn', message: say('review.notInVal', { name: one.name }), filter }];
    return [];
  });
}

const UNLABELLED = {
  train: 'review.unlabelledTrain',
  val: 'review.unlabelledVal',
  test: 'review.unlabelledTest',
} as const;

export interface Reviewed {
  /** Of the labels. */
  readonly revision: number;
  /** The worst first. */
  readonly findings: readonly Finding[];
}

const SEVERITIES = ['bad', 'warn', 'info'];

/**
 * What is worth a look in the labels of the whole project, the worst first. Reads every box: on a thread of its own.
 * Call it within one snapshot.
 */
export function reviewLabels(reader: Reader): Reviewed {
  const rows = reader.allRaw<[id: number, split: Split, state: string, missing: 0 | 1]>(
    'SELECT id, split, state, missing FROM images WHERE removed = 0',
  );
  const splits = new Map(rows.map(([id, split]) => [id, split]));
  const count = (split: Split, unlabelled: boolean): number =>
    rows.filter(([, own, state]) => own === split && (!unlabelled || state === 'unseen')).length;
  const uses = new Map<number, Record<Split, number>>();
  const use = (classId: number, split: Split): void => {
    const own = uses.get(classId) ?? { train: 0, val: 0, test: 0, none: 0 };
    own[split] += 1;
    uses.set(classId, own);
  };
  const doubled = readBoxes(reader, splits, use);
  const links = reader.allRaw<[imageId: number, classId: number]>(
    'SELECT image_id, class_id FROM image_classes',
  );
  for (const [imageId, classId] of links) {
    const split = splits.get(imageId);
    if (split !== undefined) use(classId, split);
  }
  const classes = reader.all<ClassRow>(
    'SELECT id, kind, name, uses FROM classes ORDER BY kind DESC, position, id',
  );
  const { within, across } = readCopies(reader);
  const missing = rows.filter((row) => row[3] === 1).length;

  const findings: Finding[] = [];
  const add = (count: number, finding: Finding): void => {
    if (count > 0) findings.push(finding);
  };
  const these = (imageIds: readonly number[]): Finding['filter'] => ({
    imageIds: imageIds.slice(0, MOST_LISTED),
  });
  add(missing, {
    severity: 'bad',
    message: say('review.missing', { count: missing }),
    filter: { missing: true },
  });
  add(across.length, {
    severity: 'bad',
    message: say('review.copiesAcross', { count: across.length }),
    filter: these(across),
  });
  add(doubled.imageIds.length, {
    severity: 'bad',
    message: say('review.doubled', { count: doubled.imageIds.length, boxes: doubled.boxes }),
    filter: these(doubled.imageIds),
  });
  add(within.length, {
    severity: 'warn',
    message: say('review.copies', { count: within.length }),
    filter: these(within),
  });
  for (const split of SPLITS) {
    if (split === 'none') continue;
    const unlabelled = count(split, true);
    add(unlabelled, {
      severity: 'warn',
      message: say(UNLABELLED[split], { count: unlabelled }),
      filter: { split, state: 'unseen' },
    });
  }
  const none = count('none', false);
  add(none, { severity: 'info', message: say('review.noSplit', { count: none }), filter: { split: 'none' } });
  findings.push(...imbalanced(classes), ...lacking(classes, uses));
  findings.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  return { revision: labelsRevision(reader), findings };
}
