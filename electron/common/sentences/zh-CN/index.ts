import type { english } from '../english.ts';
import type { Translation } from '../types.ts';
import { calls } from './calls.ts';
import { exchange } from './exchange.ts';
import { files } from './files.ts';
import { formats } from './formats.ts';
import { images } from './images.ts';
import { imports } from './import.ts';
import { rescue } from './rescue.ts';
import { settings } from './settings.ts';
import { tasks } from './tasks.ts';
import { training } from './training.ts';

export const zhCN: Translation<typeof english> = {
  ...calls,
  ...exchange,
  ...files,
  ...formats,
  ...images,
  ...imports,
  ...rescue,
  ...settings,
  ...tasks,
  ...training,
};
