import { z } from 'zod';
import type { DatasetFormat } from '../../format.ts';
import { detectCvat, readCvat } from './read.ts';
import { writeCvat } from './write.ts';

export const cvat: DatasetFormat = {
  id: 'cvat',
  title: 'CVAT XML',
  labelFiles: ['xml'],
  detect: detectCvat,
  read: readCvat,
  write: writeCvat,
  options: z.object({}),
  loses: ['scores', 'states'],
};
