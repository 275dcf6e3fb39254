import type {
  Calibration,
  ClassCurve,
  Evaluation,
  EvaluationIntervals,
  FalseAlarms,
  ScoreBreakdown,
} from '../../common/entities.ts';
import type { EvaluationPart } from '../../common/score-parts.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Said } from '../../common/sentences/sentence.ts';
import type { EvaluatedOn, LabelContent } from '../../store/index.ts';
import type { ClassThreshold, ThresholdGoal } from '../../common/thresholds.ts';
import { moduleBeside } from '../../tasks/thread.ts';
import { Resident } from '../../tasks/resident.ts';
import type { FoundAnswer } from '../../learning/index.ts';

/** The stored predictions of a run on a split, on a test set, or on the images of a saved filter. */
export interface ScoredSet extends EvaluatedOn {
  readonly runId: string;
}

export interface ItemQuery {
  readonly part: EvaluationPart;
  readonly sort: 'score' | 'overlap';
  readonly descending: boolean;
}

/** Left out: of all images, from the first one on, to the last one. */
export interface ItemPage {
  readonly imageId?: number | undefined;
  readonly offset?: number;
  readonly limit?: number;
}

export type ScoringQuestion = { readonly file: string; readonly set: ScoredSet } & (
  | { readonly what: 'scores'; readonly content: boolean }
  | { readonly what: 'items'; readonly query: ItemQuery; readonly page: ItemPage }
  | { readonly what: 'images'; readonly query: ItemQuery; readonly most: number }
  | { readonly what: 'notes' }
  | { readonly what: 'intervals' }
  | { readonly what: 'curves' }
  | { readonly what: 'falseAlarms' }
  | { readonly what: 'breakdown' }
  | { readonly what: 'temperature' }
  | { readonly what: 'calibration'; readonly temperature: number | null }
  | { readonly what: 'thresholds'; readonly goal: ThresholdGoal }
);

/** What the stored predictions are worth now. */
export interface Scores {
  readonly evaluation: Omit<Evaluation, 'seconds'>;
  readonly predictedAt: string;
  readonly epoch: number;
  readonly notes: readonly Said[];
  /** Content of the labels that the scores go by, where it was asked for. */
  readonly content?: LabelContent;
}

/** An answer by ids instead of indices. */
export interface ScoredItem extends Pick<FoundAnswer, 'score' | 'overlap' | 'error'> {
  readonly imageId: number;
  readonly found: Rectangled | null;
  readonly truth: (Rectangled & { readonly id: number }) | null;
  readonly imageClasses: { readonly labelled: number[]; readonly predicted: number[] } | null;
}

interface Rectangled {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly classId: number;
}

/**
 * @param count labelled images of the set that have no predictions
 * @param isChosen by a saved filter: none comes to it later
 */
export const unansweredNotes = (count: number, isChosen = false): Said[] =>
  count === 0 ? [] : [say(isChosen ? 'evaluation.unread' : 'evaluation.unanswered', { count })];

/** Minutes without a question after which what was read is given up. */
const IDLE = 5;

/** Scores stored predictions by the labels of now, on a thread that keeps what it has matched. */
export class Scoring {
  readonly #file: string;
  readonly #thread = new Resident<ScoringQuestion>(moduleBeside(import.meta.url, 'scoring-worker'), {
    idle: IDLE * 60_000,
  });

  /** @param file of the project's database */
  constructor(file: string) {
    this.#file = file;
  }

  /** Null where the run has no stored predictions. */
  scores(set: ScoredSet, { content = false } = {}): Promise<Scores | null> {
    return this.#thread.ask({ file: this.#file, set, what: 'scores', content });
  }

  /** What has to be known of the scores. Null where the run has no stored predictions. */
  notes(set: ScoredSet): Promise<Said[] | null> {
    return this.#thread.ask({ file: this.#file, set, what: 'notes' });
  }

  /** In the order asked for. Null where the run has no stored predictions. */
  items(
    set: ScoredSet,
    query: ItemQuery,
    page: ItemPage = {},
  ): Promise<{ total: number; items: ScoredItem[] } | null> {
    return this.#thread.ask({ file: this.#file, set, what: 'items', query, page });
  }

  /** Its images in that order, each once, at most so many. Null where the run has no stored predictions. */
  images(set: ScoredSet, query: ItemQuery, most: number): Promise<number[] | null> {
    return this.#thread.ask({ file: this.#file, set, what: 'images', query, most });
  }

  /** Null where the run has no stored predictions. */
  intervals(set: ScoredSet): Promise<EvaluationIntervals | null> {
    return this.#thread.ask({ file: this.#file, set, what: 'intervals' });
  }

  /** Null where the run has no stored predictions. */
  curves(set: ScoredSet): Promise<ClassCurve[] | null> {
    return this.#thread.ask({ file: this.#file, set, what: 'curves' });
  }

  /** Null where the run has no stored predictions of boxes. */
  falseAlarms(set: ScoredSet): Promise<FalseAlarms | null> {
    return this.#thread.ask({ file: this.#file, set, what: 'falseAlarms' });
  }

  /** Null where the run has no stored predictions. */
  breakdown(set: ScoredSet): Promise<ScoreBreakdown | null> {
    return this.#thread.ask({ file: this.#file, set, what: 'breakdown' });
  }

  /** With the temperature that fits validation best. Null where the run has no stored predictions of image classes. */
  async calibration(set: ScoredSet): Promise<Calibration | null> {
    const validation: ScoredSet = { runId: set.runId, split: 'val' };
    const temperature = await this.#thread.ask<number | null>({
      ...{ file: this.#file, set: validation, what: 'temperature' },
    });
    return this.#thread.ask({ file: this.#file, set, what: 'calibration', temperature });
  }

  /** Null where the run has no stored predictions. */
  thresholds(set: ScoredSet, goal: ThresholdGoal): Promise<ClassThreshold[] | null> {
    return this.#thread.ask({ file: this.#file, set, what: 'thresholds', goal });
  }

  /** Has the labels matched ahead of the first question, which then is answered at once. */
  prepare(set: ScoredSet): void {
    // Whoever asks hears of a failure.
    this.scores(set).catch(() => undefined);
  }

  end(): void {
    this.#thread.end();
  }
}
