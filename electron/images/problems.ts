import { TwinheadError, toErrorReport } from '../common/errors.ts';
import { inEnglish } from '../common/sentences/english.ts';
import type { Said } from '../common/sentences/sentence.ts';

/** Why a picture cannot be used, in the person's words. */
export interface ImageProblem {
  readonly code:
    'missing' | 'unreadable' | 'empty' | 'not-an-image' | 'unsupported' | 'damaged' | 'too-large';
  readonly reason: Said;
  readonly remedy: Said;
}

/** Thrown inside images/ and turned into a typed outcome, or into a TwinheadError for callers that need the pixels. */
export class UnusableImage extends Error {
  readonly problem: ImageProblem;

  constructor(problem: ImageProblem, options?: { cause?: unknown }) {
    super(inEnglish(problem.reason), options);
    this.name = 'UnusableImage';
    this.problem = problem;
  }

  toError(file: string): TwinheadError {
    const code = this.problem.code === 'missing' ? 'not-found' : 'unusable-input';
    return new TwinheadError(
      code,
      this.problem.reason,
      { file, remedy: this.problem.remedy },
      { cause: this },
    );
  }
}

export function damaged(reason: Said): UnusableImage {
  return new UnusableImage({
    code: 'damaged',
    reason,
    remedy: 'Copy the file again from where it came from, or open it in an image program and save it anew.',
  });
}

function systemCode(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}

const TRUNCATED =
  /premature end|truncated|unexpected end|read error|too few|not enough|end of file|EOF|no sync|IDAT/i;

/**
 * What a failed read or decode means for the person. Errors that concern the machine rather than the picture (no
 * memory, too many open files) are thrown on.
 */
export function explainFailure(error: unknown): UnusableImage {
  if (error instanceof UnusableImage) return error;
  if (error instanceof TwinheadError && error.code === 'unusable-input') {
    const { said: reason, details } = error;
    return new UnusableImage(
      { code: 'not-an-image', reason, remedy: details.remedy ?? '' },
      { cause: error },
    );
  }
  switch (systemCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new UnusableImage({
        code: 'missing',
        reason: 'The file is not there.',
        remedy: 'It may have been moved or renamed; put it back, or add its new folder.',
      });
    case 'EACCES':
    case 'EPERM':
      return new UnusableImage({
        code: 'unreadable',
        reason: 'Reading the file is not permitted.',
        remedy: 'Change the permissions of the file or its folder.',
      });
    case 'EISDIR':
      return new UnusableImage({
        code: 'not-an-image',
        reason: 'This is a folder, not a file.',
        remedy: 'Name an image file.',
      });
    case 'ELOOP':
    case 'EIO':
      return new UnusableImage({
        code: 'unreadable',
        reason: 'The system cannot read the file.',
        remedy: 'Check the disk, or the link that the file stands for.',
      });
    case 'EMFILE':
    case 'ENFILE':
    case 'ENOMEM':
      throw new TwinheadError(
        'internal',
        `The system is out of resources: ${toErrorReport(error).message}`,
        { remedy: 'Close other programs and try again.' },
        { cause: error },
      );
  }
  const text = error instanceof Error ? error.message : String(error);
  if (/pixel limit|dimensions exceed|too large|exceeds maximum/i.test(text)) {
    return new UnusableImage(
      {
        code: 'too-large',
        reason: 'The picture has more than 268 million pixels.',
        remedy: 'Cut it into tiles, or scale it down, and add those.',
      },
      { cause: error },
    );
  }
  const known = TRUNCATED.test(text)
    ? damaged('The file ends before the picture is complete.')
    : damaged('The picture in the file is damaged and cannot be decoded.');
  return new UnusableImage(known.problem, { cause: error });
}
