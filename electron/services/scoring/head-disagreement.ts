/** What both heads say of an image, and what it is labelled with. */
export interface TwiceSaid {
  /** Probabilities of the image classes. */
  readonly classes: ArrayLike<number>;
  readonly boxes: readonly { readonly classIndex: number; readonly score: number }[];
  /** Indices of labelled image and object classes; null: nobody has labelled both. */
  readonly labels: { readonly imageClasses: readonly number[]; readonly objects: readonly number[] } | null;
}

/** Jensen–Shannon divergence of two distributions in bits, 0 to 1 (Lin 1991). */
function divergence(p: readonly number[], q: readonly number[]): number {
  const half = (a: number, b: number): number => (a > 0 ? (a * Math.log2((2 * a) / (a + b))) / 2 : 0);
  const sum = p.reduce((all, value, at) => all + half(value, q[at]!) + half(q[at]!, value), 0);
  return Math.min(1, Math.max(0, sum));
}

function normalized(values: readonly number[]): number[] {
  const sum = values.reduce((all, value) => all + value, 0);
  return sum === 0 ? values.map(() => 1 / values.length) : values.map((value) => value / sum);
}

/**
 * How far the heads contradict each other on each image, 0 to 1: the image class that the class head sees against the one
 * that the boxes found speak for. How often an object class comes with an image class, the labels of these images say
 * (naive Bayes over "there or not", with one image of each added); a class of boxes is there as likely as its surest box.
 * @param several whether an image can have several classes: each is then a question by itself
 * @returns by image; null where there is nothing to learn from
 */
export function headDisagreements(
  images: readonly TwiceSaid[],
  imageClasses: number,
  objectClasses: number,
  several: boolean,
): number[] | null {
  const labelled = images.flatMap(({ labels }) => (labels === null ? [] : [labels]));
  if (labelled.length === 0 || imageClasses < (several ? 1 : 2) || objectClasses === 0) return null;
  /** Logarithms of the share of images of one kind, and of each object class among them. */
  const learn = (own: typeof labelled) => ({
    prior: Math.log((own.length + 1) / (labelled.length + 2)),
    objects: Array.from({ length: objectClasses }, (_, object) => {
      const share = (own.filter(({ objects }) => objects.includes(object)).length + 1) / (own.length + 2);
      return { there: Math.log(share), not: Math.log(1 - share) };
    }),
  });
  const learned = Array.from({ length: imageClasses }, (_, index) => {
    const has = ({ imageClasses: own }: (typeof labelled)[number]): boolean => own.includes(index);
    return { with: learn(labelled.filter(has)), without: learn(labelled.filter((one) => !has(one))) };
  });
  return images.map(({ classes, boxes }) => {
    const surest = new Float64Array(objectClasses);
    for (const { classIndex, score } of boxes) surest[classIndex] = Math.max(surest[classIndex]!, score);
    const weigh = ({ prior, objects }: ReturnType<typeof learn>): number =>
      objects.reduce(
        (sum, { there, not }, object) => sum + surest[object]! * there + (1 - surest[object]!) * not,
        prior,
      );
    const shares = (logs: readonly number[]): number[] =>
      normalized(logs.map((log) => Math.exp(log - Math.max(...logs))));
    if (!several)
      return divergence(normalized(Array.from(classes)), shares(learned.map((one) => weigh(one.with))));
    const each = learned.map((one, index) =>
      divergence([classes[index]!, 1 - classes[index]!], shares([weigh(one.with), weigh(one.without)])),
    );
    return each.reduce((sum, value) => sum + value, 0) / each.length;
  });
}
