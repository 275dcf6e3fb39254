import type { ScoreBreakdown } from '../../common/entities.ts';
import type { ImageCounts } from '../../learning/metrics/bootstrap.ts';
import { byAttribute } from './by-attribute.ts';
import type { AttributedBox } from './by-attribute.ts';
import { imageGroups } from '../../store/index.ts';
import type { Reader } from '../../store/index.ts';

/** An image that counts, with its index among all of the set and its labelled boxes; null: nobody looked for any. */
interface CountedImage {
  readonly id: number;
  readonly index: number;
  readonly boxes: number | null;
}

type PartScores = ScoreBreakdown['objects'][number];
type ScoresOf = (images: readonly CountedImage[]) => Pick<PartScores, 'images' | 'tasks'>;

/** Numbers of boxes at which a new line begins: those by which Dataset counts them, and none. */
const NUMBERS = [0, 1, 2, 3, 5, 9, 17, 33, 65];
const MOST_GROUPS = 100;

/**
 * The scores on parts of a set of images, each as if the set were only that part.
 * @param total images that have an index
 * @param heads by task, what gives the score of a sample of the images
 * @param boxes that can be found on them, where any has attributes
 */
export function breakDown(
  reader: Reader,
  images: readonly CountedImage[],
  total: number,
  heads: readonly { readonly task: string; readonly resampled: (counts: ImageCounts) => number | null }[],
  boxes: readonly AttributedBox[] = [],
): ScoreBreakdown {
  const counts = new Uint16Array(total);
  const scoresOf: ScoresOf = (part) => {
    counts.fill(0);
    for (const { index } of part) counts[index] = 1;
    return {
      images: part.length,
      tasks: Object.fromEntries(heads.map(({ task, resampled }) => [task, resampled(counts)])),
    };
  };
  const byId = new Map(images.map((image) => [image.id, image]));
  const groups = imageGroups(reader, [...byId.keys()]);
  const listed = groups.length > 1 ? groups.slice(0, MOST_GROUPS) : [];
  return {
    groups: listed.map(({ imageIds, ...group }) => ({
      ...group,
      ...scoresOf(imageIds.map((id) => byId.get(id)!)),
    })),
    groupsLeftOut: groups.length > 1 ? groups.length - listed.length : 0,
    objects: byObjects(images, scoresOf),
    ...byAttribute(boxes, (indices) => scoresOf(images.filter(({ index }) => indices.has(index)))),
  };
}

function byObjects(images: readonly CountedImage[], scoresOf: ScoresOf): PartScores[] {
  if (!images.some(({ boxes }) => boxes !== null && boxes > 0)) return [];
  return NUMBERS.flatMap((from, at) => {
    const to = NUMBERS[at + 1] ?? null;
    const here = images.filter(({ boxes }) => boxes !== null && boxes >= from && (to === null || boxes < to));
    const filter = { minBoxes: from, ...(to === null ? {} : { maxBoxes: to - 1 }) };
    return here.length === 0 ? [] : [{ from, to, ...scoresOf(here), filter }];
  });
}
