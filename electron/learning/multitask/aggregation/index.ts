import { alignedMtl } from './aligned-mtl.ts';
import { cagrad } from './cagrad.ts';
import { imtlG } from './imtl-g.ts';
import { mgda } from './mgda.ts';
import { nashMtl } from './nash-mtl.ts';
import { pcgrad } from './pcgrad.ts';
import { mean, sum } from './plain.ts';
import type { Aggregation } from './types.ts';
import { upgrad } from './upgrad.ts';

const all = {
  sum,
  mean,
  pcgrad,
  mgda,
  cagrad,
  imtlg: imtlG,
  aligned: alignedMtl,
  upgrad,
  nash: nashMtl,
};

export type AggregationMethod = keyof typeof all;

/** Every aggregation, by its name in the configuration, whose schema follows from this. A new one is a file and an entry here. */
export const aggregations: Readonly<Record<AggregationMethod, Aggregation>> = all;

export const AGGREGATIONS = Object.keys(all) as AggregationMethod[];
