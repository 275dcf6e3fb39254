import { z } from 'zod';
import type { DatasetFormat } from '../../format.ts';
import { detectNdjson, readNdjson } from './read.ts';
import { writeNdjson } from './write.ts';

export const ndjson: DatasetFormat = {
  id: 'ndjson',
  title: 'Ultralytics NDJSON',
  labelFiles: ['ndjson', 'jsonl'],
  detect: detectNdjson,
  read: readNdjson,
  write: writeNdjson,
  options: z.object({}),
  loses: ['imageClasses', 'attributes', 'scores'],
};
