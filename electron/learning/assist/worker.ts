import { loadEngine } from '../../engine/load.ts';
import type { EngineChoice } from '../../engine/types.ts';
import type { Engine } from '../../engine/types.ts';
import { serveResident } from '../../tasks/serve-resident.ts';
import type { RawPrediction } from '../heads/types.ts';
import type { TrainingSample } from '../samples/dataset.ts';
import { AssistSession } from './session.ts';
import type { AssistRound, AssistSubject, RoundResult } from './session.ts';

/** What the thread of a live assistant is asked; each answer is that of the session's method. */
export interface AssistQuestions {
  readonly begin: {
    readonly input: { readonly engine: EngineChoice; readonly subject: AssistSubject };
    readonly result: { readonly featureBytes: number };
  };
  readonly add: {
    readonly input: {
      readonly pixelFile: string;
      readonly samples: readonly TrainingSample[];
      readonly use: 'learn' | 'look';
    };
    readonly result: void;
  };
  readonly keep: {
    readonly input: { readonly learned: readonly number[]; readonly plain: readonly number[] };
    readonly result: void;
  };
  readonly round: { readonly input: AssistRound; readonly result: RoundResult };
  readonly stop: { readonly input: null; readonly result: void };
  readonly predict: {
    readonly input: { readonly samples: readonly TrainingSample[]; readonly minScore: number };
    readonly result: RawPrediction[];
  };
}

let engine: Engine | undefined;
let session: AssistSession | undefined;

function begun(): AssistSession {
  if (session === undefined) throw new Error('a session has to begin first');
  return session;
}

serveResident<AssistQuestions>({
  begin: async ({ engine: choice, subject }) => {
    session?.dispose();
    engine ??= await loadEngine(choice);
    session = new AssistSession(engine, subject);
    return { featureBytes: session.featureBytes };
  },
  add: ({ pixelFile, samples, use }) => begun().addImages(pixelFile, samples, use),
  keep: ({ learned, plain }) => begun().keepOnly(learned, plain),
  round: (round) => begun().round(round),
  stop: () => begun().stop(),
  predict: ({ samples, minScore }) => begun().predict(samples, minScore),
});
