import type { ImageState, Split } from '../../common/entities.ts';
import type { Rectangle } from '../../common/geometry.ts';
import type { TrainingSample } from '../../learning/index.ts';

interface LabelledImage {
  readonly id: number;
  readonly split: Split;
  readonly state: ImageState;
  readonly width: number;
  readonly height: number;
  readonly imageClassIds: readonly number[];
  readonly boxes: readonly (Rectangle & { readonly classId: number; readonly crowd: boolean })[];
}

type Indices = ReadonlyMap<number, number>;

export const indicesOf = (classes: readonly { readonly id: number }[]): Indices =>
  new Map(classes.map(({ id }, index) => [id, index]));

/** Boxes of classes that have an index: of another class nothing is learned, and nothing can be evaluated. */
export function knownBoxes<Box extends { readonly classId: number }>(
  boxes: readonly Box[],
  indices: Indices,
): Box[] {
  return boxes.filter(({ classId }) => indices.has(classId));
}

/** The labels of an image by the indices of their classes. */
export function sampleOf(
  { id, split, state, width, height, imageClassIds, boxes }: LabelledImage,
  row: number,
  imageIndices: Indices,
  objectIndices: Indices,
): TrainingSample {
  const [imageClass = null, ...furtherClasses] = imageClassIds.flatMap(
    (classId) => imageIndices.get(classId) ?? [],
  );
  return {
    row,
    imageId: id,
    split,
    width,
    height,
    imageClass,
    furtherClasses: furtherClasses.length === 0 ? undefined : furtherClasses,
    // An image that has a class but no box was not necessarily looked at for boxes; "empty" says that it was.
    boxes:
      boxes.length === 0 && state !== 'empty'
        ? null
        : knownBoxes(boxes, objectIndices).map(({ classId, crowd, ...box }) => ({
            x: box.x,
            y: box.y,
            width: box.width,
            height: box.height,
            classIndex: objectIndices.get(classId)!,
            crowd,
          })),
  };
}
