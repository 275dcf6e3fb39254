import { z } from 'zod';
import type { DatasetFormat } from '../../format.ts';
import { detectVoc, readVoc } from './read.ts';
import { writeVoc } from './write.ts';

const OPTIONS = z.object({
  convention: z
    .enum(['edges', 'pixels'])
    .default('edges')
    .describe(
      'edges: corners are edges counted from 0, as most readers take them; pixels: corners are pixels counted from 1, both inside the box, as VOC itself has them.',
    ),
});

export const voc: DatasetFormat = {
  id: 'voc',
  title: 'Pascal VOC',
  detect: detectVoc,
  read: readVoc,
  write: (dataset, target, options) => writeVoc(dataset, target, OPTIONS.parse(options)),
  options: OPTIONS,
  loses: ['imageClasses', 'scores', 'unusedClasses'],
};
