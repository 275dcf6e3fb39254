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

/** Logarithms: of a kind of images without objects, and what each object class that is there adds. */
interface Learned {
  readonly base: number;
  readonly gain: Float64Array;
}

/** One image with and one without each object class are added to what was counted. */
function learn(images: number, total: number, objects: Float64Array): Learned {
  const shares = objects.map((count) => (count + 1) / (images + 2));
  return {
    base: shares.reduce((sum, share) => sum + Math.log(1 - share), Math.log((images + 1) / (total + 2))),
    gain: shares.map((share) => Math.log(share / (1 - share))),
  };
}

/**
 * How far the heads contradict each other on each image, 0 to 1: the image class that the class head sees against the one
 * that the boxes found speak for. How often an object class comes with an image class, the labels of these images say
 * (naive Bayes over "there or not", with one image of each added); a class of boxes is there as likely as its surest box.
 * @param several whether an image can have several classes: each is then a question by itself
 * @returns by image; null where there is nothing to learn from
 */
export function headDisagreements(
  said: readonly TwiceSaid[],
  imageClasses: number,
  objectClasses: number,
  several: boolean,
): number[] | null {
  const labelled = said.flatMap(({ labels }) => (labels === null ? [] : [labels]));
  if (labelled.length === 0 || imageClasses < (several ? 1 : 2) || objectClasses === 0) return null;
  /** [image class]: images that have it, and how many of them have each object class. */
  const counts = Array.from({ length: imageClasses }, () => new Float64Array(objectClasses));
  const images = new Float64Array(imageClasses);
  const all = new Float64Array(objectClasses);
  for (const { imageClasses: own, objects } of labelled) {
    for (const object of objects) all[object]!++;
    for (const index of own) {
      images[index]!++;
      for (const object of objects) counts[index]![object]!++;
    }
  }
  const learned = counts.map((having, index) => ({
    with: learn(images[index]!, labelled.length, having),
    without: learn(
      labelled.length - images[index]!,
      labelled.length,
      all.map((count, object) => count - having[object]!),
    ),
  }));
  return said.map(({ classes, boxes }) => {
    const surest = new Float64Array(objectClasses);
    for (const { classIndex, score } of boxes) surest[classIndex] = Math.max(surest[classIndex]!, score);
    const weigh = ({ base, gain }: Learned): number => {
      let sum = base;
      for (let object = 0; object < objectClasses; object++) sum += surest[object]! * gain[object]!;
      return sum;
    };
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
