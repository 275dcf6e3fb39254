import { dwa } from './dwa.ts';
import { famo } from './famo.ts';
import { gls } from './gls.ts';
import { gradnorm } from './gradnorm.ts';
import { imtlL } from './imtl-l.ts';
import { rlw } from './rlw.ts';
import { stch } from './stch.ts';
import type { Weighting, WeightingKind, WeightingOptions } from './types.ts';
import { uncertainty } from './uncertainty.ts';

const fixed: WeightingKind = { create: () => null };

const all = { fixed, uncertainty, dwa, gradnorm, gls, rlw, imtll: imtlL, stch, famo };

export type WeightingMethod = keyof typeof all;

/** Every weighting, by its name in the configuration, whose schema follows from this. A new one is a file and an entry here. */
export const weightings: Readonly<Record<WeightingMethod, WeightingKind>> = all;

export const WEIGHTINGS = Object.keys(all) as WeightingMethod[];

/** The weighting of that name; null for fixed weights, which have no state. */
export const createWeighting = (
  options: WeightingOptions & { readonly weighting: WeightingMethod },
): Weighting | null => weightings[options.weighting].create(options);
