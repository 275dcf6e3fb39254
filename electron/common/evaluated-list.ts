import { SPLITS } from './entities.ts';
import type { Split } from './entities.ts';
import { partText, readPart } from './score-parts.ts';
import type { EvaluationPart } from './score-parts.ts';

/** What a list is sorted by: confidence, IoU, loss, how far the heads contradict each other on the image. */
export const ITEM_SORTS = ['score', 'overlap', 'loss', 'disagreement'] as const;
export type ItemSort = (typeof ITEM_SORTS)[number];

/** What a number of an evaluation counts, in an order. */
export interface EvaluatedList {
  readonly runId: string;
  readonly split: Split;
  /** A part of the split `test` alone. */
  readonly testSet?: string | undefined;
  /** A saved filter, with the split `none`: its images are of any. */
  readonly filter?: string | undefined;
  readonly part: EvaluationPart;
  readonly sort: ItemSort;
  readonly descending: boolean;
}

/** A list as addresses write it: "r0001~val~boxes.3.none~score~down", with the name of a test set or a saved filter at its end. */
export const listText = ({ runId, split, testSet, filter, part, sort, descending }: EvaluatedList): string =>
  [runId, split, partText(part), sort, descending ? 'down' : 'up', ...[testSet ?? filter ?? []].flat()].join(
    '~',
  );

/** Null where the text is none. */
export function readList(text: string): EvaluatedList | null {
  const [runId = '', split, part = '', sort, direction, ...name] = text.split('~');
  const known = { split: SPLITS.find((one) => one === split), part: readPart(part) };
  if (runId === '' || known.split === undefined || known.part === null) return null;
  return {
    runId,
    split: known.split,
    ...(name.length === 0 ? {} : { [known.split === 'none' ? 'filter' : 'testSet']: name.join('~') }),
    part: known.part,
    sort: ITEM_SORTS.find((one) => one === sort) ?? 'score',
    descending: direction !== 'up',
  };
}
