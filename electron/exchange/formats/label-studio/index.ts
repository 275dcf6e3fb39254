import { z } from 'zod';
import type { DatasetFormat } from '../../format.ts';
import { detectLabelStudio, readLabelStudio } from './read.ts';
import { writeLabelStudio } from './write.ts';

export const labelStudio: DatasetFormat = {
  id: 'label-studio',
  title: 'Label Studio JSON',
  labelFiles: ['json'],
  detect: detectLabelStudio,
  read: readLabelStudio,
  write: writeLabelStudio,
  options: z.object({}),
  loses: ['unusedClasses'],
};
