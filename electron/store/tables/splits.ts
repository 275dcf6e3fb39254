import type { Actor, Split } from '../../common/entities.ts';
import { SPLITS } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { createRandom } from '../../common/random.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Sentence } from '../../common/sentences/sentence.ts';
import type { Reader, Writer } from '../database/database.ts';
import type { Journal } from '../history/journal.ts';

export interface SplitShares {
  /** Shares of all images, 0 to 1; what the three leave of 1 stays without a split. */
  readonly train: number;
  readonly val: number;
  readonly test: number;
  readonly seed: number;
  /** Also images that have a split already. */
  readonly reassign: boolean;
}

/** An image as far as its split goes. */
export interface SplitMember {
  readonly id: number;
  readonly split: Split;
  /** Images of one group stay together; null: on its own. */
  readonly group: string | null;
}

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

/**
 * Which split each image shall have. Groups are placed whole, in an order drawn by the seed with the large ones
 * first, each where most images are still missing, so that the shares of all images come out as asked for as nearly
 * as groups and kept splits allow. An image that joins a group which has a split gets that one.
 * @param members in a fixed order: the same members, shares and seed give the same splits
 */
export function planSplits(members: readonly SplitMember[], shares: SplitShares): Map<number, Split> {
  requireShares(shares);
  const units = new Map<string | number, SplitMember[]>();
  for (const member of members) {
    const key = member.group ?? member.id;
    const unit = units.get(key);
    if (unit === undefined) units.set(key, [member]);
    else unit.push(member);
  }
  const { train, val, test } = shares;
  const left = { train, val, test, none: Math.max(0, 1 - train - val - test) };
  for (const split of SPLITS) left[split] *= members.length;
  const plan = new Map<number, Split>();
  const free: SplitMember[][] = [];
  for (const unit of units.values()) {
    const kept = shares.reassign ? null : prevailing(unit);
    if (kept === null) {
      free.push(unit);
      continue;
    }
    for (const { id, split } of unit) {
      const wanted = split === 'none' ? kept : split;
      plan.set(id, wanted);
      left[wanted] -= 1;
    }
  }
  createRandom(shares.seed).shuffle(free);
  free.sort((a, b) => b.length - a.length);
  for (const unit of free) {
    const wanted = SPLITS.reduce((best, split) => (left[split] > left[best] ? split : best));
    for (const { id } of unit) plan.set(id, wanted);
    left[wanted] -= unit.length;
  }
  return plan;
}

export function requireImages(reader: Reader, imageIds: readonly number[]): void {
  const unknown = reader.get<{ id: number }>(
    `SELECT value AS id FROM json_each(?) WHERE value NOT IN (SELECT id FROM images WHERE removed = 0) LIMIT 1`,
    JSON.stringify(imageIds),
  );
  if (unknown !== undefined) {
    throw new TwinheadError('not-found', say('store.noImage', { id: String(unknown.id) }), {
      remedy: say('store.noImage.remedy'),
    });
  }
}

/**
 * Moves images to splits as one step of the project's undo; those that are there already stay untouched.
 * @throws TwinheadError `not-found`
 */
export function moveToSplits(
  writer: Writer,
  journal: Journal,
  moves: ReadonlyMap<Split, readonly number[]>,
  { summary, actor }: { readonly summary: (changed: number) => Sentence; readonly actor: Actor },
): number {
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
    if (ids.length > 0) changing.push([split, ids]);
    changed += ids.length;
  }
  if (changed === 0) return 0;
  const operations = Object.fromEntries(changing.map(([split, ids]) => [split, ids.length]));
  const entry = journal.begin(writer, {
    kind: 'split-change',
    summary: summary(changed),
    operations: { moved: operations },
    actor,
  });
  for (const [split, ids] of changing) entry.moveToSplit(split, ids);
  entry.finish({});
  return changed;
}

/** Every image as far as splits go, by id. */
export function splitMembers(reader: Reader): SplitMember[] {
  return reader.all<SplitMember>(
    'SELECT id, split, split_group AS "group" FROM images WHERE removed = 0 ORDER BY id',
  );
}
