import { z } from 'zod';
import type { DatasetFormat } from '../../format.ts';
import { detectDatumaro, readDatumaro } from './read.ts';
import { writeDatumaro } from './write.ts';

export const datumaro: DatasetFormat = {
  id: 'datumaro',
  title: 'Datumaro JSON',
  labelFiles: ['json'],
  detect: detectDatumaro,
  read: readDatumaro,
  write: writeDatumaro,
  options: z.object({}),
  loses: ['states', 'unusedClasses'],
};
