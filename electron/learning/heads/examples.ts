import type { NamedClass } from '../data/dataset.ts';

/** With fewer examples than this, what is learned of a class is mostly these examples. */
const FEW_EXAMPLES = 5;
/** What can be done about few examples. */
const MORE_OF_IT = 'Label more, merge it with another class, or have its images repeated (sampling.balance).';
const MORE_OF_THEM = 'Label more, merge classes, or have their images repeated (sampling.balance).';
/** Classes that a warning names one by one. */
const NAMED_CLASSES = 3;

/** What a head will hardly or not at all learn for lack of examples; many classes are one sentence. */
export function exampleDoubts(
  classes: readonly NamedClass[],
  counts: readonly number[],
  words: {
    readonly none: (name: string) => string;
    readonly noneOfMany: (count: number, names: string) => string;
    readonly few: (name: string, count: number, remedy: string) => string;
    readonly fewOfMany: (count: number, few: number, names: string, remedy: string) => string;
  },
): string[] {
  const of = (condition: (count: number) => boolean) =>
    classes.flatMap(({ name }, index) =>
      condition(counts[index]!) ? [{ name: `"${name}"`, count: counts[index]! }] : [],
    );
  const listed = (some: readonly { readonly name: string }[]): string => {
    const names = some.slice(0, NAMED_CLASSES).map(({ name }) => name);
    return `${names.join(', ')} and ${some.length - names.length} more`;
  };
  const none = of((count) => count === 0);
  const few = of((count) => count > 0 && count < FEW_EXAMPLES);
  return [
    ...(none.length <= NAMED_CLASSES
      ? none.map(({ name }) => words.none(name))
      : [words.noneOfMany(none.length, listed(none))]),
    ...(few.length <= NAMED_CLASSES
      ? few.map(({ name, count }) => words.few(name, count, MORE_OF_IT))
      : [words.fewOfMany(few.length, FEW_EXAMPLES, listed(few), MORE_OF_THEM)]),
  ];
}
