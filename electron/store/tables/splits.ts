import type { KeepTogether, Split } from '../../common/entities.ts';
import { noneBySplit, SPLITS } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { Unions } from '../../common/near-duplicates.ts';
import { createRandom } from '../../common/random.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Sentence } from '../../common/sentences/sentence.ts';
import type { Reader, Writer } from '../database/database.ts';
import { knownEntry } from '../history/edit-ids.ts';
import type { ChangeOptions, KnownEntry } from '../history/edit-ids.ts';
import type { Journal } from '../history/journal.ts';
import { splitUnits } from '../queries/kinship.ts';
import type { Leak } from '../queries/kinship.ts';
import { noImage } from '../rows/rows.ts';
import { testSetIds, testSetNames } from '../rows/test-set-rows.ts';
import { readSettings } from './settings.ts';

export interface SplitShares {
  /** Shares of all images, 0 to 1; what the three leave of 1 stays without a split. */
  readonly train: number;
  readonly val: number;
  readonly test: number;
  readonly seed: number;
  /** Also images that have a split already. */
  readonly reassign: boolean;
  /** Whether the shares are those of labelled images, the others keeping the split that they have. */
  readonly labelledOnly?: boolean | undefined;
  /** What stays together beside copies and groups. */
  readonly keepTogether?: readonly KeepTogether[];
  /** Pairs of images whose pictures are alike, where those stay together. */
  readonly similar?: readonly (readonly [number, number])[];
  /** What becomes of training and validation images that are kin to test images that stay; they stay where not given. */
  readonly kinOfTest?: 'stay' | 'none' | undefined;
}

/** An image as far as its split goes. */
export interface SplitMember {
  readonly id: number;
  readonly split: Split;
  /** Images of one group stay together; null: on its own. */
  readonly group: string | number | null;
  /** Whether somebody has looked at it. */
  readonly labelled: boolean;
  /** Image classes, and classes that have a box. */
  readonly classes: readonly number[];
}

type BySplit = Record<Split, number>;

function requireShares(shares: SplitShares): void {
  const parts = [shares.train, shares.val, shares.test];
  const sum = parts.reduce((total, part) => total + part, 0);
  if (!parts.every((part) => part >= 0 && part <= 1) || sum > 1 + 1e-9 || sum <= 0) {
    throw new TwinheadError('invalid-input', say('store.shares', { shares: parts.join(', ') }), {
      place: 'train, val, test',
      remedy: say('store.shares.remedy'),
    });
  }
}

/** The split that most of the members have; null where none has one. */
function prevailing(members: readonly SplitMember[]): Split | null {
  let best: Split | null = null;
  let most = 0;
  for (const split of SPLITS) {
    const count = split === 'none' ? 0 : members.filter((member) => member.split === split).length;
    if (count > most) [best, most] = [split, count];
  }
  return best;
}

/** What each split still lacks: images, and images of each class. */
class Wanted {
  readonly #shares: BySplit;
  readonly #images: BySplit = noneBySplit();
  readonly #ofClass = new Map<number, BySplit>();

  constructor({ train, val, test }: SplitShares, members: readonly SplitMember[]) {
    this.#shares = { train, val, test, none: Math.max(0, 1 - train - val - test) };
    for (const member of members) {
      for (const split of SPLITS) this.#add(split, member, this.#shares[split]);
    }
  }

  take(split: Split, unit: readonly SplitMember[]): void {
    for (const member of unit) this.#add(split, member, -1);
  }

  /** The split for a unit: of those with room for it, the one that lacks most images of the class. */
  choose(unit: readonly SplitMember[], classId: number | null): Split {
    const ofClass = classId === null ? undefined : this.#ofClass.get(classId);
    const most = (among: readonly Split[], lacking: BySplit): Split =>
      among.reduce((best, split) => (lacking[split] > lacking[best] ? split : best));
    const roomy = SPLITS.filter((split) => this.#images[split] * 2 >= unit.length);
    if (ofClass === undefined || roomy.length === 0) return most(SPLITS, this.#images);
    const highest = ofClass[most(roomy, ofClass)];
    return most(
      roomy.filter((split) => highest - ofClass[split] < 1e-9),
      this.#images,
    );
  }

  #add(split: Split, { classes }: SplitMember, count: number): void {
    this.#images[split] += count;
    for (const id of classes) {
      let ofClass = this.#ofClass.get(id);
      if (ofClass === undefined) this.#ofClass.set(id, (ofClass = noneBySplit()));
      ofClass[split] += count;
    }
  }
}

/**
 * Units in the order in which they are placed, each with the class that it is placed for: the class that fewest of
 * the remaining ones have, then the next (iterative stratification, Sechidis et al. 2011); null: it has no class.
 */
function* rarestFirst(units: readonly SplitMember[][]): Generator<[SplitMember[], number | null]> {
  const classesOf = (unit: readonly SplitMember[]) => new Set(unit.flatMap(({ classes }) => classes));
  const waiting = new Map<number, Set<SplitMember[]>>();
  for (const unit of units) {
    for (const id of classesOf(unit)) {
      const ofClass = waiting.get(id);
      if (ofClass === undefined) waiting.set(id, new Set([unit]));
      else ofClass.add(unit);
    }
  }
  while (waiting.size > 0) {
    let rarest: [number, Set<SplitMember[]>] | undefined;
    for (const one of waiting) if (rarest === undefined || one[1].size < rarest[1].size) rarest = one;
    const [id, ofClass] = rarest!;
    waiting.delete(id);
    for (const unit of ofClass) {
      for (const other of classesOf(unit)) waiting.get(other)?.delete(unit);
      yield [unit, id];
    }
  }
  for (const unit of units) if (classesOf(unit).size === 0) yield [unit, null];
}

/**
 * Which split each image shall have. Groups are placed whole, drawn by the seed, large ones first, so that the shares of all
 * images and of each class come out as nearly as possible. Who joins a group with a split gets that one.
 * @param members in a fixed order: the same members, shares and seed give the same splits
 */
export function planSplits(members: readonly SplitMember[], shares: SplitShares): Map<number, Split> {
  requireShares(shares);
  const isTaken = ({ labelled }: SplitMember): boolean => labelled || shares.labelledOnly !== true;
  const units = new Map<string | number, SplitMember[]>();
  for (const member of members) {
    const key = member.group ?? member.id;
    const unit = units.get(key);
    if (unit === undefined) units.set(key, [member]);
    else unit.push(member);
  }
  const wanted = new Wanted(shares, members.filter(isTaken));
  const plan = new Map<number, Split>();
  const put = (split: Split, unit: readonly SplitMember[]): void => {
    for (const { id } of unit) plan.set(id, split);
    wanted.take(split, unit);
  };
  const free: SplitMember[][] = [];
  for (const unit of units.values()) {
    const taken = unit.filter(isTaken);
    const kept = shares.reassign ? null : prevailing(unit);
    if (kept === null) {
      if (taken.length > 0) free.push(taken);
      continue;
    }
    for (const member of taken) put(member.split === 'none' ? kept : member.split, [member]);
  }
  createRandom(shares.seed).shuffle(free);
  free.sort((a, b) => b.length - a.length);
  for (const [unit, classId] of rarestFirst(free)) put(wanted.choose(unit, classId), unit);
  return plan;
}

export function requireImages(reader: Reader, imageIds: readonly number[]): void {
  const unknown = reader.get<{ id: number }>(
    `SELECT value AS id FROM json_each(?) WHERE value NOT IN (SELECT id FROM images WHERE removed = 0) LIMIT 1`,
    JSON.stringify(imageIds),
  );
  if (unknown !== undefined) throw noImage(unknown.id);
}

/** Whether the image would come into the test set, or leave it. */
export function isAcrossTest(reader: Reader, imageId: number, split: Split): boolean {
  const image = reader.get<{ split: Split }>('SELECT split FROM images WHERE id = ?', imageId);
  return image !== undefined && image.split !== split && (image.split === 'test' || split === 'test');
}

/** @throws TwinheadError `not-allowed` where images would come into a locked test set or leave it */
export function requireUnlocked(reader: Reader, imageIds: readonly number[], split: Split | null): void {
  if (!readSettings(reader).testLocked) return;
  const { n: count } = reader.get<{ n: number }>(
    `SELECT count(*) AS n FROM images WHERE id IN (SELECT value FROM json_each(?)) AND (split = 'test') <> ?`,
    JSON.stringify(imageIds),
    Number(split === 'test'),
  )!;
  if (count === 0) return;
  throw new TwinheadError('not-allowed', say('store.testLocked', { count }), {
    remedy: say('store.testLocked.remedy'),
  });
}

function movedBy({ operations }: KnownEntry): number {
  const { moved } = JSON.parse(operations) as { readonly moved: Readonly<Record<Split, number>> };
  return Object.values(moved).reduce((sum, count) => sum + count, 0);
}

/**
 * Moves images to splits as one step of the project's undo; those that are there already stay untouched.
 * @throws TwinheadError `not-found`
 */
export function moveToSplits(
  writer: Writer,
  journal: Journal,
  moves: ReadonlyMap<Split, readonly number[]>,
  { summary, editId }: ChangeOptions & { readonly summary: (changed: number) => Sentence },
): number {
  const known = knownEntry(writer, null, 'split-change', editId);
  if (known !== undefined) return movedBy(known);
  let changed = 0;
  const changing: [split: Split, ids: number[]][] = [];
  for (const [split, imageIds] of moves) {
    requireImages(writer, imageIds);
    const ids = writer
      .all<{ id: number }>(
        'SELECT id FROM images WHERE split <> ? AND id IN (SELECT value FROM json_each(?)) ORDER BY id',
        split,
        JSON.stringify(imageIds),
      )
      .map((row) => row.id);
    requireUnlocked(writer, ids, split);
    if (ids.length > 0) changing.push([split, ids]);
    changed += ids.length;
  }
  if (changed === 0) return 0;
  const operations = Object.fromEntries(changing.map(([split, ids]) => [split, ids.length]));
  const entry = journal.begin(writer, {
    kind: 'split-change',
    summary: summary(changed),
    operations: { moved: operations },
    editId,
  });
  for (const [split, ids] of changing) entry.moveToSplit(split, ids);
  entry.finish({});
  return changed;
}

/** Every image as far as splits go, by id. Its group is the unit in which it stays. */
function splitMembers(
  reader: Reader,
  { keepTogether = [], similar = [] }: Pick<SplitShares, 'keepTogether' | 'similar'>,
): SplitMember[] {
  const classes = new Map<number, number[]>();
  for (const { image, id } of reader.all<{ image: number; id: number }>(
    `SELECT image_id AS image, class_id AS id FROM image_classes
     UNION SELECT image_id, class_id FROM boxes ORDER BY 1, 2`,
  )) {
    const ofImage = classes.get(image);
    if (ofImage === undefined) classes.set(image, [id]);
    else ofImage.push(id);
  }
  const units = splitUnits(reader, keepTogether, similar);
  return reader
    .all<{ id: number; split: Split; state: string }>(
      'SELECT id, split, state FROM images WHERE removed = 0 ORDER BY id',
    )
    .map(({ state, ...image }) => ({
      ...image,
      group: units.find(image.id),
      labelled: state !== 'unseen',
      classes: classes.get(image.id) ?? [],
    }));
}

/** What may be drawn, and what is kin to test images that stay where they are but lies in another split. */
interface Drawable {
  readonly members: readonly SplitMember[];
  readonly kin: readonly SplitMember[];
}

/** Images of a test set that is locked or has a name stay there, and what is kin to them is not drawn. */
function drawable(reader: Reader, shares: Pick<SplitShares, 'keepTogether' | 'similar'>): Drawable {
  const named = new Set(testSetNames(reader).flatMap((name) => testSetIds(reader, name) ?? []));
  const { testLocked } = readSettings(reader);
  const members = splitMembers(reader, shares);
  const units = new Set(
    members
      .filter(({ id, split }) => split === 'test' && (testLocked || named.has(id)))
      .map(({ group }) => group),
  );
  return {
    members: members.filter(({ group }) => !units.has(group)),
    kin: members.filter(({ group, split }) => units.has(group) && (split === 'train' || split === 'val')),
  };
}

/** Images of training and validation that are kin to those of a test set that is locked or has a name. */
export const countKinOfTest = (
  reader: Reader,
  shares: Pick<SplitShares, 'keepTogether' | 'similar'>,
): number => drawable(reader, shares).kin.length;

/** Beside a locked test set the others are drawn among themselves. */
function besideTest(shares: SplitShares): SplitShares {
  const rest = 1 - shares.test;
  return rest > 0 ? { ...shares, train: shares.train / rest, val: shares.val / rest, test: 0 } : shares;
}

/** Draws splits. @returns what each image shall have, and how many images the largest unit has */
export function drawSplits(
  reader: Reader,
  shares: SplitShares,
): { moves: Map<Split, number[]>; largestUnit: number; kin: number } {
  requireShares(shares);
  const { members, kin } = drawable(reader, shares);
  const sizes = new Map<SplitMember['group'], number>();
  for (const { group } of members) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const moves = new Map<Split, number[]>();
  if (shares.kinOfTest === 'none' && kin.length > 0)
    moves.set(
      'none',
      kin.map(({ id }) => id),
    );
  for (const [id, split] of planSplits(
    members,
    readSettings(reader).testLocked ? besideTest(shares) : shares,
  )) {
    const ids = moves.get(split);
    if (ids === undefined) moves.set(split, [id]);
    else ids.push(id);
  }
  return { moves, largestUnit: Math.max(0, ...sizes.values()), kin: kin.length };
}

/** Where the images of leaks go, so that none is left; leaks that share images are mended together. */
export function mendingMoves(reader: Reader, leaks: readonly Pick<Leak, 'images'>[]): Map<Split, number[]> {
  const locked = readSettings(reader).testLocked;
  const units = new Unions();
  const splits = new Map<number, Split>();
  for (const { images } of leaks) {
    for (const { id, split } of images) {
      units.join(images[0]!.id, id);
      splits.set(id, split);
    }
  }
  const members = new Map<number, SplitMember[]>();
  for (const [id, split] of splits) {
    const unit = units.find(id);
    const own = members.get(unit) ?? [];
    own.push({ id, split, group: unit, labelled: true, classes: [] });
    members.set(unit, own);
  }
  const moves = new Map<Split, number[]>();
  for (const unit of members.values()) {
    const besideLocked = locked && unit.some(({ split }) => split === 'test');
    const target = besideLocked ? 'none' : (prevailing(unit) ?? 'none');
    const moved = unit.filter(({ split }) => split !== target && !(besideLocked && split === 'test'));
    moves.set(target, [...(moves.get(target) ?? []), ...moved.map(({ id }) => id)]);
  }
  return moves;
}
