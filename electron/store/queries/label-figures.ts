import { CENTRE_PARTS } from '../../common/entities.ts';
import type { LabelFigures } from '../../common/entities.ts';
import type { Rectangle, Size } from '../../common/geometry.ts';

const SIDES = [0, 8, 16, 32, 64, 128, 256, 512];
const ASPECTS = [0, 0.25, 0.5, 0.8, 1.25, 2, 4];
const NUMBERS = [1, 2, 3, 5, 9, 17, 33, 65];
const MOST_PAIRS = 20;
/** Classes of one image of which pairs are counted: more would cost more than they tell. */
const MOST_CLASSES = 30;

class Bins {
  readonly #bounds: readonly number[];
  readonly #counts: number[];

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = bounds.map(() => 0);
  }

  add(value: number): void {
    let at = this.#bounds.length - 1;
    while (at > 0 && value < this.#bounds[at]!) at -= 1;
    this.#counts[at]! += 1;
  }

  counts(): LabelFigures['sizes'] {
    return this.#bounds.map((from, at) => ({
      from,
      to: this.#bounds[at + 1] ?? null,
      count: this.#counts[at]!,
    }));
  }
}

/** Counts how labels are spread, image by image. */
export class FigureCounts {
  readonly #sizes = new Bins(SIDES);
  readonly #aspects = new Bins(ASPECTS);
  readonly #numbers = new Bins(NUMBERS);
  readonly #centres = Array<number>(CENTRE_PARTS * CENTRE_PARTS).fill(0);
  readonly #pairs = new Map<string, number>();

  /** @param classIds of its boxes and of the image itself */
  add(image: Size, boxes: readonly Rectangle[], classIds: readonly number[]): void {
    if (boxes.length > 0) this.#numbers.add(boxes.length);
    for (const { x, y, width, height } of boxes) {
      this.#sizes.add(Math.sqrt(width * height));
      this.#aspects.add(width / height);
      const part = (centre: number, length: number): number =>
        Math.min(CENTRE_PARTS - 1, Math.max(0, Math.floor((centre / length) * CENTRE_PARTS)));
      this.#centres[part(y + height / 2, image.height) * CENTRE_PARTS + part(x + width / 2, image.width)]! +=
        1;
    }
    const classes = [...new Set(classIds)].sort((a, b) => a - b).slice(0, MOST_CLASSES);
    for (const [at, one] of classes.entries()) {
      for (const other of classes.slice(at + 1)) {
        const key = `${one} ${other}`;
        this.#pairs.set(key, (this.#pairs.get(key) ?? 0) + 1);
      }
    }
  }

  figures(): Pick<LabelFigures, 'boxesPerImage' | 'sizes' | 'aspects' | 'centres' | 'together'> {
    return {
      boxesPerImage: this.#numbers.counts(),
      sizes: this.#sizes.counts(),
      aspects: this.#aspects.counts(),
      centres: this.#centres,
      together: [...this.#pairs]
        .sort(([, a], [, b]) => b - a)
        .slice(0, MOST_PAIRS)
        .map(([key, images]) => ({ classIds: key.split(' ').map(Number) as [number, number], images })),
    };
  }
}
