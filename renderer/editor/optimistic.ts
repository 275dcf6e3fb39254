import type { AnnotationOperation, ImageAnnotations } from '../../electron/common/entities.ts';
import { reduce } from '../../electron/common/labels/operations.ts';
import type { LabelRules } from '../../electron/common/labels/operations.ts';

/**
 * An image as it will be once the edit is stored.
 * @throws TwinheadError as `reduce` does
 */
export function applyOperations(
  annotations: ImageAnnotations,
  operations: readonly AnnotationOperation[],
  rules: LabelRules,
  newId: () => number,
): ImageAnnotations {
  const { image, boxes, suggestions, note } = reduce(annotations, operations, rules, newId);
  return {
    image: {
      ...annotations.image,
      ...image,
      boxCount: boxes.length,
      suggestionCount: suggestions.length,
      noted: note !== '',
    },
    boxes: [...boxes],
    suggestions: [...suggestions],
    note,
    canUndo: true,
    canRedo: false,
  };
}
