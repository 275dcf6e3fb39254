import type { Client } from '../../electron/common/contract.ts';
import type { Job } from '../../electron/common/jobs.ts';
import { jobError } from '../state/job-error.ts';

/** Between two looks at how far the check is, milliseconds. */
const FIRST_LOOK = 10;
const LONGEST_BETWEEN_LOOKS = 200;

/** Looks whether a folder has images for a new project. Its job is of no project, so no page hears of it: it is asked. */
export class FolderCheck {
  /** While it runs. */
  job = $state.raw<Job | null>(null);
  readonly #services: Pick<Client, 'call'>;
  #controller = new AbortController();

  constructor(services: Pick<Client, 'call'>) {
    this.#services = services;
  }

  /** @returns false where it was stopped. @throws as the project is refused */
  async run(path: string, folder: string): Promise<boolean> {
    const { signal } = (this.#controller = new AbortController());
    const { jobId } = await this.#services.call('project.checkFolders', { path, folders: [folder] });
    let asked = false;
    try {
      for (let pause = FIRST_LOOK; ; pause = Math.min(LONGEST_BETWEEN_LOOKS, pause * 2)) {
        if (signal.aborted && !asked) {
          asked = true;
          await this.#services.call('jobs.cancel', { jobId });
        }
        const job = await this.#services.call('jobs.get', { jobId });
        if (job.state === 'failed') throw jobError(job);
        if (job.state !== 'running') return job.state === 'done' && !signal.aborted;
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
