import { z } from 'zod';
import { say } from '../../../common/sentences/sentence.ts';
import type { DatasetFormat } from '../../format.ts';
import { detectKitti, readKitti } from './read.ts';
import { writeKitti } from './write.ts';

export const kitti: DatasetFormat = {
  id: 'kitti',
  title: 'KITTI',
  labelFiles: ['txt'],
  detect: detectKitti,
  read: readKitti,
  write: writeKitti,
  convention: () => say('exchange.convention.edges'),
  options: z.object({}),
  loses: ['imageClasses', 'attributes', 'unusedClasses'],
};
