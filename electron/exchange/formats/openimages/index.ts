import { z } from 'zod';
import type { DatasetFormat } from '../../format.ts';
import { detectOpenImages, readOpenImages } from './read.ts';

export const openImages: DatasetFormat = {
  id: 'openimages',
  title: 'Open Images CSV',
  labelFiles: ['csv'],
  detect: detectOpenImages,
  read: readOpenImages,
  options: z.object({}),
  loses: [],
};
