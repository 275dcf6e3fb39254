import { expect, test } from 'vitest';
import { languages } from '../../electron/common/sentences/languages.ts';
import type { Catalogue } from '../../electron/common/sentences/types.ts';

/** A number and what it counts, in the plural: `1 boxes` with 1 for the number. */
const COUNTED =
  /\{(\w+)\} (?:(?!has |names |only )[a-z-]+ )?(annotations|boxes|classes|columns|detections|epochs|examples|files|frames|groups|images|items|labels|links|numbers|pages|problems|rows|runs|scenes|seeds|settings|snapshots|suggestions|times)\b/g;

/** Never 1, or hardly: limits, names of sizes, what is told of many, means with decimals, checks of our own code. */
const NEVER_ONE = new Set([
  'exchange.repeats.images images',
  'guide.full most',
  'items.size size',
  'learning.judge.counts scores',
  'learning.judge.counts truths',
  'learning.judge.scores classes',
  'images.pages pages',
  'review.imbalance times',
  'services.import.manyBoxes count',
  'services.import.manyClasses count',
  'services.leftOut total',
  'store.class.examples.remedy most',
  'store.damage.rows most',
  'thresholds.chosen.alarms most',
  'training.alignmentMemory boxes',
  'training.alignmentMemory images',
  'training.balanced images',
  'training.balanced shown',
  'training.balanced.more images',
  'training.balanced.more shown',
  'training.boxes.fewOfMany count',
  'training.boxes.fewOfMany few',
  'training.boxes.noneOfMany count',
  'training.boxes.overSlots images',
  'training.boxes.tiny total',
  'training.boxes.unreachable total',
  'training.goesOn epochs',
  'training.imageClass.fewOfMany count',
  'training.imageClass.fewOfMany few',
  'training.imageClass.noneOfMany count',
  'training.reason.boxes mean',
  'training.reason.epochs epochs',
  'training.stillImproving epochs',
  'report.curves.hint shown',
]);

/** What a sentence would say of one thing as of several. */
function* wrong(catalogue: Catalogue): Generator<string> {
  for (const [key, message] of Object.entries(catalogue)) {
    const ofOne = typeof message === 'string' ? message : message.one;
    for (const [words, parameter] of ofOne.matchAll(COUNTED))
      if (!NEVER_ONE.has(`${key} ${parameter}`)) yield `${key}: ${words.replace(`{${parameter}}`, '1')}`;
  }
}

test('no English sentence says “1 boxes”', () => {
  expect([...wrong({ ...languages.en.interface, ...languages.en.services })]).toEqual([]);
});
