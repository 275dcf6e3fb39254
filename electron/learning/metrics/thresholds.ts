import type { ClassThreshold, ThresholdGoal } from '../../common/thresholds.ts';
import type { ScorePoint } from './class-scores.ts';

/** How a class fares on validation. */
export interface ScoreCurve {
  /** Scores at which something changes, most confident first. */
  readonly points: readonly ScorePoint[];
  /** Boxes to be found. */
  readonly truths: number;
  readonly images: number;
}

type Choice = Omit<ClassThreshold, 'classId' | 'name'>;

/** The score of a class that serves a goal; null where the class has no box to be found and nothing is found of it. */
export function chooseThreshold({ points, truths, images }: ScoreCurve, goal: ThresholdGoal): Choice | null {
  if (points.length === 0) return null;
  const choices = points.map(({ score, right, wrong }) => ({
    score,
    recall: truths === 0 ? 0 : right / truths,
    precision: right + wrong === 0 ? 0 : right / (right + wrong),
    falseAlarms: (100 * wrong) / Math.max(1, images),
    f1: right + wrong + truths === 0 ? 0 : (2 * right) / (right + wrong + truths),
  }));
  /** The choice with the most of something; among equal ones the surest. */
  const most = (by: (one: (typeof choices)[number]) => number): (typeof choices)[number] =>
    choices.reduce((best, one) => (by(one) > by(best) ? one : best));
  const result = (one: (typeof choices)[number], reached: boolean): Choice => ({
    score: one.score,
    recall: one.recall,
    precision: one.precision,
    falseAlarms: one.falseAlarms,
    reached,
  });
  switch (goal.for) {
    case 'f1':
      return result(
        most(({ f1 }) => f1),
        true,
      );
    case 'recall': {
      // Most confident first: the first that is enough has the fewest false alarms.
      const enough = choices.find(({ recall }) => recall >= goal.least);
      return enough
        ? result(enough, true)
        : result(
            most(({ recall }) => recall),
            false,
          );
    }
    case 'falseAlarms': {
      const few = choices.filter(({ falseAlarms }) => falseAlarms <= goal.most);
      const last = few.at(-1);
      if (last !== undefined) return result(last, true);
      // Above the surest one nothing is found, and nothing falsely.
      return { score: 1, recall: 0, precision: 0, falseAlarms: 0, reached: false };
    }
  }
}
