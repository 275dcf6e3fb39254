/**
 * A small seeded generator, the one source of chance in the product: sample scenes, splits, shuffles, augmentation.
 * The same seed gives the same numbers on every machine, and a checkpoint can keep and restore the state.
 */
export interface Random {
  /** Uniform in [0, 1), 32 bits. */
  next(): number;
  /** A whole number from 0 to n − 1, without bias. `n` is a whole number from 1 to 2³². */
  integer(n: number): number;
  /** Standard normal (mean 0, deviation 1). */
  normal(): number;
  /** Shuffles in place (Fisher-Yates) and returns the same array. */
  shuffle<Item>(items: Item[]): Item[];
  /** Plain JSON: what {@link Random.restore} takes to go on with the same numbers. */
  state(): RandomState;
  restore(state: RandomState): void;
}

/** Four unsigned 32-bit words, not all zero. */
export type RandomState = readonly number[];

const WORD = 0x1_0000_0000;

/** SplitMix32-style finaliser: spreads a seed over the state, so that seeds 1 and 2 have nothing in common. */
function seedWords(seed: number): [number, number, number, number] {
  // A double has 53 bits: both halves count, so that large seeds differ too.
  let word = (seed ^ Math.imul(Math.trunc(seed / WORD), 0x9e3779b1)) >>> 0;
  const nextWord = (): number => {
    word = (word + 0x9e3779b9) >>> 0;
    let mixed = word ^ (word >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  return [nextWord(), nextWord(), nextWord(), nextWord()];
}

function isWord(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < WORD;
}

/**
 * xoshiro128** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2018).
 * @param seed a safe integer, negative ones included
 * @throws RangeError where the seed is not a safe integer
 */
export function createRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`A seed is a whole number, not ${seed}.`);
  let [a, b, c, d] = seedWords(seed);

  const nextWord = (): number => {
    const scrambled = Math.imul(b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  const next = (): number => nextWord() / WORD;

  const random: Random = {
    next,
    integer(n) {
      if (!Number.isInteger(n) || n < 1 || n > WORD)
        throw new RangeError(`integer(n) needs 1 ≤ n ≤ 2^32, not ${n}.`);
      // Words at or above the largest multiple of n are drawn again: every result is equally likely.
      const limit = WORD - (WORD % n);
      let word = nextWord();
      while (word >= limit) word = nextWord();
      return word % n;
    },
    normal() {
      // Box-Muller without keeping the second value: the state alone says what comes next.
      const radius = Math.sqrt(-2 * Math.log(1 - next()));
      return radius * Math.cos(2 * Math.PI * next());
    },
    shuffle(items) {
      for (let last = items.length - 1; last > 0; last--) {
        const other = random.integer(last + 1);
        const kept = items[last]!;
        items[last] = items[other]!;
        items[other] = kept;
      }
      return items;
    },
    state: () => [a >>> 0, b >>> 0, c >>> 0, d >>> 0],
    restore(state) {
      if (state.length !== 4 || !state.every(isWord) || state.every((word) => word === 0)) {
        throw new RangeError('A generator state is four unsigned 32-bit words, not all zero.');
      }
      [a, b, c, d] = state as [number, number, number, number];
    },
  };
  return random;
}
