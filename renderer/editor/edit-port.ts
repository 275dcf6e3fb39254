import type { InputOf, OutputOf } from '../../electron/common/contract.ts';
import type { ImageAnnotations } from '../../electron/common/entities.ts';
import type { Said } from '../../electron/common/sentences/sentence.ts';

type Request = InputOf<'annotations.undo'>;

/** The calls that a queue makes. Errors have a `code`, as the client's do. */
export interface EditPort {
  get(imageId: number): Promise<ImageAnnotations>;
  /** The same of an image that may have been removed meanwhile: null where it was. */
  find(imageId: number): Promise<ImageAnnotations | null>;
  edit(request: InputOf<'annotations.edit'>): Promise<OutputOf<'annotations.edit'>>;
  undo(request: Request): Promise<ImageAnnotations>;
  redo(request: Request): Promise<ImageAnnotations>;
}

export interface QueueListener {
  /** Labels or saved state have changed. */
  changed(): void;
  /** The store has taken an edit, undo or redo: the image as stored before it, and after. */
  stored(before: ImageAnnotations, after: ImageAnnotations): void;
  /** Steps that could not be kept. */
  dropped(steps: DroppedSteps): void;
  /** A defect: what is shown may not be what will be stored. */
  failed(error: unknown): void;
}

export interface DroppedSteps {
  /** `stale` where someone else had changed what they change. */
  readonly kind: 'stale' | 'refused';
  /** How many edits, undos and redos. */
  readonly edits: number;
  /** What the edits among them would have done; '' where there is none, or the person has only just asked for it. */
  readonly what: Said;
  readonly error: unknown;
}

/** Codes of the rules: this edit does not apply to the labels that are there, and trying again is no use. */
const REFUSED = new Set(['invalid-input', 'not-found', 'not-allowed']);

export function isRefusal(error: unknown): boolean {
  const code = codeOf(error);
  return code !== null && REFUSED.has(code);
}

export function codeOf(error: unknown): string | null {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null;
}
