import { z } from 'zod';
import { help, named } from '../../../common/sentences/help.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { DatasetFormat } from '../../format.ts';
import { detectParquet, readParquet } from './read.ts';
import { writeParquet } from './write.ts';

const OPTIONS = z.object({
  embed: z
    .boolean()
    .default(true)
    .meta({ ...named(say('formats.parquet.embed.name')), ...help(say('formats.parquet.embed')) }),
});

export const parquet: DatasetFormat = {
  id: 'parquet',
  title: 'Hugging Face Parquet',
  labelFiles: ['parquet'],
  detect: detectParquet,
  read: readParquet,
  write: (dataset, target, options) => writeParquet(dataset, target, OPTIONS.parse(options)),
  options: OPTIONS,
  loses: ['attributes', 'unusedClasses', 'unknown'],
};
