import { z } from 'zod';
import type { DatasetFormat } from '../../format.ts';
import { detectVia, readVia } from './read.ts';

export const via: DatasetFormat = {
  id: 'via',
  title: 'VGG Image Annotator',
  labelFiles: ['json', 'csv'],
  detect: detectVia,
  read: readVia,
  options: z.object({}),
  loses: [],
};
