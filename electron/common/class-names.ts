export const LONGEST_CLASS_NAME = 200;

/**
 * What two names have in common that a person would take for the same: case, width, composition, blanks and invisible
 * characters don't tell them apart. Empty where nothing of a name can be seen.
 */
export function classNameKey(name: string): string {
  // Upper case first: ß and SS, ς and σ become one only that way.
  return name
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toUpperCase()
    .toLowerCase()
    .replace(/\s+/gu, ' ')
    .trim();
}
