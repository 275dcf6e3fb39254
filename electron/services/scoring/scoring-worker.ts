import { labelContent, readProjectFile } from '../../store/index.ts';
import type { Reader } from '../../store/index.ts';
import { serveResident } from '../../tasks/serve-resident.ts';
import { PredictedSet } from './scored-set.ts';
import { changedItems, changedPage, compareSides } from './compared-sets.ts';
import type { Sides } from './compared-sets.ts';
import type { ItemQuery, OfSet, ScoredSet, ScoringQuestions } from './scoring.ts';

/** Sets that are kept matched: the splits of a run that is looked at, and two beside it. */
const KEPT = 5;
const sets = new Map<string, PredictedSet>();

function kept(set: ScoredSet): PredictedSet {
  const key = [set.runId, set.snapshot ?? '', set.split, set.testSet ?? '', set.filter ?? ''].join(' ');
  const predicted = sets.get(key) ?? new PredictedSet(set);
  // What was asked for last goes last.
  sets.delete(key);
  sets.set(key, predicted);
  const oldest = sets.keys().next().value;
  if (sets.size > KEPT && oldest !== undefined) sets.delete(oldest);
  return predicted;
}

/** Answers by the labels of now. */
function read<Answer>(
  { file, set }: OfSet,
  answer: (predicted: PredictedSet, reader: Reader) => Answer,
): Answer {
  const predicted = kept(set);
  return readProjectFile(file, (reader) => answer(predicted, reader));
}

/** Answers of two sets at one moment. Null where one has no stored predictions. */
function readBoth<Answer>(
  { file, set }: OfSet,
  other: ScoredSet,
  answer: (sides: Sides) => Answer,
): Answer | null {
  const [predicted, compared] = [kept(set), kept(other)];
  return readProjectFile(file, (reader) => {
    const [own, base] = [predicted.side(reader), compared.side(reader)];
    return own === null || base === null ? null : answer({ base, own });
  });
}

type ChangedPart = Extract<ItemQuery['part'], { of: 'changed' }>;

/** What a list of changed images compares: the set that was asked about has the labels of the list. */
function comparedBy(asked: OfSet, { run: runId, before, after }: ChangedPart): [own: OfSet, base: ScoredSet] {
  const { set } = asked;
  return [
    { ...asked, set: { ...set, snapshot: after ?? undefined } },
    { ...set, runId, snapshot: before ?? undefined },
  ];
}

serveResident<ScoringQuestions>({
  scores: (asked) =>
    read(asked, (predicted, reader) => {
      const scores = predicted.scores(reader);
      return scores && asked.content ? { ...scores, content: labelContent(reader) } : scores;
    }),
  items: (asked) => {
    const { query, page } = asked;
    const { part, ...order } = query;
    if (part.of !== 'changed')
      return read(asked, (predicted, reader) => predicted.items(reader, query, page));
    return readBoth(...comparedBy(asked, part), (sides) => changedPage(sides, { ...order, part }, page));
  },
  images: (asked) => {
    const { query, most } = asked;
    if (query.part.of !== 'changed')
      return read(asked, (predicted, reader) => predicted.images(reader, query, most));
    return readBoth(...comparedBy(asked, query.part), (sides) =>
      changedItems(sides, query)
        .slice(0, most)
        .map(({ imageId }) => imageId),
    );
  },
  compare: (asked) => readBoth(asked, asked.base, compareSides)?.() ?? null,
  notes: (asked) => read(asked, (predicted, reader) => predicted.notes(reader)),
  intervals: (asked) => read(asked, (predicted, reader) => predicted.intervals(reader))?.() ?? null,
  curves: (asked) => read(asked, (predicted, reader) => predicted.curves(reader)),
  falseAlarms: (asked) => read(asked, (predicted, reader) => predicted.falseAlarms(reader)),
  breakdown: (asked) => read(asked, (predicted, reader) => predicted.breakdown(reader)),
  temperature: (asked) => read(asked, (predicted, reader) => predicted.temperature(reader)),
  calibration: (asked) =>
    read(asked, (predicted, reader) => predicted.calibration(reader, asked.temperature)),
  thresholds: (asked) => read(asked, (predicted, reader) => predicted.thresholds(reader, asked.goal)),
});
