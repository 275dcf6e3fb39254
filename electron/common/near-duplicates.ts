/** Side of the thumbnail by which pictures are compared. */
export const THUMBNAIL_SIDE = 16;

/** A picture as it is compared: THUMBNAIL_SIDE × THUMBNAIL_SIDE grey values. */
export interface ComparedPicture {
  readonly imageId: number;
  readonly thumbnail: Uint8Array;
}

/** Side of the hash: each of its bits says whether a part of the picture is lighter than the median part. */
const HASH_SIDE = 8;
/** Bits of 64 that may differ. */
const MOST_BITS = 6;
/** Correlation of the thumbnails from which two pictures are the same one. */
const LEAST_CORRELATION = 0.985;
/** Grey values that a picture without any contrast may be apart from another such. */
const FLAT = 2;
/** Pictures with a common part of the hash that each is compared with: bounds what a film of one scene costs. */
const COMPARED = 64;
/** Pairs of one picture with earlier ones that are enough: those are joined with the others. */
const ENOUGH = 3;

/** The eight ways in which a square can be mirrored and turned by quarters: where each value comes from. */
function orientations(side: number): Uint16Array[] {
  const places = (from: (row: number, column: number) => [row: number, column: number]): Uint16Array =>
    Uint16Array.from({ length: side * side }, (_, at) => {
      const [row, column] = from(Math.floor(at / side), at % side);
      return row * side + column;
    });
  const end = side - 1;
  return [
    places((row, column) => [row, column]),
    places((row, column) => [row, end - column]),
    places((row, column) => [end - row, column]),
    places((row, column) => [end - row, end - column]),
    places((row, column) => [column, row]),
    places((row, column) => [column, end - row]),
    places((row, column) => [end - column, row]),
    places((row, column) => [end - column, end - row]),
  ];
}

const TURNED = orientations(THUMBNAIL_SIDE);
const TURNED_HASH = orientations(HASH_SIDE);

/** 64 bits in four parts of 16. */
type Hash = readonly [number, number, number, number];

function bitsOf(thumbnail: Uint8Array): Uint8Array {
  const parts = new Float32Array(HASH_SIDE ** 2);
  for (let at = 0; at < THUMBNAIL_SIDE * THUMBNAIL_SIDE; at++) {
    const [row, column] = [Math.floor(at / THUMBNAIL_SIDE), at % THUMBNAIL_SIDE];
    parts[(row >> 1) * HASH_SIDE + (column >> 1)]! += thumbnail[at]!;
  }
  const median = parts.toSorted()[parts.length / 2]!;
  return Uint8Array.from(parts, (value) => Number(value >= median));
}

function hashOf(bits: Uint8Array, order: Uint16Array): Hash {
  const hash: [number, number, number, number] = [0, 0, 0, 0];
  for (let at = 0; at < bits.length; at++) if (bits[order[at]!] === 1) hash[at >> 4]! |= 1 << (at & 15);
  return hash;
}

function countBits(value: number): number {
  let bits = value - ((value >> 1) & 0x5555);
  bits = (bits & 0x3333) + ((bits >> 2) & 0x3333);
  bits = (bits + (bits >> 4)) & 0x0f0f;
  return (bits + (bits >> 8)) & 0x1f;
}

const distance = (a: Hash, b: Hash): number =>
  countBits(a[0] ^ b[0]) + countBits(a[1] ^ b[1]) + countBits(a[2] ^ b[2]) + countBits(a[3] ^ b[3]);

/** Whether one picture is the other, but for encoding, size and a little light; `order` turns the second. */
function isSame(a: Uint8Array, b: Uint8Array, order: Uint16Array): boolean {
  let [sumA, sumB, squaresA, squaresB, products, apart] = [0, 0, 0, 0, 0, 0];
  for (let at = 0; at < a.length; at++) {
    const [one, other] = [a[at]!, b[order[at]!]!];
    sumA += one;
    sumB += other;
    squaresA += one * one;
    squaresB += other * other;
    products += one * other;
    apart += Math.abs(one - other);
  }
  const [varianceA, varianceB] = [
    squaresA / a.length - (sumA / a.length) ** 2,
    squaresB / a.length - (sumB / a.length) ** 2,
  ];
  if (varianceA < FLAT ** 2 || varianceB < FLAT ** 2) return apart / a.length <= FLAT;
  const covariance = products / a.length - (sumA * sumB) / a.length ** 2;
  return covariance / Math.sqrt(varianceA * varianceB) >= LEAST_CORRELATION;
}

/** Sets that grow together. */
export class Unions {
  readonly #parents = new Map<number, number>();

  find(id: number): number {
    const parent = this.#parents.get(id);
    if (parent === undefined || parent === id) return id;
    const root = this.find(parent);
    this.#parents.set(id, root);
    return root;
  }

  /** The smaller id stands for both. */
  join(a: number, b: number): void {
    const [one, other] = [this.find(a), this.find(b)];
    if (one !== other) this.#parents.set(Math.max(one, other), Math.min(one, other));
  }
}

/**
 * Pairs of images that look the same, also mirrored or turned by quarters. Hashes that differ in up to three bits always
 * meet; of many alike, the pairs together join them all.
 */
export function nearDuplicates(pictures: readonly ComparedPicture[]): [number, number][] {
  const known = new Map<number, number[]>();
  const hashes: Hash[] = [];
  const pairs: [number, number][] = [];
  for (const [index, { imageId, thumbnail }] of pictures.entries()) {
    const bits = bitsOf(thumbnail);
    const turned = TURNED_HASH.map((order) => hashOf(bits, order));
    const partners = new Set<number>();
    for (const [turn, hash] of turned.entries()) {
      if (partners.size >= ENOUGH) break;
      for (const other of alike(known, hash)) {
        if (partners.has(other) || distance(hash, hashes[other]!) > MOST_BITS) continue;
        // The hash was turned as the picture would be: so is the thumbnail.
        if (!isSame(pictures[other]!.thumbnail, thumbnail, TURNED[turn]!)) continue;
        partners.add(other);
        if (partners.size >= ENOUGH) break;
      }
    }
    for (const other of partners) pairs.push([pictures[other]!.imageId, imageId]);
    const [own] = turned as [Hash];
    hashes.push(own);
    for (const [part, value] of own.entries()) {
      const key = part * 65_536 + value;
      const others = known.get(key);
      if (others === undefined) known.set(key, [index]);
      else others.push(index);
    }
  }
  return pairs;
}

/** Pictures that have a part of the hash in common, the newest of each part first. */
function* alike(known: ReadonlyMap<number, readonly number[]>, hash: Hash): Generator<number> {
  for (const [part, value] of hash.entries()) {
    const others = known.get(part * 65_536 + value) ?? [];
    for (let at = others.length - 1, least = Math.max(0, others.length - COMPARED); at >= least; at--)
      yield others[at]!;
  }
}
