import { z } from 'zod';
import { BOX_ERROR_KINDS, SIZES } from './heads.ts';

/** What labels of boxes may be wrong by (Tkachenko et al. 2023, "ObjectLab"). */
export const SUSPECTS = ['overlooked', 'misplaced', 'swapped'] as const;
export type Suspect = (typeof SUSPECTS)[number];

const id = z.int().nullable();

/** A number of an evaluation that stands for answers, and so for images. Classes by their ids; null: none. */
export const EvaluationPart = z.discriminatedUnion('of', [
  z.object({ of: z.literal('error'), error: z.enum(BOX_ERROR_KINDS) }),
  /** A cell of the matrix of boxes: no `truth` is background, no `found` a box that was not found. */
  z.object({ of: z.literal('boxes'), truth: id, found: id }),
  /** A cell of the matrix of image classes. */
  z.object({ of: z.literal('imageClasses'), truth: z.int(), found: z.int() }),
  /** Errors that have to do with a class. */
  z.object({ of: z.literal('boxClass'), classId: z.int() }),
  z.object({ of: z.literal('imageClass'), classId: z.int() }),
  /** Errors with boxes of a size. */
  z.object({ of: z.literal('size'), size: z.enum(SIZES) }),
  z.object({ of: z.literal('suspect'), suspect: z.enum(SUSPECTS) }),
]);
export type EvaluationPart = z.infer<typeof EvaluationPart>;

/** The same by the network's own indices of classes. */
export type ScorePart =
  | Exclude<EvaluationPart, { of: 'boxClass' | 'imageClass' }>
  | { readonly of: 'boxClass' | 'imageClass'; readonly classIndex: number };

const NONE = 'none';
const word = (value: number | null): string => (value === null ? NONE : String(value));

/** A part as addresses and the command line write it: "error.missed", "boxes.3.none". */
export function partText(part: EvaluationPart): string {
  switch (part.of) {
    case 'error':
      return `error.${part.error}`;
    case 'boxes':
    case 'imageClasses':
      return `${part.of}.${word(part.truth)}.${word(part.found)}`;
    case 'boxClass':
    case 'imageClass':
      return `${part.of}.${part.classId}`;
    case 'size':
      return `size.${part.size}`;
    case 'suspect':
      return `suspect.${part.suspect}`;
  }
}

/** Null where the text is none. */
export function readPart(text: string): EvaluationPart | null {
  const [of, first = '', second = ''] = text.split('.');
  const number = (value: string): number | null => (value === NONE ? null : Number(value || NaN));
  const fields: Readonly<Record<string, object>> = {
    error: { error: first },
    boxes: { truth: number(first), found: number(second) },
    imageClasses: { truth: number(first), found: number(second) },
    boxClass: { classId: number(first) },
    imageClass: { classId: number(first) },
    size: { size: first },
    suspect: { suspect: first },
  };
  const part = EvaluationPart.safeParse({ of, ...fields[of ?? ''] });
  return part.data ?? null;
}
