import path from 'node:path';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import { findResource, readWholeSync } from '../../files/index.ts';
import { decodeSafetensors } from '../base/safetensors.ts';
import type { StoredTensor } from '../base/safetensors.ts';

/**
 * Pretrained weights and statistics of a trunk, by the names of parameters and statistics.
 * @param name of a file in resources/networks
 * @throws TwinheadError `not-found` or `unusable-input`
 */
export function pretrainedWeights(name: string): ReadonlyMap<string, StoredTensor> {
  const relative = path.join('resources', 'networks', name);
  const file = findResource(relative);
  if (file === null) {
    throw new TwinheadError('not-found', say('learning.weights'), {
      file: relative,
      remedy: say('learning.weights.remedy'),
    });
  }
  return decodeSafetensors(readWholeSync(file), file).tensors;
}
