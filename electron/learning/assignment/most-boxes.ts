/** Boxes of an image at most, crowds not counted. */
export const mostBoxes = (
  byImage: readonly (readonly { readonly crowd?: boolean | undefined }[] | null)[],
): number =>
  byImage.reduce(
    (most, boxes) => Math.max(most, (boxes ?? []).filter(({ crowd }) => crowd !== true).length),
    0,
  );
