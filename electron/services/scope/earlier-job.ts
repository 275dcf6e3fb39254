import { isJobKind, jobKinds, jobOf } from '../../common/jobs.ts';
import type { Job } from '../../common/jobs.ts';
import { editIdTaken } from '../../store/index.ts';
import type { OpenProject } from './open-project.ts';

/**
 * A job of an earlier session that was done or cancelled, as far as the project remembers it: without what it gave.
 * @throws TwinheadError `invalid-input` where it is of another version's kind
 */
export function earlierJob({ store }: OpenProject, id: string): Job | undefined {
  const record = store.jobs.get(id);
  if (record === undefined || (record.state !== 'done' && record.state !== 'cancelled')) return undefined;
  const { kind, title, state, done, total, startedAt } = record;
  if (!isJobKind(kind)) throw editIdTaken();
  return jobOf(kind, {
    ...{ id, title, state, done, total, startedAt },
    unit: jobKinds[kind].unit,
    perSecond: null,
    secondsLeft: null,
    message: '',
    problems: [],
  });
}
