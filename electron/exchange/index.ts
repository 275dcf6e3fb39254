/** What the rest of the product may use of exchange/. */
export { FORMATS, detectFormat, readDataset } from './registry.ts';
export type { DatasetFormat, FormatId, ReadOptions, ReadResult } from './format.ts';
export { fitToFile } from './boxes.ts';
export type { OutsidePolicy } from './boxes.ts';
