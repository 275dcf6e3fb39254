import { z } from 'zod';
import type { DatasetFormat } from '../../format.ts';
import { detectVoc, readVoc } from './read.ts';
import { writeVoc } from './write.ts';
import { help, named } from '../../../common/sentences/help.ts';
import { say } from '../../../common/sentences/sentence.ts';

const OPTIONS = z.object({
  convention: z
    .enum(['edges', 'pixels'])
    .default('edges')
    .meta({
      ...named(say('exchange.voc.convention.name'), {
        edges: say('exchange.voc.convention.edges'),
        pixels: say('exchange.voc.convention.pixels'),
      }),
      ...help(say('exchange.voc.convention')),
    }),
});

export const voc: DatasetFormat = {
  id: 'voc',
  title: 'Pascal VOC',
  labelFiles: ['xml', 'txt'],
  detect: detectVoc,
  read: readVoc,
  asks: ['convention'],
  write: (dataset, target, options) => writeVoc(dataset, target, OPTIONS.parse(options)),
  convention: (options) =>
    say(
      OPTIONS.parse(options).convention === 'edges'
        ? 'exchange.convention.edges'
        : 'exchange.convention.pixels',
    ),
  options: OPTIONS,
  loses: ['imageClasses', 'scores', 'unusedClasses'],
};
