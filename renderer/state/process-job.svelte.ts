import type { Client } from '../../electron/common/contract.ts';
import type { Job } from '../../electron/common/jobs.ts';
import { jobError } from './job-error.ts';

/** Between two looks at how far the job is, milliseconds. */
const FIRST_LOOK = 10;
const LONGEST_BETWEEN_LOOKS = 200;

/** Follows a job that belongs to no open project: no page hears of it, so it is asked. */
export class ProcessJob {
  /** While it runs. */
  job = $state.raw<Job | null>(null);
  readonly #services: Pick<Client, 'call'>;
  #controller = new AbortController();

  constructor(services: Pick<Client, 'call'>) {
    this.#services = services;
  }

  /** @returns the job once it is done, null where it was stopped. @throws as the job failed, or was refused */
  async run(start: () => Promise<{ readonly jobId: string }>): Promise<Job | null> {
    const { signal } = (this.#controller = new AbortController());
    const { jobId } = await start();
    let asked = false;
    try {
      for (let pause = FIRST_LOOK; ; pause = Math.min(LONGEST_BETWEEN_LOOKS, pause * 2)) {
        if (signal.aborted && !asked) {
          asked = true;
          await this.#services.call('jobs.cancel', { jobId });
        }
        const job = await this.#services.call('jobs.get', { jobId });
        if (job.state === 'failed') throw jobError(job);
        if (job.state !== 'running') return job.state === 'done' && !signal.aborted ? job : null;
        this.job = job;
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    } finally {
      this.job = null;
    }
  }

  stop(): void {
    this.#controller.abort();
  }
}
