import type { ScoreBin } from '../../common/entities.ts';
import type { ScorePoint } from './class-scores.ts';

/** Thousandths of a score; by these, curves, bins and lists of detections agree to the last one. */
export const thousandthsOf = (score: number): number => Math.floor(1000 * score);

/** Whether a score lies from `from` on and below `to`, in thousandths; the highest score is in the last span. */
export function isWithin(
  score: number,
  { from, to }: { readonly from: number; readonly to: number },
): boolean {
  const at = thousandthsOf(score);
  return at >= from && (at < to || to === 1000);
}

/** The points of a curve by whole thousandths: at each one, everything from that score on is counted. */
export function thousandthPoints(points: readonly ScorePoint[]): ScorePoint[] {
  return points.flatMap(({ score, right, wrong }, index) => {
    const at = thousandthsOf(score);
    const next = points[index + 1];
    return next !== undefined && thousandthsOf(next.score) === at ? [] : [{ score: at / 1000, right, wrong }];
  });
}

const BINS = 10;

/** How many detections of a class are right and wrong, by tenths of their score. */
export function scoreBins(points: readonly ScorePoint[]): ScoreBin[] {
  const width = 1000 / BINS;
  const bins = Array.from({ length: BINS }, (_, bin) => ({
    from: (bin * width) / 1000,
    to: ((bin + 1) * width) / 1000,
    right: 0,
    wrong: 0,
  }));
  let before = { right: 0, wrong: 0 };
  for (const { score, right, wrong } of points) {
    const bin = bins[Math.min(BINS - 1, Math.floor(thousandthsOf(score) / width))]!;
    bin.right += right - before.right;
    bin.wrong += wrong - before.wrong;
    before = { right, wrong };
  }
  return bins;
}
