import type { Attributes } from '../../common/dataset.ts';
import type { ScoreBreakdown } from '../../common/entities.ts';
import { meanOf } from '../../learning/metrics/class-scores.ts';

/** A labelled box that can be found, with its image and, where the run finds it, how well it fits. */
export interface AttributedBox {
  /** Index of the image. */
  readonly image: number;
  readonly attributes: Attributes;
  /** IoU with the detection that finds it; null: none does. */
  readonly overlap: number | null;
}

type AttributeScores = ScoreBreakdown['attributes'][number];
export type AttributeValue = AttributeScores['value'];

/** Values of an attribute that are listed; one of free text can have any number. */
const MOST_VALUES = 20;
const MOST_ATTRIBUTES = 20;

/** The value of an attribute; null: the box hasn't got it, or it says no. */
export const attributeOf = (attributes: Attributes, name: string): AttributeValue =>
  attributes[name] === undefined || attributes[name] === false ? null : attributes[name];

/**
 * How boxes with each value of each attribute are found. What is found where no box is has no attributes, so there is no
 * precision of a value; scores of the images that have such boxes stand beside it.
 */
export function byAttribute(
  boxes: readonly AttributedBox[],
  scoresOf: (images: ReadonlySet<number>) => Pick<AttributeScores, 'images' | 'tasks'>,
): Pick<ScoreBreakdown, 'attributes' | 'valuesLeftOut'> {
  const names = new Set(
    boxes.flatMap(({ attributes }) =>
      Object.keys(attributes).filter((name) => attributeOf(attributes, name) !== null),
    ),
  );
  // A group is not a box to be found.
  names.delete('crowd');
  let valuesLeftOut = 0;
  const attributes = [...names]
    .sort((a, b) => a.localeCompare(b))
    .slice(0, MOST_ATTRIBUTES)
    .flatMap((name) => {
      const groups = Map.groupBy(boxes, (box) => attributeOf(box.attributes, name));
      const { true: without = [], false: having = [] } = Object.groupBy([...groups], ([value]) =>
        value === null ? 'true' : 'false',
      );
      const frequent = having.sort(([, a], [, b]) => b.length - a.length);
      valuesLeftOut += Math.max(0, frequent.length - MOST_VALUES);
      return [...frequent.slice(0, MOST_VALUES), ...without].map(([value, own]): AttributeScores => {
        const found = own.flatMap(({ overlap }) => (overlap === null ? [] : [overlap]));
        return {
          ...{ name, value, boxes: own.length, found: found.length, meanIou: meanOf(found) },
          ...scoresOf(new Set(own.map(({ image }) => image))),
          filter: value === null ? null : { attribute: { name, value } },
        };
      });
    });
  return { attributes, valuesLeftOut };
}
