import { loadEngine } from '../../engine/load.ts';
import type { EngineChoice } from '../../engine/types.ts';
import type { Engine } from '../../engine/types.ts';
import { serveResident } from '../../tasks/serve-resident.ts';
import type { TrainingSample } from '../samples/dataset.ts';
import { AssistSession } from './session.ts';
import type { AssistRound, AssistSubject } from './session.ts';

/** What the thread of a live assistant is asked; each answer is that of the session's method. */
export type AssistQuestion =
  | { readonly kind: 'begin'; readonly engine: EngineChoice; readonly subject: AssistSubject }
  | {
      readonly kind: 'add';
      readonly pixelFile: string;
      readonly samples: readonly TrainingSample[];
      readonly use: 'learn' | 'look';
    }
  | { readonly kind: 'keep'; readonly learned: readonly number[]; readonly plain: readonly number[] }
  | { readonly kind: 'round'; readonly round: AssistRound }
  | { readonly kind: 'stop' }
  | { readonly kind: 'predict'; readonly samples: readonly TrainingSample[]; readonly minScore: number };

let engine: Engine | undefined;
let session: AssistSession | undefined;

serveResident(async (question: AssistQuestion) => {
  if (question.kind === 'begin') {
    session?.dispose();
    engine ??= await loadEngine(question.engine);
    session = new AssistSession(engine, question.subject);
    return { featureBytes: session.featureBytes };
  }
  if (session === undefined) throw new Error('a session has to begin first');
  if (question.kind === 'add') session.addImages(question.pixelFile, question.samples, question.use);
  else if (question.kind === 'keep') session.keepOnly(question.learned, question.plain);
  else if (question.kind === 'round') return session.round(question.round);
  else if (question.kind === 'stop') session.stop();
  else return session.predict(question.samples, question.minScore);
  return undefined;
});
