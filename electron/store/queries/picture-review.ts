import { MOST_LISTED } from '../../common/entities.ts';
import type { Finding, Split } from '../../common/entities.ts';
import { nearDuplicates, Unions } from '../../common/near-duplicates.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { SentenceKey } from '../../common/sentences/sentence.ts';
import { someNames } from '../../common/some-names.ts';
import type { Reader } from '../database/database.ts';
import { readLooks } from '../rows/look-rows.ts';

/** Mean grey value below which a picture is dark. */
const DARK = 30;
/** Share of nearly white pixels from which a picture is overexposed. */
const OVEREXPOSED = 0.5;
/** A picture is blurred whose sharpness is less than this part of the middle one of the project. */
const BLURRED = 0.3;
/** Pictures from which there is a middle one to compare with. */
const FEW = 20;

/** Images that look the same as another one, other than by the same content; apart by whether it is in another split. */
function similarImages(
  reader: Reader,
  looks: ReturnType<typeof readLooks>,
  splits: ReadonlyMap<number, Split>,
): { within: number[]; across: number[] } {
  const contents = new Map(
    reader.allRaw<[number, string]>('SELECT id, hex(sha256) FROM images WHERE removed = 0'),
  );
  const unions = new Unions();
  for (const [one, other] of nearDuplicates(looks)) unions.join(one, other);
  const sets = Map.groupBy(
    looks.map(({ imageId }) => imageId),
    (id) => unions.find(id),
  );
  const found: { within: number[]; across: number[] } = { within: [], across: [] };
  for (const set of sets.values()) {
    if (new Set(set.map((id) => contents.get(id))).size < 2) continue;
    const own = new Set(set.map((id) => splits.get(id)).filter((split) => split !== 'none'));
    found[own.size > 1 ? 'across' : 'within'].push(...set);
  }
  return found;
}

/** What the pictures themselves show, of those that were looked at. */
export function reviewPictures(reader: Reader, splits: ReadonlyMap<number, Split>): Finding[] {
  const looks = readLooks(reader);
  const sharpness = looks.map((look) => look.sharpness).sort((a, b) => a - b);
  const middle = looks.length < FEW ? 0 : sharpness[sharpness.length >> 1]!;
  const idsOf = (passes: (look: (typeof looks)[number]) => boolean): number[] =>
    looks.filter(passes).map(({ imageId }) => imageId);
  const { within, across } = similarImages(reader, looks, splits);
  const findings: [Finding['severity'], SentenceKey & `review.${string}`, number[]][] = [
    ['bad', 'review.similarAcross', across],
    ['warn', 'review.blurred', idsOf((look) => look.sharpness < BLURRED * middle)],
    ['warn', 'review.dark', idsOf((look) => look.brightness < DARK)],
    ['warn', 'review.overexposed', idsOf((look) => look.bright > OVEREXPOSED)],
    ['info', 'review.similar', within],
  ];
  const ofPictures = findings
    .filter(([, , ids]) => ids.length > 0)
    .map(([severity, key, ids]) => ({
      severity,
      message: say(key as 'review.dark', { count: ids.length }),
      filter: { imageIds: ids.slice(0, MOST_LISTED) },
    }));
  return [...reviewFiles(reader, 'unreadable'), ...reviewFiles(reader, 'changed'), ...ofPictures];
}

/** Files that were found in a state, the first by name. */
function reviewFiles(reader: Reader, state: 'unreadable' | 'changed'): Finding[] {
  const found = reader.all<{ id: number; path: string }>(
    `SELECT id, path FROM images JOIN looks ON image_id = id AND looks.sha256 = images.sha256
     WHERE looks.state = ? AND removed = 0 ORDER BY id`,
    state,
  );
  if (found.length === 0) return [];
  const files = someNames(found.map(({ path }) => path));
  return [
    {
      severity: 'bad',
      message: say(`review.${state}`, { count: found.length, files }),
      filter: { imageIds: found.slice(0, MOST_LISTED).map(({ id }) => id) },
    },
  ];
}
