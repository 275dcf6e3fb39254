/** Every error that a person can meet has a code; hosts map it to an exit status, a status code or a dialog. */
export const ERROR_CODES = [
  /** The caller sent something that the contract does not allow. */
  'invalid-input',
  /** A file or folder cannot be used; nothing was changed. */
  'unusable-input',
  'not-found',
  /** The edit expected another revision than the stored one. */
  'stale-revision',
  /** Another process holds the project. */
  'project-in-use',
  /** The project was written by a newer version. */
  'project-too-new',
  'project-corrupt',
  'no-project',
  'disk-full',
  'read-only',
  'not-trainable',
  'engine-unavailable',
  'training-failed',
  'export-mismatch',
  'port-in-use',
  'cancelled',
  'not-allowed',
  'internal',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

export interface ErrorDetails {
  /** The file or folder concerned. */
  readonly file?: string;
  /** Where in it: "line 12", "annotations[3].bbox", "setting optimizer.rate". */
  readonly place?: string;
  /** Of a damaged file: what is wrong with it, as SQLite or the check says. */
  readonly damage?: string;
  /** What the person can do about it. */
  readonly remedy?: string;
  readonly [key: string]: unknown;
}

/** What crosses a process border: the message is a full sentence that a person can read. */
export interface ErrorReport {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
}

/** The one error type that services throw on purpose. Anything else is a defect and is reported as `internal`. */
export class TwinheadError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'TwinheadError';
    this.code = code;
    this.details = details;
  }

  /** The error that crossed a border as a report. */
  static of({ code, message, details }: ErrorReport, options?: { cause?: unknown }): TwinheadError {
    return new TwinheadError(code, message, details, options);
  }

  toReport(): ErrorReport {
    return { code: this.code, message: this.message, details: this.details };
  }
}

/** Codes of operating-system errors that mean "no room left". */
const DISK_FULL = new Set(['ENOSPC', 'EDQUOT', 'SQLITE_FULL']);
const READ_ONLY = new Set(['EROFS', 'EACCES', 'EPERM', 'SQLITE_READONLY', 'SQLITE_CANTOPEN']);

/** What an operating system says of a path that cannot be what is asked for. */
const IMPOSSIBLE_PATH = new Set(['ENOTDIR', 'EISDIR', 'ENAMETOOLONG', 'ELOOP', 'EEXIST']);

function systemCode(error: unknown): string | undefined {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
    return error.code;
  return undefined;
}

/** Turns whatever was thrown into a report; system errors get a plain sentence and a remedy. */
export function toErrorReport(error: unknown): ErrorReport {
  if (error instanceof TwinheadError) return error.toReport();
  const code = systemCode(error);
  const text = error instanceof Error ? error.message : String(error);
  if (code !== undefined && DISK_FULL.has(code)) {
    return {
      code: 'disk-full',
      message: `The disk is full: ${text}`,
      details: { remedy: 'Free some space and try again; everything saved before is intact.' },
    };
  }
  if (code !== undefined && (READ_ONLY.has(code) || code.startsWith('SQLITE_READONLY'))) {
    return {
      code: 'read-only',
      message: `Writing is not permitted there: ${text}`,
      details: { remedy: 'Check the permissions of the folder, or choose another one.' },
    };
  }
  if (code !== undefined && IMPOSSIBLE_PATH.has(code)) {
    return {
      code: 'unusable-input',
      message: `The path can't be used: ${text}`,
      details: { remedy: 'Check the path: each part but the last has to be a folder.' },
    };
  }
  return { code: 'internal', message: text, details: {} };
}

/**
 * The report of a defect: people get a sentence and a number, the log has the rest under the same number.
 * @param where what was under way: a call's name, a job's title
 */
export function defectReport(where: string, reference: string): ErrorReport {
  return {
    code: 'internal',
    message: `Something unexpected went wrong in ${where} (reference ${reference}).`,
    details: { reference, remedy: 'What was saved before is intact. The log has the details.' },
  };
}
