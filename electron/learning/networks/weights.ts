import { existsSync } from 'node:fs';
import path from 'node:path';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import { readWholeSync } from '../../files/index.ts';
import { decodeSafetensors } from '../base/safetensors.ts';
import type { StoredTensor } from '../base/safetensors.ts';

/** Beside the sources in a checkout, beside dist/ in the packaged app: looked for upwards. */
function findResource(name: string): string {
  const relative = path.join('resources', 'networks', name);
  for (let folder = import.meta.dirname; ; folder = path.dirname(folder)) {
    const file = path.join(folder, relative);
    if (existsSync(file)) return file;
    if (path.dirname(folder) === folder) {
      throw new TwinheadError('not-found', say('learning.weights'), {
        file: relative,
        remedy: say('learning.weights.remedy'),
      });
    }
  }
}

/**
 * Pretrained weights and statistics of a trunk, by the names of parameters and statistics.
 * @param name of a file in resources/networks
 * @throws TwinheadError `not-found` or `unusable-input`
 */
export function pretrainedWeights(name: string): ReadonlyMap<string, StoredTensor> {
  const file = findResource(name);
  return decodeSafetensors(readWholeSync(file), file).tensors;
}
