import { InvalidArgumentError } from 'commander';
import { readPages } from '../common/page-numbers.ts';

/** Reads a whole number from 0 on, for an option. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
    throw new InvalidArgumentError('It must be a whole number.');
  return value;
}

/** Reads a whole number from 1 to `most`. */
export function countTo(most: number): (text: string) => number {
  return (text) => {
    const value = wholeNumber(text);
    if (value < 1 || value > most)
      throw new InvalidArgumentError(`It must be a whole number from 1 to ${most}.`);
    return value;
  };
}

/** Reads a port: 0 asks for any free one. */
export function portNumber(text: string): number {
  const value = wholeNumber(text);
  if (value > 65_535) throw new InvalidArgumentError('It must be a port from 0 to 65535.');
  return value;
}

/** Reads a share from 0 to 1. */
export function share(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1))
    throw new InvalidArgumentError('It must be a number from 0 to 1.');
  return value;
}

/** Reads which pages of files become images: `first`, `all`, or numbers such as `1,3,5-8`. */
export function pageChoice(text: string): 'first' | 'all' | number[] {
  if (text === 'first' || text === 'all') return text;
  const numbers = readPages(text);
  if (numbers === null)
    throw new InvalidArgumentError('It must be first, all, or numbers from 1 on such as 1,3,5-8.');
  return numbers;
}
