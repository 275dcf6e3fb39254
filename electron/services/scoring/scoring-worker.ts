import { labelContent, readProjectFile } from '../../store/index.ts';
import type { Reader } from '../../store/index.ts';
import { serveResident } from '../../tasks/serve-resident.ts';
import { PredictedSet } from './scored-set.ts';
import type { OfSet, ScoredSet, ScoringQuestions } from './scoring.ts';

/** Sets that are kept matched: the splits of a run that is looked at, and one beside it. */
const KEPT = 4;
const sets = new Map<string, PredictedSet>();

function kept(set: ScoredSet): PredictedSet {
  const key = [set.runId, set.split, set.testSet ?? '', set.filter ?? ''].join(' ');
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

serveResident<ScoringQuestions>({
  scores: (asked) =>
    read(asked, (predicted, reader) => {
      const scores = predicted.scores(reader);
      return scores && asked.content ? { ...scores, content: labelContent(reader) } : scores;
    }),
  items: (asked) => read(asked, (predicted, reader) => predicted.items(reader, asked.query, asked.page)),
  images: (asked) => read(asked, (predicted, reader) => predicted.images(reader, asked.query, asked.most)),
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
