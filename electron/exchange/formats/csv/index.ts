import { z } from 'zod';
import type { DatasetFormat } from '../../format.ts';
import { detectCsv } from './look.ts';
import { readCsv } from './read.ts';
import { writeCsv } from './write.ts';
import { help, named } from '../../../common/sentences/help.ts';
import { say } from '../../../common/sentences/sentence.ts';

const OPTIONS = z.object({
  emptyRows: z
    .boolean()
    .default(false)
    .meta({ ...named(say('exchange.csv.emptyRows.name')), ...help(say('exchange.csv.emptyRows')) }),
});

export const csv: DatasetFormat = {
  id: 'csv',
  title: 'CSV',
  labelFiles: ['csv', 'tsv'],
  detect: detectCsv,
  read: readCsv,
  asks: ['columns', 'convention'],
  write: (dataset, target, options) => writeCsv(dataset, target, OPTIONS.parse(options)),
  convention: () => say('exchange.convention.edges'),
  options: OPTIONS,
  loses: ['imageClasses', 'attributes', 'scores', 'states', 'unusedClasses', 'unknown'],
};
