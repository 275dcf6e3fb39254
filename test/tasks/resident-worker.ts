import { TwinheadError } from '../../electron/common/errors.ts';
import { serveResident } from '../../electron/tasks/serve-resident.ts';

export interface CountQuestions {
  readonly count: { readonly input: { readonly by: number }; readonly result: number };
  readonly refuse: { readonly input: null; readonly result: never };
  readonly die: { readonly input: null; readonly result: never };
}

let counted = 0;

serveResident<CountQuestions>({
  count: ({ by }) => (counted += by),
  refuse: () => {
    throw new TwinheadError('not-found', 'No.', { place: 'here' });
  },
  die: () => process.exit(3),
});
