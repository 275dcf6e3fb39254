import type { AnnotationOperation, Box, ImageAnnotations } from '../../electron/common/entities.ts';

/**
 * What an edit will look like once it is stored, computed here at once by the same rules as the store's. `newIds`
 * gives the local id of each added box, in order.
 * @param severalImageClasses whether the project allows more than one class on an image
 */
export function applyOperations(
  annotations: ImageAnnotations,
  operations: readonly AnnotationOperation[],
  newIds: readonly number[],
  severalImageClasses = false,
): ImageAnnotations {
  let { boxes, image, suggestions, note } = annotations;
  let added = 0;
  for (const operation of operations) {
    switch (operation.type) {
      case 'add-box':
        boxes = [...boxes, withDefaults(operation.box, newIds[added++] ?? 0)];
        break;
      case 'update-box':
        boxes = boxes.map((b) => (b.id === operation.boxId ? changed(b, operation.changes) : b));
        break;
      case 'delete-box':
        boxes = boxes.filter((b) => b.id !== operation.boxId);
        break;
      case 'set-image-classes':
        image = { ...image, imageClassIds: operation.classIds };
        break;
      case 'set-state':
        image = { ...image, state: operation.state };
        break;
      case 'set-verified':
        image = { ...image, verified: operation.verified };
        break;
      case 'set-note':
        ({ note } = operation);
        break;
      case 'set-flag':
        image = { ...image, flagged: operation.flagged };
        break;
      case 'accept-suggestion': {
        const accepted = suggestions.find((s) => s.id === operation.suggestionId);
        suggestions = suggestions.filter((s) => s !== accepted);
        if (!accepted) break;
        const { classId, source, score, attributes } = accepted;
        if (accepted.box)
          boxes = [
            ...boxes,
            { id: newIds[added++] ?? 0, ...accepted.box, classId, source, score, attributes },
          ];
        else {
          const others = severalImageClasses ? image.imageClassIds.filter((id) => id !== classId) : [];
          image = { ...image, imageClassIds: [...others, classId] };
        }
        break;
      }
      case 'reject-suggestion':
        suggestions = suggestions.filter((s) => s.id !== operation.suggestionId);
        break;
    }
  }
  const labelled = boxes.length > 0 || image.imageClassIds.length > 0;
  const state = labelled ? 'labelled' : image.state === 'labelled' ? 'unseen' : image.state;
  return {
    image: {
      ...image,
      state,
      boxCount: boxes.length,
      suggestionCount: suggestions.length,
      noted: note !== '',
    },
    boxes,
    suggestions,
    note,
    canUndo: true,
    canRedo: false,
  };
}

/** How many boxes the operations will add to the image as it is. */
export function countNewBoxes(
  { suggestions }: Pick<ImageAnnotations, 'suggestions'>,
  operations: readonly AnnotationOperation[],
): number {
  return operations.filter(
    (o) =>
      o.type === 'add-box' ||
      (o.type === 'accept-suggestion' && suggestions.some((s) => s.id === o.suggestionId && s.box !== null)),
  ).length;
}

type AddedBox = Extract<AnnotationOperation, { type: 'add-box' }>['box'];
type BoxChanges = Extract<AnnotationOperation, { type: 'update-box' }>['changes'];

function withDefaults(box: AddedBox, id: number): Box {
  return { ...box, id };
}

function changed(box: Box, changes: BoxChanges): Box {
  return {
    ...box,
    ...changes.geometry,
    classId: changes.classId ?? box.classId,
    attributes: changes.attributes ?? box.attributes,
    source: changes.source ?? box.source,
    score: changes.score === undefined ? box.score : changes.score,
  };
}
