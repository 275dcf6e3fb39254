import type { english } from '../english.ts';
import type { Translation } from '../types.ts';
import { calls } from './calls.ts';
import { formats } from './formats.ts';
import { imports } from './import.ts';
import { rescue } from './rescue.ts';
import { settings } from './settings.ts';
import { training } from './training.ts';

export const zhCN: Translation<typeof english> = {
  ...calls,
  ...formats,
  ...imports,
  ...rescue,
  ...settings,
  ...training,
};
