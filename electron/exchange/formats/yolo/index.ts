import { z } from 'zod';
import type { DatasetFormat } from '../../format.ts';
import { detectYolo } from './layout.ts';
import { readYolo } from './read.ts';
import { writeYolo } from './write.ts';

export const yolo: DatasetFormat = {
  id: 'yolo',
  title: 'YOLO',
  detect: detectYolo,
  read: readYolo,
  write: writeYolo,
  options: z.object({}),
  // A sixth number would make a trainer refuse the row.
  loses: ['imageClasses', 'attributes', 'scores'],
};
