import type { english } from '../english.ts';
import type { Translation } from '../types.ts';
import { jobs } from './jobs.ts';
import { services } from './services.ts';
import { engine } from './engine.ts';
import { exports } from './export.ts';
import { learning } from './learning.ts';
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
  ...learning,
  ...exports,
  ...engine,
  ...services,
  ...jobs,
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
