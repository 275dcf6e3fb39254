import { TwinheadError, saidOf } from '../common/errors.ts';
import { inEnglish } from '../common/sentences/english.ts';
import type { Said } from '../common/sentences/sentence.ts';
import { say } from '../common/sentences/sentence.ts';

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
    remedy: say('images.damaged.remedy'),
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
        reason: say('images.missing'),
        remedy: say('images.missing.remedy'),
      });
    case 'EACCES':
    case 'EPERM':
      return new UnusableImage({
        code: 'unreadable',
        reason: say('images.noAccess'),
        remedy: say('images.noAccess.remedy'),
      });
    case 'EISDIR':
      return new UnusableImage({
        code: 'not-an-image',
        reason: say('images.isFolder'),
        remedy: say('images.isFolder.remedy'),
      });
    case 'ELOOP':
    case 'EIO':
      return new UnusableImage({
        code: 'unreadable',
        reason: say('images.unreadable'),
        remedy: say('images.unreadable.remedy'),
      });
    case 'EMFILE':
    case 'ENFILE':
    case 'ENOMEM':
      throw new TwinheadError(
        'internal',
        say('images.noResources', { words: saidOf(error) }),
        { remedy: say('images.noResources.remedy') },
        { cause: error },
      );
  }
  const text = error instanceof Error ? error.message : String(error);
  if (/pixel limit|dimensions exceed|too large|exceeds maximum/i.test(text)) {
    return new UnusableImage(
      {
        code: 'too-large',
        reason: say('images.tooLarge'),
        remedy: say('images.tooLarge.remedy'),
      },
      { cause: error },
    );
  }
  if (/^timeout:/i.test(text)) {
    return new UnusableImage(
      {
        code: 'too-large',
        reason: say('images.slow'),
        remedy: say('images.unsupported.remedy'),
      },
      { cause: error },
    );
  }
  const known = TRUNCATED.test(text) ? damaged(say('images.cutOff')) : damaged(say('images.damaged'));
  return new UnusableImage(known.problem, { cause: error });
}
