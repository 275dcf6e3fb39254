import type { NamedClass } from '../samples/dataset.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Sentence } from '../../common/sentences/sentence.ts';

/** With fewer examples than this, what is learned of a class is mostly these examples. */
const FEW_EXAMPLES = 5;
/** Classes that a warning names one by one. */
const NAMED_CLASSES = 3;

/**
 * What a head will hardly or not at all learn for lack of examples; many classes are one sentence.
 * @param of which task's examples are counted, as the sentences are named
 */
export function exampleDoubts(
  classes: readonly NamedClass[],
  counts: readonly number[],
  of: 'boxes' | 'imageClass',
): Sentence[] {
  const having = (condition: (count: number) => boolean) =>
    classes.flatMap(({ name }, index) =>
      condition(counts[index]!) ? [{ name, count: counts[index]! }] : [],
    );
  const listed = (some: readonly { readonly name: string }[]) => ({
    names: some
      .slice(0, NAMED_CLASSES)
      .map(({ name }) => `“${name}”`)
      .join(', '),
    more: some.length - NAMED_CLASSES,
  });
  const none = having((count) => count === 0);
  const few = having((count) => count > 0 && count < FEW_EXAMPLES);
  return [
    ...(none.length <= NAMED_CLASSES
      ? none.map(({ name }) => say(`training.${of}.none`, { name }))
      : [say(`training.${of}.noneOfMany`, { count: none.length, ...listed(none) })]),
    ...(few.length <= NAMED_CLASSES
      ? few.map((one) => say(`training.${of}.few`, { ...one, remedy: say('training.few.remedy') }))
      : [
          say(`training.${of}.fewOfMany`, {
            count: few.length,
            few: FEW_EXAMPLES,
            ...listed(few),
            remedy: say('training.fewOfMany.remedy'),
          }),
        ]),
  ];
}
