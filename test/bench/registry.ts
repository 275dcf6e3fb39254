import { nearestNames } from '../../electron/common/nearest-names.ts';
import { dataset } from './subjects/dataset.ts';
import { images } from './subjects/images.ts';
import { store } from './subjects/store.ts';
import { steps } from './subjects/steps.ts';
import { userInterface } from './subjects/interface.ts';
import { metrics } from './subjects/metrics.ts';
import { training } from './subjects/training.ts';
import type { Figure, Subject } from './types.ts';

/** Every subject, in the order in which they are measured. A new one is a file in subjects/ and a line here. */
export const subjects: Readonly<Record<string, Subject>> = {
  steps,
  metrics,
  training,
  images,
  store,
  dataset,
  interface: userInterface,
};

export const figures: readonly Figure[] = Object.values(subjects).flatMap((subject) => subject.figures);

/**
 * The names that start with one of the prefixes (all names without prefixes), in the order of the registry.
 * @throws UnknownNameError for a prefix that no name has.
 */
export function select(prefixes: readonly string[], known: readonly string[]): string[] {
  for (const prefix of prefixes) {
    if (!known.some((name) => name.startsWith(prefix)))
      throw new UnknownNameError(prefix, nearestNames(prefix, known, 1)[0]);
  }
  if (prefixes.length === 0) return [...known];
  return known.filter((name) => prefixes.some((prefix) => name.startsWith(prefix)));
}

export class UnknownNameError extends Error {
  constructor(name: string, nearest: string | undefined) {
    super(`There is no benchmark ${name}.${nearest === undefined ? '' : ` The nearest is ${nearest}.`}`);
    this.name = 'UnknownNameError';
  }
}
