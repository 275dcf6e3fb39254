import { inEnglish } from './sentences/english.ts';
import { say } from './sentences/sentence.ts';
import type { Said, Sentence } from './sentences/sentence.ts';

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
  /** It was closed while the call was under way: what the call had done by then is done. */
  'project-closed',
  'disk-full',
  /** The disk or its connection failed in the middle of reading or writing. */
  'disk-failed',
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
  readonly place?: Said;
  /** What is wrong with a damaged file, as SQLite or the check says. */
  readonly damage?: Said;
  /** What the person can do about it. */
  readonly remedy?: Said;
  /** Path of a project that lies where one was to be made: it can be opened instead. */
  readonly project?: string;
  /** Files that can't be used, where that is why: each with its reason. */
  readonly leftOut?: readonly { readonly file?: string; readonly message: Said; readonly remedy?: Said }[];
  readonly [key: string]: unknown;
}

/** What crosses a process border: a full sentence that a person can read, in English and as data. */
export interface ErrorReport {
  readonly code: ErrorCode;
  /** In English, for logs and programs. */
  readonly message: string;
  /** The same as data, for a person who reads another language; absent where the words come from elsewhere. */
  readonly sentence?: Sentence;
  readonly details: ErrorDetails;
}

/** The one error type that services throw on purpose. Anything else is a defect and is reported as `internal`. */
export class TwinheadError extends Error {
  readonly code: ErrorCode;
  readonly said: Said;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, said: Said, details: ErrorDetails = {}, options?: { cause?: unknown }) {
    super(inEnglish(said), options);
    this.name = 'TwinheadError';
    this.code = code;
    this.said = said;
    this.details = details;
  }

  /** The error that crossed a border as a report. */
  static of({ code, message, sentence, details }: ErrorReport, options?: { cause?: unknown }): TwinheadError {
    return new TwinheadError(code, sentence ?? message, details, options);
  }

  /** The same with more or other details, or in other words; this error is its cause. */
  with(details: ErrorDetails, said: Said = this.said): TwinheadError {
    return new TwinheadError(this.code, said, { ...this.details, ...details }, { cause: this });
  }

  toReport(): ErrorReport {
    return reportOf(this.code, this.said, this.details);
  }
}

function reportOf(code: ErrorCode, said: Said, details: ErrorDetails): ErrorReport {
  const message = inEnglish(said);
  return typeof said === 'string' ? { code, message, details } : { code, message, sentence: said, details };
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

/** The path that the system names in its error. */
function systemPath(error: unknown): string | undefined {
  if (typeof error === 'object' && error !== null && 'path' in error && typeof error.path === 'string')
    return error.path;
  return undefined;
}

function impossiblePath(code: string, file: string | undefined): ErrorReport {
  // The path may end in a temporary name, which is nobody's.
  if (code === 'ENAMETOOLONG')
    return reportOf('unusable-input', say('system.longName'), { remedy: say('system.longName.remedy') });
  if (code === 'EISDIR' && file !== undefined)
    return reportOf('unusable-input', say('system.isFolder', { file }), {
      file,
      remedy: say('system.isFolder.remedy'),
    });
  return reportOf('unusable-input', say('system.path'), {
    ...(file === undefined ? {} : { file }),
    remedy: say('system.path.remedy'),
  });
}

/** Turns whatever was thrown into a report; system errors get a plain sentence and a remedy, none of their words. */
export function toErrorReport(error: unknown): ErrorReport {
  if (error instanceof TwinheadError) return error.toReport();
  const code = systemCode(error);
  const file = systemPath(error);
  const at = file === undefined ? {} : { file };
  if (code !== undefined && DISK_FULL.has(code)) {
    return reportOf('disk-full', say('system.diskFull'), {
      ...at,
      remedy: say('system.diskFull.remedy'),
    });
  }
  if (code !== undefined && (READ_ONLY.has(code) || code.startsWith('SQLITE_READONLY'))) {
    return reportOf('read-only', say('system.readOnly'), {
      ...at,
      remedy: say('system.readOnly.remedy'),
    });
  }
  if (code === 'EIO' || code?.startsWith('SQLITE_IOERR') === true) {
    return reportOf('disk-failed', say('system.diskFailed'), {
      ...at,
      remedy: say('system.diskFailed.remedy'),
    });
  }
  if (code !== undefined && IMPOSSIBLE_PATH.has(code)) {
    return impossiblePath(code, file);
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message, details: {} };
}

/** The sentence of whatever was thrown, alone or as a part of another. */
export function saidOf(error: unknown): Said {
  const { sentence, message } = toErrorReport(error);
  return sentence ?? message;
}

/**
 * The report of a defect: people get a sentence and a number, the log has the rest under the same number.
 * @param where what was under way: a call's name, a job's title
 */
export function defectReport(where: Said, reference: string): ErrorReport {
  return reportOf('internal', say('calls.defect', { where, reference }), {
    reference,
    remedy: say('calls.defect.remedy'),
  });
}
