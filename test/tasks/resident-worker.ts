import { TwinheadError } from '../../electron/common/errors.ts';
import { serveResident } from '../../electron/tasks/serve-resident.ts';

let asked = 0;

serveResident((question: 'count' | 'refuse' | 'die') => {
  if (question === 'refuse') throw new TwinheadError('not-found', 'No.', { place: 'here' });
  if (question === 'die') process.exit(3);
  return ++asked;
});
