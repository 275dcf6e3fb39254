import { expect, it } from 'vitest';
import type { Job } from '../../electron/common/jobs.ts';
import { ProjectJobs } from '../../renderer/state/project-jobs.svelte.ts';
import type { ProjectJobsPage } from '../../renderer/state/project-jobs.svelte.ts';

const job: Job = {
  id: 'a',
  kind: 'look',
  title: 'Look at images',
  state: 'running',
  done: 0,
  total: 4,
  unit: 'images',
  perSecond: null,
  secondsLeft: null,
  message: '',
  problems: [],
  startedAt: '2026-12-01T00:00:00Z',
};

function page(answer: () => Promise<Job>): ProjectJobs {
  return new ProjectJobs({
    client: { call: answer },
    runsVersion: 0,
    interrupted: { records: [], refresh: () => Promise.resolve() },
    attempt: (work: () => unknown) => void work(),
    report: () => undefined,
  } as unknown as ProjectJobsPage);
}

it('whoever waits for a job is told when nothing more is heard of it', async () => {
  const jobs = page(() => Promise.resolve(job));
  const end = jobs.end('a');
  await Promise.resolve();
  jobs.clear();
  await expect(end).resolves.toMatchObject({ id: 'a', state: 'cancelled' });
});

it('whoever waits for a job that nobody has heard of yet is told so, too', async () => {
  const asked = Promise.withResolvers<Job>();
  const jobs = page(() => asked.promise);
  const end = jobs.end('a');
  jobs.clear();
  asked.resolve(job);
  await expect(end).rejects.toMatchObject({ code: 'cancelled' });
});
