import { z } from 'zod';
import { say } from '../../../common/sentences/sentence.ts';
import type { DatasetFormat } from '../../format.ts';
import { detectYolo } from './layout.ts';
import { readYolo } from './read.ts';
import { writeYolo } from './write.ts';

export const yolo: DatasetFormat = {
  id: 'yolo',
  title: 'YOLO',
  labelFiles: ['txt', 'yaml', 'yml'],
  detect: detectYolo,
  read: readYolo,
  write: writeYolo,
  remark: (pictures) => (pictures === 'none' ? say('formats.yolo.labelsOnly') : null),
  options: z.object({}),
  // A sixth number would make a trainer refuse the row.
  loses: ['imageClasses', 'attributes', 'scores'],
};
