import type { Job } from '../../electron/common/entities.ts';
import type { ErrorCode } from '../../electron/common/errors.ts';
import { CallError } from '../client.ts';

/** Why a job failed, as a failed call would say it. */
export function jobError({ title, error }: Job): CallError {
  return new CallError(
    (error?.code ?? 'internal') as ErrorCode,
    error?.message ?? title,
    error?.details ?? {},
  );
}
