import { z } from 'zod';
import type { DatasetFormat } from '../../format.ts';
import { detectVott, readVott } from './read.ts';

export const vott: DatasetFormat = {
  id: 'vott',
  title: 'VoTT JSON',
  labelFiles: ['json', 'csv'],
  detect: detectVott,
  read: readVott,
  options: z.object({}),
  loses: [],
};
