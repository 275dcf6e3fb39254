import { z } from 'zod';
import type { DatasetFormat } from '../../format.ts';
import { detectLabelme, readLabelme } from './read.ts';
import { writeLabelme } from './write.ts';

export const labelme: DatasetFormat = {
  id: 'labelme',
  title: 'labelme',
  labelFiles: ['json'],
  detect: detectLabelme,
  read: readLabelme,
  write: writeLabelme,
  options: z.object({}),
  loses: ['unusedClasses'],
};
