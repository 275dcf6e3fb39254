import { z } from 'zod';
import { help, named } from '../../../common/sentences/help.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { DatasetFormat } from '../../format.ts';
import { detectWebDataset, readWebDataset } from './read.ts';
import { writeWebDataset } from './write.ts';

const OPTIONS = z.object({
  images: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(1000)
    .meta({ ...named(say('formats.webdataset.shard.name')), ...help(say('formats.webdataset.shard')) }),
});

export const webDataset: DatasetFormat = {
  id: 'webdataset',
  title: 'WebDataset',
  labelFiles: ['tar'],
  detect: detectWebDataset,
  read: readWebDataset,
  write: (dataset, target, options) => writeWebDataset(dataset, target, OPTIONS.parse(options)),
  options: OPTIONS,
  loses: ['unusedClasses'],
};
