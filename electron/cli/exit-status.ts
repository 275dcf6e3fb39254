import type { ErrorCode } from '../common/errors.ts';

/** What the command's exit status says; docs/cli.md has the table for people. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  unusable: 3,
  /** Ended at once by a second Ctrl-C, as shells say it: 128 + SIGINT. */
  killed: 130,
} as const;

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

const STATUS: Record<ErrorCode, ExitStatus> = {
  'invalid-input': EXIT.usage,
  'unusable-input': EXIT.unusable,
  'not-found': EXIT.unusable,
  'stale-revision': EXIT.unusable,
  'project-in-use': EXIT.unusable,
  'project-too-new': EXIT.unusable,
  'project-corrupt': EXIT.unusable,
  'no-project': EXIT.unusable,
  'project-closed': EXIT.failed,
  'not-trainable': EXIT.unusable,
  'not-allowed': EXIT.unusable,
  'disk-full': EXIT.failed,
  'disk-failed': EXIT.failed,
  'read-only': EXIT.failed,
  'engine-unavailable': EXIT.failed,
  'training-failed': EXIT.failed,
  'export-mismatch': EXIT.failed,
  'port-in-use': EXIT.failed,
  cancelled: EXIT.failed,
  internal: EXIT.failed,
};

/** Status of a command that ended with an error of this code. */
export function exitStatusOf(code: ErrorCode): ExitStatus {
  return STATUS[code];
}
