import type { ImageFilter } from '../../../electron/common/entities.ts';
import { typedNumber } from '../../ui/typed-number.ts';

/** A way to read what was typed: by what the image is called, or by its number in the list, from 1. */
export type JumpWay =
  { readonly by: 'name'; readonly match: ImageFilter } | { readonly by: 'number'; readonly number: number };

/**
 * What a typed name or number may mean, likeliest first. An image of that very name comes before the number, as names
 * are often numbers; what is padded with zeros is rather a part of a name than a number.
 * @param total images in the list
 */
export function jumpWays(typed: string, total: number): JumpWay[] {
  const name = typed.trim();
  if (name === '') return [];
  const number = typedNumber(name);
  const isNumber = /^\d+$/.test(name.normalize('NFKC')) && number >= 1 && number <= total;
  const byNumber: JumpWay[] = isNumber ? [{ by: 'number', number }] : [];
  const byPart: JumpWay = { by: 'name', match: { text: name } };
  const named: JumpWay = { by: 'name', match: { named: name } };
  return /^0\d/.test(name) ? [named, byPart, ...byNumber] : [named, ...byNumber, byPart];
}
