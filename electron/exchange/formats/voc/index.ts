import { z } from 'zod';
import type { DatasetFormat } from '../../format.ts';
import { detectVoc, readVoc } from './read.ts';

export const voc: DatasetFormat = {
  id: 'voc',
  title: 'Pascal VOC',
  detect: detectVoc,
  read: readVoc,
  options: z.object({}),
  loses: ['imageClasses', 'scores', 'unusedClasses'],
};
