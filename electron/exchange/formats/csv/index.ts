import { z } from 'zod';
import type { DatasetFormat } from '../../format.ts';
import { detectCsv, readCsv } from './read.ts';
import { writeCsv } from './write.ts';

const OPTIONS = z.object({
  emptyRows: z
    .boolean()
    .default(false)
    .describe('A row without a box for each image that was looked at and is empty. Some readers refuse it.'),
});

export const csv: DatasetFormat = {
  id: 'csv',
  title: 'CSV',
  detect: detectCsv,
  read: readCsv,
  write: (dataset, target, options) => writeCsv(dataset, target, OPTIONS.parse(options)),
  options: OPTIONS,
  loses: ['imageClasses', 'attributes', 'scores', 'states', 'unusedClasses', 'unknown'],
};
