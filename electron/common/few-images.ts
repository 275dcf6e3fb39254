import type { Evaluation } from './entities.ts';
import { FIGURES } from './heads.ts';
import type { TaskName } from './heads.ts';
import { say } from './sentences/sentence.ts';
import type { Sentence } from './sentences/sentence.ts';
import { wilson } from './wilson.ts';

/** Below this, scores of a split are doubtful: an accuracy is known to ± 14 points at best. */
const FEW_IMAGES = 50;
/** Below this, nothing is to be read from scores: an accuracy is known to ± 26 points at best. */
const TOO_FEW_IMAGES = 10;

/**
 * What has to be said of scores that come from few images; null: from enough, or from those of training, which say
 * nothing of others however many they are.
 */
export function tellFewImages(evaluation: Pick<Evaluation, 'split' | 'images' | TaskName>): Sentence | null {
  const { split, images: count } = evaluation;
  if (split === 'train' || count >= FEW_IMAGES) return null;
  if (count < TOO_FEW_IMAGES) return say('evaluation.tooFew', { count });
  const [accuracy] = FIGURES.flatMap(({ of, counted }) => {
    const [share, images] = [of(evaluation), counted(evaluation)];
    return share === null || images === null || images < TOO_FEW_IMAGES ? [] : [wilson(share, images)];
  });
  if (accuracy === undefined) return say('evaluation.few', { count });
  const { low, high } = accuracy;
  const percent = (value: number) => ({ unit: 'share', value: Math.round(value * 100) / 100 }) as const;
  return say('evaluation.few.accuracy', { count, low: percent(low), high: percent(high) });
}
