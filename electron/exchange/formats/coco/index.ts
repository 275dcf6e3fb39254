import { z } from 'zod';
import type { DatasetFormat } from '../../format.ts';
import { detectCoco, readCoco } from './read.ts';
import { writeCoco } from './write.ts';

export const coco: DatasetFormat = {
  id: 'coco',
  title: 'COCO',
  labelFiles: ['json'],
  detect: detectCoco,
  read: readCoco,
  write: writeCoco,
  options: z.object({}),
  loses: ['imageClasses', 'states'],
};
