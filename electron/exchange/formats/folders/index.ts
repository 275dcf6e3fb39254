import { z } from 'zod';
import type { DatasetFormat } from '../../format.ts';
import { detectFolders, readFolders } from './read.ts';

export const folders: DatasetFormat = {
  id: 'folders',
  title: 'torchvision ImageFolder',
  labelFiles: [],
  detect: detectFolders,
  read: readFolders,
  options: z.object({}),
  loses: [],
};
