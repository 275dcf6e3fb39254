import type {
  Calibration,
  ClassCurve,
  Evaluation,
  EvaluationIntervals,
  FalseAlarms,
  RunComparison,
  ScoreBreakdown,
} from '../../common/entities.ts';
import type { ItemSort } from '../../common/evaluated-list.ts';
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
  /** Whose labels they are scored by; left out: those of now. */
  readonly snapshot?: number | undefined;
}

export interface ItemQuery {
  readonly part: EvaluationPart;
  readonly sort: ItemSort;
  readonly descending: boolean;
}

/** Left out: of all images, from the first one on, to the last one. */
export interface ItemPage {
  readonly imageId?: number | undefined;
  readonly offset?: number;
  readonly limit?: number;
}

/** The common part of every question: the project's database, and whose predictions it is about. */
export interface OfSet {
  readonly file: string;
  readonly set: ScoredSet;
}

interface Question<Input, Result> {
  readonly input: OfSet & Input;
  /** Null where the run has no stored predictions. */
  readonly result: Result | null;
}

/** What the thread is asked: see scoring-worker.ts. */
export interface ScoringQuestions {
  readonly scores: Question<{ readonly content: boolean }, Scores>;
  readonly items: Question<
    { readonly query: ItemQuery; readonly page: ItemPage },
    { total: number; items: ScoredItem[] }
  >;
  readonly images: Question<{ readonly query: ItemQuery; readonly most: number }, number[]>;
  readonly notes: Question<object, Said[]>;
  readonly intervals: Question<object, EvaluationIntervals>;
  readonly curves: Question<object, ClassCurve[]>;
  readonly falseAlarms: Question<object, FalseAlarms>;
  readonly breakdown: Question<object, ScoreBreakdown>;
  readonly compare: Question<{ readonly base: ScoredSet }, RunComparison>;
  readonly temperature: Question<object, number>;
  readonly calibration: Question<{ readonly temperature: number | null }, Calibration>;
  readonly thresholds: Question<{ readonly goal: ThresholdGoal }, ClassThreshold[]>;
}

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
export interface ScoredItem extends Pick<FoundAnswer, 'score' | 'overlap' | 'loss' | 'error'> {
  /** How far the heads contradict each other on the image, 0 to 1; null where there are not both. */
  readonly disagreement: number | null;
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
  readonly #thread = new Resident<ScoringQuestions>(moduleBeside(import.meta.url, 'scoring-worker'), {
    idle: IDLE * 60_000,
  });

  /** @param file of the project's database */
  constructor(file: string) {
    this.#file = file;
  }

  /** Null where the run has no stored predictions. */
  scores(set: ScoredSet, { content = false } = {}): Promise<Scores | null> {
    return this.#thread.ask('scores', { file: this.#file, set, content });
  }

  /** What has to be known of the scores. Null where the run has no stored predictions. */
  notes(set: ScoredSet): Promise<Said[] | null> {
    return this.#thread.ask('notes', { file: this.#file, set });
  }

  /** In the order asked for. Null where the run has no stored predictions. */
  items(
    set: ScoredSet,
    query: ItemQuery,
    page: ItemPage = {},
  ): Promise<{ total: number; items: ScoredItem[] } | null> {
    return this.#thread.ask('items', { file: this.#file, set, query, page });
  }

  /** Its images in that order, each once, at most so many. Null where the run has no stored predictions. */
  images(set: ScoredSet, query: ItemQuery, most: number): Promise<number[] | null> {
    return this.#thread.ask('images', { file: this.#file, set, query, most });
  }

  /** Null where the run has no stored predictions. */
  intervals(set: ScoredSet): Promise<EvaluationIntervals | null> {
    return this.#thread.ask('intervals', { file: this.#file, set });
  }

  /** Null where the run has no stored predictions. */
  curves(set: ScoredSet): Promise<ClassCurve[] | null> {
    return this.#thread.ask('curves', { file: this.#file, set });
  }

  /** Null where the run has no stored predictions of boxes. */
  falseAlarms(set: ScoredSet): Promise<FalseAlarms | null> {
    return this.#thread.ask('falseAlarms', { file: this.#file, set });
  }

  /** Null where the run has no stored predictions. */
  breakdown(set: ScoredSet): Promise<ScoreBreakdown | null> {
    return this.#thread.ask('breakdown', { file: this.#file, set });
  }

  /** Beside another set. Null where one of them has no stored predictions. */
  compare(set: ScoredSet, base: ScoredSet): Promise<RunComparison | null> {
    return this.#thread.ask('compare', { file: this.#file, set, base });
  }

  /** With the temperature that fits validation best. Null where the run has no stored predictions of image classes. */
  async calibration(set: ScoredSet): Promise<Calibration | null> {
    const validation: ScoredSet = { runId: set.runId, split: 'val' };
    const temperature = await this.#thread.ask('temperature', { file: this.#file, set: validation });
    return this.#thread.ask('calibration', { file: this.#file, set, temperature });
  }

  /** Null where the run has no stored predictions. */
  thresholds(set: ScoredSet, goal: ThresholdGoal): Promise<ClassThreshold[] | null> {
    return this.#thread.ask('thresholds', { file: this.#file, set, goal });
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
