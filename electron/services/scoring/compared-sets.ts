import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ComparedScore, RunComparison } from '../../common/entities.ts';
import { FIGURES } from '../../common/heads.ts';
import { SIDE_CHANGES } from '../../common/score-parts.ts';
import type { EvaluationPart, SideChange } from '../../common/score-parts.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Said } from '../../common/sentences/sentence.ts';
import { drawSamples, middleOf } from '../../learning/metrics/bootstrap.ts';
import type { ImageCounts } from '../../learning/metrics/bootstrap.ts';
import { overallScore } from '../../learning/metrics/index.ts';
import { BOOTSTRAP, SAMPLES_A_TURN } from './scored-set.ts';
import type { ComparedSide, Head, ListedAnswer } from './scored-set.ts';
import type { ItemPage, ItemQuery, ScoredItem } from './scoring.ts';

/** Two ways to score the same images: two runs, or one run by two states of the labels. */
export interface Sides {
  /** What the other one is measured against. */
  readonly base: ComparedSide;
  readonly own: ComparedSide;
}

type ChangedPart = Extract<EvaluationPart, { of: 'changed' }>;

/** An image that both sides count, by its index in each. */
interface SharedImage {
  readonly id: number;
  readonly base: number;
  readonly own: number;
}

interface ChangedImage extends SharedImage {
  readonly change: SideChange;
  /** What stands for it in a list: the surest error. */
  readonly item: () => ScoredItem;
}

function sharedImages({ base, own }: Sides): SharedImage[] {
  const indices = new Map(base.imageIds.map((id, index) => [id, index]));
  return own.imageIds.flatMap((id, index): SharedImage[] => {
    const other = indices.get(id);
    const isShared = other !== undefined && base.isCounted(other) && own.isCounted(index);
    return isShared ? [{ id, base: other, own: index }] : [];
  });
}

const countedBy = (side: ComparedSide): number =>
  side.imageIds.filter((_, index) => side.isCounted(index)).length;

/** Heads for the same task, side by side. */
function headPairs({ base, own }: Sides): { readonly base: Head; readonly own: Head }[] {
  return own.heads.flatMap((head) => {
    const other = base.heads.find(({ task }) => task === head.task);
    return other === undefined ? [] : [{ base: other, own: head }];
  });
}

/** By id of the score, on a sample of the images. */
type Sampled = ReadonlyMap<string, number | null>;

const classKey = (task: string, classId: number): string => `${task} ${classId}`;
const OVERALL = 'overall';

function sampler(
  heads: readonly Head[],
  weights: Readonly<Record<string, number>>,
): (counts: ImageCounts) => Sampled {
  const sampled = heads.map(({ task, classes, scorer }) => ({
    ...{ task, classes },
    figuresOf: scorer.figureResampler(),
  }));
  return (counts) => {
    const scores = new Map<string, number | null>();
    const byTask: Record<string, number | null> = {};
    for (const { task, classes, figuresOf } of sampled) {
      const { score, figures, classes: byClass } = figuresOf(counts);
      byTask[task] = score;
      for (const [name, value] of Object.entries(figures)) scores.set(`${task}.${name}`, value);
      for (const [index, value] of byClass.entries()) scores.set(classKey(task, classes[index]!.id), value);
    }
    return scores.set(OVERALL, overallScore(byTask, weights));
  };
}

/**
 * Each score of both sides on the images that both count, and how far the difference may be off: both are computed on
 * the same samples of the images (paired percentile bootstrap, Efron 1979). Found in steps, between which others have
 * their turns.
 */
export function compareSides(sides: Sides): () => Promise<RunComparison> {
  const { base, own } = sides;
  const shared = sharedImages(sides);
  const heads = headPairs(sides);
  const samplers = (['base', 'own'] as const).map((side) => {
    const counts = new Uint16Array(sides[side].imageIds.length);
    const sampled = sampler(
      heads.map((pair) => pair[side]),
      own.weights,
    );
    return (drawn: ImageCounts): Sampled => {
      for (const [at, image] of shared.entries()) counts[image[side]] = drawn[at]!;
      return sampled(counts);
    };
  });
  const [ofBase, ofOwn] = [samplers[0]!, samplers[1]!];
  const once = new Uint16Array(shared.length).fill(1);
  const [before, after] = [ofBase(once), ofOwn(once)];
  const changes = heads.map((pair) => ({ task: pair.own.task, ...changesOf(sides, pair, shared) }));
  const classes = heads.flatMap(({ base: one, own: other }) =>
    other.classes.flatMap(({ id, name, gone }) =>
      !gone && one.classes.some((trained) => trained.id === id && !trained.gone)
        ? [{ task: other.task, classId: id, name }]
        : [],
    ),
  );
  const sameHeads = heads.length === own.heads.length && heads.length === base.heads.length;
  const notes = notesOn(sides, heads, shared.length);
  return async () => {
    const differences = new Map<string, (number | null)[]>([...after.keys()].map((id) => [id, []]));
    // One image says nothing of how images differ.
    const samples = shared.length < 2 ? 0 : BOOTSTRAP.samples;
    let drawn = 0;
    for (const counts of drawSamples([...shared.keys()], shared.length, { ...BOOTSTRAP, samples })) {
      const [one, other] = [ofBase(counts), ofOwn(counts)];
      for (const [id, values] of differences) values.push(differenceOf(one, other, id));
      if (++drawn % SAMPLES_A_TURN === 0) await nextTurn();
    }
    const compared = (id: string): ComparedScore => {
      const difference = differenceOf(before, after, id);
      return {
        base: before.get(id) ?? null,
        own: after.get(id) ?? null,
        difference,
        interval: difference === null ? null : middleOf(differences.get(id) ?? []),
      };
    };
    const figures = FIGURES.filter(({ task }) => heads.some((pair) => pair.own.task === task));
    return {
      images: shared.length,
      samples,
      figures: [...(sameHeads ? [OVERALL] : []), ...figures.map(({ id }) => id)].map((id) => ({
        id,
        ...compared(id),
      })),
      classes: classes.map((one) => ({ ...one, ...compared(classKey(one.task, one.classId)) })),
      heads: changes.map(({ task, images, changed }) => ({
        ...{ task, images },
        changes: SIDE_CHANGES.map((change) => ({
          change,
          count: changed.filter((image) => image.change === change).length,
        })),
      })),
      notes,
    };
  };
}

function differenceOf(base: Sampled, own: Sampled, id: string): number | null {
  const [one, other] = [base.get(id) ?? null, own.get(id) ?? null];
  return one === null || other === null ? null : other - one;
}

/** Images with more or fewer errors than with the other side, of those that are labelled for the task on both. */
function changesOf(
  { base, own }: Sides,
  heads: { readonly base: Head; readonly own: Head },
  shared: readonly SharedImage[],
): { readonly images: number; readonly changed: ChangedImage[] } {
  const judged = shared.filter(
    (image) => heads.base.scorer.isLabelled(image.base) && heads.own.scorer.isLabelled(image.own),
  );
  const errorsOf = (head: Head): Map<number, ListedAnswer[]> =>
    Map.groupBy(
      head.scorer.find({ of: 'wrong' }).map((answer) => ({ ...answer, classes: head.classes })),
      ({ image }) => image,
    );
  const [ofBase, ofOwn] = [errorsOf(heads.base), errorsOf(heads.own)];
  const surest = (errors: readonly ListedAnswer[]): ListedAnswer =>
    errors.reduce((first, one) => ((one.score ?? -1) > (first.score ?? -1) ? one : first));
  const changed = judged.flatMap((image): ChangedImage[] => {
    const [before, after] = [ofBase.get(image.base) ?? [], ofOwn.get(image.own) ?? []];
    const change = sideChange(before.length, after.length);
    if (change === null) return [];
    // What is wrong no longer is shown as it was.
    const item = (): ScoredItem =>
      after.length > 0 ? own.itemOf(surest(after)) : base.itemOf(surest(before));
    return [{ ...image, change, item }];
  });
  return { images: judged.length, changed };
}

/** By how many errors an image has with each side; null: as many. */
function sideChange(base: number, own: number): SideChange | null {
  if (base === own) return null;
  if (base === 0) return 'broken';
  if (own === 0) return 'mended';
  return own > base ? 'worse' : 'better';
}

/** The images that changed so, in the order asked for: each once. */
export function changedItems(sides: Sides, { part, sort, descending }: ItemQuery): ScoredItem[] {
  const heads =
    part.of === 'changed' ? headPairs(sides).find(({ own }) => own.task === part.task) : undefined;
  if (part.of !== 'changed' || heads === undefined) return [];
  const items = changesOf(sides, heads, sharedImages(sides))
    .changed.filter(({ change }) => change === part.change)
    .map(({ item }) => item());
  const sign = descending ? -1 : 1;
  return items.sort((a, b) => sign * ((a[sort] ?? -1) - (b[sort] ?? -1)) || a.imageId - b.imageId);
}

/** A page of these; of one image, everything that is wrong there now, so that it can be corrected. */
export function changedPage(
  sides: Sides,
  query: ItemQuery & { readonly part: ChangedPart },
  { imageId, offset = 0, limit }: ItemPage,
): { total: number; items: ScoredItem[] } {
  const all = changedItems(sides, query);
  const wanted = imageId === undefined ? all : wrongOn(sides, query.part, imageId);
  return {
    total: wanted.length,
    items: wanted.slice(offset, limit === undefined ? undefined : offset + limit),
  };
}

function wrongOn({ own }: Sides, { task, after }: ChangedPart, imageId: number): ScoredItem[] {
  const index = own.imageIds.indexOf(imageId);
  const head = own.heads.find((one) => one.task === task);
  // Labels of a snapshot can't be corrected.
  if (index < 0 || head === undefined || after !== null) return [];
  return head.scorer
    .find({ of: 'wrong' }, new Set([index]))
    .map((answer) => own.itemOf({ ...answer, classes: head.classes }));
}

function notesOn(
  { base, own }: Sides,
  heads: readonly { readonly base: Head; readonly own: Head }[],
  images: number,
): Said[] {
  const leftOut = Math.max(countedBy(base), countedBy(own)) - images;
  const idsOf = ({ classes }: Head): string =>
    classes
      .flatMap(({ id, gone }) => (gone ? [] : [id]))
      .sort((a, b) => a - b)
      .join();
  const weighs = ({ weights }: ComparedSide): string =>
    heads.map(({ own: { task } }) => weights[task] ?? 1).join();
  return [
    ...(leftOut > 0 ? [say('evaluation.compared.leftOut', { count: leftOut })] : []),
    ...(heads.length < Math.max(base.heads.length, own.heads.length)
      ? [say('evaluation.compared.heads')]
      : []),
    ...(heads.some((pair) => idsOf(pair.base) !== idsOf(pair.own))
      ? [say('evaluation.compared.classes')]
      : []),
    ...(weighs(base) === weighs(own) ? [] : [say('evaluation.compared.weights')]),
    ...(base.shownFrom === own.shownFrom
      ? []
      : [say('evaluation.compared.shownFrom', { base: base.shownFrom, own: own.shownFrom })]),
  ];
}
