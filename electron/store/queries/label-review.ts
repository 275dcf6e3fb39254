import { intersectionOverUnion } from '../../common/geometry.ts';
import type { Rectangle, Size } from '../../common/geometry.ts';
import type { ClassKind, Finding, ImageState, LabelFigures, Split } from '../../common/entities.ts';
import { MOST_LISTED, noneBySplit, SPLITS } from '../../common/entities.ts';
import { say } from '../../common/sentences/sentence.ts';
import { someNames } from '../../common/some-names.ts';
import { labelsRevision } from '../database/context.ts';
import type { Reader } from '../database/database.ts';
import { lastPart } from '../rows/paths.ts';
import { ProgressCounts } from './group-progress.ts';
import type { ProgressImage } from './group-progress.ts';
import { FigureCounts } from './label-figures.ts';
import { reviewPictures } from './picture-review.ts';
import { BOUNDS_COLUMNS } from '../rows/bounds.ts';
import { CONTENT, LOOKED } from '../rows/look-rows.ts';

/** Two boxes of a class that overlap more than this are one object labelled twice. */
const DOUBLED_IOU = 0.95;

/** Pixels: a square of this side is the smallest box that is no slip of the hand. */
const TINY_SIDE = 4;

/** Share of the image that only a slip of the hand, or an image class, covers. */
const HUGE_SHARE = 0.95;

/** Boxes of a class from which there is a usual size; eight times its side or an eighth of it is unusual. */
const FEW_BOXES = 20;
const UNUSUAL = 2 * Math.log(8);
/** Times the middle distance from the middle size: a class of many sizes has none that is unusual. */
const FAR = 8;

/** What formats lose by rounding is not outside. */
const OUTSIDE_PIXELS = 0.01;

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

type Box = Rectangle & { readonly classId: number };

/** Boxes on which there is something to say, and their images. */
class Suspects {
  boxes = 0;
  readonly imageIds: number[] = [];

  add(imageId: number, boxes: number): void {
    if (boxes === 0) return;
    this.boxes += boxes;
    this.imageIds.push(imageId);
  }
}

/** How many of the boxes lie on another one, of their class and of another. By their left sides, so that few pairs are compared. */
function countDoubled(boxes: readonly Box[]): { same: number; other: number } {
  const sorted = boxes.toSorted((a, b) => a.x - b.x);
  const same = new Set<Box>();
  const different = new Set<Box>();
  for (const [index, box] of sorted.entries()) {
    for (let next = index + 1; next < sorted.length; next++) {
      const other = sorted[next]!;
      // What is common to both is this much narrower than the first.
      if (other.x - box.x >= box.width * (1 - DOUBLED_IOU)) break;
      if (intersectionOverUnion(box, other) <= DOUBLED_IOU) continue;
      (other.classId === box.classId ? same : different).add(box).add(other);
    }
  }
  return { same: same.size, other: different.size };
}

/** Images whose boxes are read at once. */
const PAGE = 2000;

interface ReviewedImage extends Size, ProgressImage {
  readonly id: number;
}

/** The logarithm of the part of its image that each box of a class covers. */
class ClassSizes {
  readonly #byClass = new Map<number, { readonly images: number[]; readonly shares: number[] }>();

  add(imageId: number, { classId, width, height }: Box, image: Size): void {
    let own = this.#byClass.get(classId);
    if (own === undefined) this.#byClass.set(classId, (own = { images: [], shares: [] }));
    own.images.push(imageId);
    own.shares.push(Math.log((width * height) / (image.width * image.height)));
  }

  /** Images with boxes whose size is far from that of the others of their class. */
  unusual(): Suspects {
    const byImage = new Map<number, number>();
    for (const { images, shares } of this.#byClass.values()) {
      if (shares.length < FEW_BOXES) continue;
      const middle = middleOf(shares);
      const far = Math.max(UNUSUAL, FAR * middleOf(shares.map((share) => Math.abs(share - middle))));
      for (const [at, share] of shares.entries())
        if (Math.abs(share - middle) > far) byImage.set(images[at]!, (byImage.get(images[at]!) ?? 0) + 1);
    }
    const suspects = new Suspects();
    for (const [imageId, boxes] of [...byImage].sort(([a], [b]) => a - b)) suspects.add(imageId, boxes);
    return suspects;
  }
}

const middleOf = (values: readonly number[]): number => Float64Array.from(values).sort()[values.length >> 1]!;

/** Reads every box once, an image at a time. */
function readBoxes(
  reader: Reader,
  images: readonly ReviewedImage[],
  use: (classId: number, split: Split) => void,
): {
  suspects: Record<'doubled' | 'twoClasses' | 'tiny' | 'huge' | 'outside' | 'unusual', Suspects>;
  figures: FigureCounts;
  progress: ProgressCounts;
} {
  const suspects = {
    doubled: new Suspects(),
    twoClasses: new Suspects(),
    tiny: new Suspects(),
    huge: new Suspects(),
    outside: new Suspects(),
  };
  const figures = new FigureCounts();
  const progress = new ProgressCounts();
  const sizes = new ClassSizes();
  const imageClasses = Map.groupBy(
    reader.allRaw<[imageId: number, classId: number]>('SELECT image_id, class_id FROM image_classes'),
    ([imageId]) => imageId,
  );
  for (let first = 0; first < images.length; first += PAGE) {
    const page = images.slice(first, first + PAGE);
    const byImage = new Map<number, Box[]>();
    for (const [imageId, classId, x, y, width, height] of reader.allRaw<
      [number, number, number, number, number, number]
    >(
      `SELECT image_id, class_id, ${BOUNDS_COLUMNS} FROM boxes WHERE image_id BETWEEN ? AND ?`,
      page[0]!.id,
      page.at(-1)!.id,
    )) {
      const own = byImage.get(imageId);
      const box = { classId, x, y, width, height };
      if (own === undefined) byImage.set(imageId, [box]);
      else own.push(box);
    }
    for (const image of page) {
      const { id, split } = image;
      const boxes = byImage.get(id) ?? [];
      const own = (imageClasses.get(id) ?? []).map(([, classId]) => classId);
      progress.add(image, boxes.length);
      for (const box of boxes) {
        use(box.classId, split);
        sizes.add(id, box, image);
      }
      for (const classId of own) use(classId, split);
      figures.add(image, boxes, [...boxes.map(({ classId }) => classId), ...own]);
      const doubled = boxes.length > 1 ? countDoubled(boxes) : { same: 0, other: 0 };
      const count = (passes: (box: Box) => boolean): number => boxes.filter(passes).length;
      suspects.doubled.add(id, doubled.same);
      suspects.twoClasses.add(id, doubled.other);
      suspects.tiny.add(
        id,
        count(({ width, height }) => width * height < TINY_SIDE ** 2),
      );
      suspects.huge.add(
        id,
        count(({ width, height }) => width * height > HUGE_SHARE * image.width * image.height),
      );
      suspects.outside.add(
        id,
        count(
          ({ x, y, width, height }) =>
            Math.min(x, y, image.width - x - width, image.height - y - height) < -OUTSIDE_PIXELS,
        ),
      );
    }
  }
  return { suspects: { ...suspects, unusual: sizes.unusual() }, figures, progress };
}

interface CopyRow {
  readonly id: number;
  readonly path: string;
  /** That of its root. */
  readonly folder: string;
}

/** Paths below their roots; where two are the same, with the name of the root. */
function namesApart(copies: readonly CopyRow[]): string[] {
  const counts = new Map<string, number>();
  for (const { path } of copies) counts.set(path, (counts.get(path) ?? 0) + 1);
  return copies.map(({ path, folder }) => (counts.get(path) === 1 ? path : `${lastPart(folder)}/${path}`));
}

/** Images that share their content with another one, copies of one after another, apart by whether one lies in another split. */
function readCopies(reader: Reader): { within: CopyRow[]; across: CopyRow[] } {
  const rows = reader.all<CopyRow & { across: 0 | 1 }>(
    `WITH found AS (
       SELECT images.id, root_id, path, split, ${CONTENT} AS content FROM images ${LOOKED} WHERE removed = 0)
     SELECT found.id, path, folder, several.splits > 1 AS across FROM (
       SELECT content, min(id) AS first, count(DISTINCT nullif(split, 'none')) AS splits FROM found
       GROUP BY content HAVING count(*) > 1) AS several
     JOIN found ON found.content = several.content JOIN roots ON roots.id = root_id ORDER BY first, found.id`,
  );
  return {
    within: rows.filter(({ across }) => across === 0),
    across: rows.filter(({ across }) => across === 1),
  };
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
  /** Revision of the labels. */
  readonly revision: number;
  /** The worst first. */
  readonly findings: readonly Finding[];
  readonly figures: LabelFigures;
}

const SEVERITIES = ['bad', 'warn', 'info'];

/**
 * What is worth a look in the labels of the whole project, the worst first. Reads every box: on a thread of its own.
 * Call it within one snapshot.
 */
export function reviewLabels(reader: Reader): Reviewed {
  const rows = reader.allRaw<
    [
      id: number,
      split: Split,
      state: ImageState,
      missing: 0 | 1,
      width: number,
      height: number,
      path: string,
      rootId: number,
      group: string | null,
    ]
  >(
    `SELECT id, split, state, missing, width, height, path, root_id, split_group FROM images WHERE removed = 0
     ORDER BY id`,
  );
  const splits = new Map(rows.map(([id, split]) => [id, split]));
  const count = (split: Split, unlabelled: boolean): number =>
    rows.filter(([, own, state]) => own === split && (!unlabelled || state === 'unseen')).length;
  const uses = new Map<number, Record<Split, number>>();
  const use = (classId: number, split: Split): void => {
    const own = uses.get(classId) ?? noneBySplit();
    own[split] += 1;
    uses.set(classId, own);
  };
  const images = rows.map(([id, split, state, , width, height, path, rootId, group]): ReviewedImage => {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    return { id, split, state, width, height, rootId, folder, group };
  });
  const { suspects, figures, progress } = readBoxes(reader, images, use);
  const classes = reader.all<ClassRow>(
    'SELECT id, kind, name, uses FROM classes ORDER BY kind DESC, position, id',
  );
  const { within, across } = readCopies(reader);
  const missing = rows.filter((row) => row[3] === 1);

  const findings: Finding[] = [];
  const add = (count: number, finding: Finding): void => {
    if (count > 0) findings.push(finding);
  };
  const these = (imageIds: readonly number[]): Finding['filter'] => ({
    imageIds: imageIds.slice(0, MOST_LISTED),
  });
  const named = (copies: readonly CopyRow[]) => ({
    count: copies.length,
    files: someNames(namesApart(copies)),
  });
  add(missing.length, {
    severity: 'bad',
    message: say('review.missing', {
      count: missing.length,
      files: someNames(missing.map((row) => row[6])),
    }),
    filter: { missing: true },
  });
  add(across.length, {
    severity: 'bad',
    message: say('review.copiesAcross', named(across)),
    filter: these(across.map(({ id }) => id)),
  });
  const suspicions: [Suspects, Finding['severity'], Parameters<typeof say>[0]][] = [
    [suspects.outside, 'bad', 'review.outside'],
    [suspects.doubled, 'bad', 'review.doubled'],
    [suspects.twoClasses, 'warn', 'review.twoClasses'],
    [suspects.tiny, 'warn', 'review.tiny'],
    [suspects.unusual, 'warn', 'review.unusual'],
    [suspects.huge, 'info', 'review.huge'],
  ];
  for (const [{ imageIds, boxes }, severity, key] of suspicions) {
    const message = say(key as 'review.doubled', { count: imageIds.length, boxes });
    add(imageIds.length, { severity, message, filter: these(imageIds) });
  }
  add(within.length, {
    severity: 'warn',
    message: say('review.copies', named(within)),
    filter: these(within.map(({ id }) => id)),
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
  findings.push(...imbalanced(classes), ...lacking(classes, uses), ...reviewPictures(reader, splits));
  findings.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  const unlooked = reader.get<{ n: number }>(
    `SELECT count(*) AS n FROM images LEFT JOIN looks ON image_id = id AND looks.sha256 = images.sha256
     WHERE removed = 0 AND missing = 0 AND looks.state IS NULL`,
  )!.n;
  const roots = reader.allRaw<[number, string]>('SELECT id, folder FROM roots');
  return {
    revision: labelsRevision(reader),
    findings,
    figures: {
      ...figures.figures(),
      ...progress.figures(new Map(roots.map(([id, folder]) => [id, lastPart(folder)]))),
      classes: classes.map(({ id, kind, name, uses: labels }) => ({
        ...{ id, kind, name, labels },
        splits: uses.get(id) ?? noneBySplit(),
      })),
      unlooked,
    },
  };
}
