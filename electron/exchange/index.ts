/** What the rest of the product may use of exchange/. */
export { FORMATS } from './formats/index.ts';
export { readDataset } from './read-dataset.ts';
export type { ReadDataset } from './read-dataset.ts';
export type { DatasetFormat, ReadOptions } from './format.ts';
export { fitToFile } from './boxes.ts';
export type { OutsidePolicy } from './boxes.ts';
