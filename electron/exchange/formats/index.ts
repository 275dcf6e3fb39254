import type { DatasetFormat } from '../format.ts';
import { coco } from './coco/index.ts';
import { voc } from './voc/index.ts';

/** Every format of data sets, in the order in which they are tried on an unknown path. A new one is a line here. */
export const FORMATS: readonly DatasetFormat[] = [coco, voc];
