/** What the rest of the product may use of exchange/. */
export { FORMATS } from './formats/index.ts';
export { isLabelFile, isTable } from './label-files.ts';
export { countDataset, writableFormat, writeDataset } from './write-dataset.ts';
export type { WriteCounts } from './write-dataset.ts';
export { tableColumns } from './formats/csv/look.ts';
export { readDataset, readableFormat } from './read-dataset.ts';
export type { DatasetOptions, ReadDataset } from './read-dataset.ts';
export type { DatasetFormat, Pictures, ReadOptions } from './format.ts';
export { fitToFile } from './boxes.ts';
export type { OutsidePolicy } from './boxes.ts';
