import { createRandom } from '../../common/random.ts';
import type { Random } from '../../common/random.ts';

function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/**
 * A stream of random numbers that follows from its keys alone ("augment, seed, epoch, batch"): to go on after an
 * interruption no state has to be kept, the step of the training is enough.
 */
export function randomFrom(...keys: readonly (string | number)[]): Random {
  const text = keys.join('/');
  return createRandom(hashText(text) + (hashText(`${text}#`) % 0x100000) * 0x100000000);
}

/** Numbers 0 … count - 1 in random order. */
export function permutation(count: number, random: Random): number[] {
  return random.shuffle(Array.from({ length: count }, (_, i) => i));
}
