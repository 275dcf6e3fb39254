import type { Job } from '../../electron/common/jobs.ts';
import { CallError } from '../client.ts';
import { textOf } from '../i18n/index.svelte.ts';

/** Why a job failed, as a failed call would say it. */
export function jobError({ title, error }: Job): CallError {
  return error ? CallError.of(error) : new CallError('internal', textOf(title), {}, title);
}
