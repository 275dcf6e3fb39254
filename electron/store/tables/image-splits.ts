import type { Split } from '../../common/entities.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Sentence, SentenceKey } from '../../common/sentences/sentence.ts';
import type { StoreContext } from '../database/context.ts';
import type { ChangeOptions } from '../history/edit-ids.ts';
import type { Journal } from '../history/journal.ts';
import type { Leak } from '../queries/kinship.ts';
import { countKinOfTest, drawSplits, mendingMoves, moveToSplits } from './splits.ts';
import type { SplitShares } from './splits.ts';

const MOVED_TO = {
  train: 'history.movedToTrain',
  val: 'history.movedToVal',
  test: 'history.movedToTest',
  none: 'history.movedToNone',
} as const satisfies Record<Split, SentenceKey>;

/** Which split each image is in. Every change is one step of the project's undo. */
export class ImageSplits {
  readonly #context: StoreContext;
  readonly #journal: Journal;

  constructor(context: StoreContext, journal: Journal) {
    this.#context = context;
    this.#journal = journal;
  }

  /**
   * Images that are in the split already are left as they are. `summary` is the history's word on the rest; null for none.
   * @throws TwinheadError `not-found`
   */
  set(
    imageIds: readonly number[],
    split: Split,
    { editId }: ChangeOptions = {},
  ): { changed: number; summary: Sentence | null } {
    const summary = (count: number): Sentence => say(MOVED_TO[split], { count });
    return this.#context.db.write((writer) => {
      const changed = moveToSplits(writer, this.#journal, new Map([[split, [...new Set(imageIds)]]]), {
        summary,
        editId,
      });
      return { changed, summary: changed === 0 ? null : summary(changed) };
    });
  }

  /** How many images of training and validation are kin to those of a test set that is locked or has a name. */
  kinOfTest(asked: Pick<SplitShares, 'keepTogether' | 'similar'>): number {
    return this.#context.db.snapshot((reader) => countKinOfTest(reader, asked));
  }

  /**
   * Draws splits by the seed; see planSplits.
   * @throws TwinheadError `invalid-input` where the shares don't make a whole
   */
  assign(
    shares: SplitShares,
    { editId }: ChangeOptions = {},
  ): { changed: number; largestUnit: number; kin: number } {
    return this.#context.db.write((writer) => {
      const { moves, largestUnit, kin } = drawSplits(writer, shares);
      const changed = moveToSplits(writer, this.#journal, moves, {
        summary: (count) => say('history.drewSplits', { count }),
        editId,
      });
      return { changed, largestUnit, kin };
    });
  }

  /**
   * Moves images that are kin into one split; see mendingMoves.
   * @throws TwinheadError `not-found`
   */
  mend(leaks: readonly Pick<Leak, 'images'>[], { editId }: ChangeOptions = {}): { changed: number } {
    return this.#context.db.write((writer) => {
      const changed = moveToSplits(writer, this.#journal, mendingMoves(writer, leaks), {
        summary: (count) => say('history.mendedLeaks', { count }),
        editId,
      });
      return { changed };
    });
  }
}
