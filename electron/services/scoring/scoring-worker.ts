import { labelContent, readProjectFile } from '../../store/index.ts';
import { serveResident } from '../../tasks/serve-resident.ts';
import { PredictedSet } from './scored-set.ts';
import type { ScoringQuestion } from './scoring.ts';

/** Sets that are kept matched: the splits of a run that is looked at, and one beside it. */
const KEPT = 4;
const sets = new Map<string, PredictedSet>();

serveResident((question: ScoringQuestion) => {
  const { file, set } = question;
  const key = [set.runId, set.split, set.testSet ?? '', set.filter ?? ''].join(' ');
  const predicted = sets.get(key) ?? new PredictedSet(set);
  // What was asked for last goes last.
  sets.delete(key);
  sets.set(key, predicted);
  const oldest = sets.keys().next().value;
  if (sets.size > KEPT && oldest !== undefined) sets.delete(oldest);
  if (question.what === 'intervals')
    return readProjectFile(file, (reader) => predicted.intervals(reader))?.();
  return readProjectFile(file, (reader) => {
    if (question.what === 'notes') return predicted.notes(reader);
    if (question.what === 'items') return predicted.items(reader, question.query, question.page);
    if (question.what === 'images') return predicted.images(reader, question.query, question.most);
    if (question.what === 'curves') return predicted.curves(reader);
    if (question.what === 'falseAlarms') return predicted.falseAlarms(reader);
    if (question.what === 'breakdown') return predicted.breakdown(reader);
    if (question.what === 'temperature') return predicted.temperature(reader);
    if (question.what === 'calibration') return predicted.calibration(reader, question.temperature);
    if (question.what === 'thresholds') return predicted.thresholds(reader, question.goal);
    const scores = predicted.scores(reader);
    return scores && question.content ? { ...scores, content: labelContent(reader) } : scores;
  });
});
