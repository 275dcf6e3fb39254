import { z } from 'zod';
import { help, named } from '../../../common/sentences/help.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { DatasetFormat } from '../../format.ts';
import { detectTfRecord, readTfRecord } from './read.ts';
import { writeTfRecord } from './write.ts';

const OPTIONS = z.object({
  embed: z
    .boolean()
    .default(true)
    .meta({ ...named(say('formats.tfrecord.embed.name')), ...help(say('formats.tfrecord.embed')) }),
});

export const tfrecord: DatasetFormat = {
  id: 'tfrecord',
  title: 'TFRecord',
  labelFiles: ['tfrecord', 'tfrecords'],
  detect: detectTfRecord,
  read: readTfRecord,
  write: (dataset, target, options) => writeTfRecord(dataset, target, OPTIONS.parse(options)),
  options: OPTIONS,
  loses: ['attributes', 'scores', 'states', 'unusedClasses', 'unknown'],
};
