import { z } from 'zod';
import type { DatasetFormat } from '../../format.ts';
import { detectImageFolder, readImageFolder } from './read.ts';
import { writeImageFolder } from './write.ts';

export const imageFolder: DatasetFormat = {
  id: 'imagefolder',
  title: 'Hugging Face imagefolder',
  labelFiles: ['jsonl', 'csv'],
  detect: detectImageFolder,
  read: readImageFolder,
  write: writeImageFolder,
  options: z.object({}),
  loses: ['attributes', 'scores', 'unusedClasses'],
};
