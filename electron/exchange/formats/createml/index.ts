import { z } from 'zod';
import type { DatasetFormat } from '../../format.ts';
import { detectCreateMl, readCreateMl } from './read.ts';
import { writeCreateMl } from './write.ts';

export const createml: DatasetFormat = {
  id: 'createml',
  title: 'Create ML JSON',
  labelFiles: ['json'],
  detect: detectCreateMl,
  read: readCreateMl,
  write: writeCreateMl,
  options: z.object({}),
  loses: ['imageClasses', 'attributes', 'scores', 'unusedClasses', 'unknown'],
};
