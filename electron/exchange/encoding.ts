import { TEXT_ENCODINGS } from '../common/encodings.ts';
import type { TextEncodingName } from '../common/encodings.ts';
import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import type { Sentence, ValueList } from '../common/sentences/sentence.ts';

/** Whether two bytes are a character that names are made of; `first` is at least 0x80. */
type Pair = (first: number, second: number) => boolean;

const within = (value: number, least: number, most: number): boolean => value >= least && value <= most;
const high = (value: number): boolean => within(value, 0xa1, 0xfe);

/** Characters that are common in each: those of level 1, syllables, kana; rare ones are what other texts read as. */
const PAIRS: Readonly<Partial<Record<TextEncodingName, Pair>>> = {
  GBK: (a, b) => high(b) && (within(a, 0xb0, 0xd7) || a === 0xa1 || a === 0xa3),
  Big5: (a, b) => (within(b, 0x40, 0x7e) || high(b)) && (within(a, 0xa4, 0xc6) || a === 0xa1),
  Shift_JIS: (a, b) =>
    (within(a, 0x88, 0x97) && within(b, 0x40, 0xfc)) ||
    (a === 0x83 && within(b, 0x40, 0x96)) ||
    (a === 0x82 && within(b, 0x4f, 0xf1)) ||
    (a === 0x81 && [0x40, 0x41, 0x45, 0x5b].includes(b)),
  'EUC-JP': (a, b) => high(b) && (within(a, 0xb0, 0xcf) || [0xa1, 0xa3, 0xa4, 0xa5].includes(a)),
  'EUC-KR': (a, b) => high(b) && within(a, 0xb0, 0xc8),
};

/** Share of the characters of a text in its own encoding that are common ones. */
const LEAST_COMMON = 0.9;

/** Letters beyond ASCII that the languages of each are written with. */
const LETTERS: Readonly<Partial<Record<TextEncodingName, RegExp>>> = {
  'Windows-1250': /^[ÁÂĂÄĄĆČÇĎĐÉĚËĘÍÎĹĽŁŃŇÓÔŐÖŔŘŚŠŞŤŢÚŮŰÜÝŹŻŽß‘’“”„–—…«»\u00a0]$/iu,
  'Windows-1251': /^[А-ЯЁІЇЄҐЎ№‘’“”„–—…«»\u00a0]$/iu,
  'Windows-1252': /^[ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜŒß‘’“”„–—…«»\u00a0]$/iu,
};
/** Names of these mix letters of ASCII with others in one word; those of other alphabets don't. */
const LATIN: ReadonlySet<TextEncodingName> = new Set(['Windows-1250', 'Windows-1252']);

const isLetters = (text: string, letters: RegExp): boolean =>
  Array.from(text).every((character) => character <= '\x7f' || letters.test(character));

/** Whether words are written as words are: in one case or begun with a capital, and each in one alphabet. */
function isWritten(text: string, latin: boolean): boolean {
  return (text.match(/[\p{L}\p{M}]+/gu) ?? []).every((word) => {
    const others = word.replace(/[a-z]/giu, '').length;
    if (others === 0) return true;
    if (!/^(\p{Lu}?\p{Ll}*|\p{Lu}+)$/u.test(word)) return false;
    return latin ? 2 * others <= word.length + 1 : others === word.length;
  });
}

/** Whether characters of two bytes are common ones, all but some. */
function isCommon(bytes: Buffer, pair: Pair): boolean {
  let [characters, common] = [0, 0];
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at]! < 0x80) continue;
    characters += 1;
    if (pair(bytes[at]!, bytes[at + 1] ?? 0)) common += 1;
    at += 1;
  }
  return common >= LEAST_COMMON * characters;
}

/** @returns null where there is no encoding of that name */
export function decoderOf(encoding: string): InstanceType<typeof TextDecoder> | null {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch {
    return null;
  }
}

/** @returns null where the bytes are no text of it, or there is no encoding of that name */
export function decoded(bytes: Buffer, encoding: string): string | null {
  try {
    return decoderOf(encoding)?.decode(bytes) ?? null;
  } catch {
    return null;
  }
}

/** How texts read in an encoding. */
export interface EncodingReading {
  readonly encoding: TextEncodingName;
  readonly text: string;
  /** Whether it reads as names are written: none or several of the readings may. */
  readonly fits: boolean;
}

function readingsOf(bytes: Buffer): EncodingReading[] {
  return TEXT_ENCODINGS.flatMap((encoding) => {
    const text = decoded(bytes, encoding);
    const letters = LETTERS[encoding];
    if (text === null || /[\p{C}--[\n]]/v.test(text) || (letters && !isLetters(text, letters))) return [];
    const fits = letters ? isWritten(text, LATIN.has(encoding)) : isCommon(bytes, PAIRS[encoding]!);
    return [{ encoding, text, fits }];
  });
}

/** Bytes below 0x40 are no part of a character in any of the encodings; these, and blanks, end a name. */
const ENDS: ReadonlySet<number> = new Set(Buffer.from('",:;<=>'));

/** Names that are not ASCII alone, as bytes. */
function* namesIn(content: Buffer): Generator<Buffer> {
  let start = 0;
  let plain = true;
  for (let at = 0; at <= content.length; at += 1) {
    const byte = content[at] ?? 0;
    if (byte > 0x20 && !ENDS.has(byte)) {
      plain &&= byte < 0x80;
      continue;
    }
    if (!plain) yield content.subarray(start, at);
    start = at + 1;
    plain = true;
  }
}

/** What is looked at: more of it says nothing more. */
const MOST_NAMES = 2000;
const LONGEST_NAME = 200;

/**
 * The encoding of a data set's texts that are not UTF-8 and do not say, or say wrongly, what they are: as the person
 * says, or else to be found from the names that could not be read.
 */
export class TextEncoding {
  /** Undefined: not known. */
  readonly name: string | undefined;
  readonly #names = new Set<string>();
  #file: string | undefined;
  #why: Sentence | undefined;

  /** @throws TwinheadError `invalid-input` where there is no encoding of that name */
  constructor(name?: string) {
    if (name !== undefined && decoderOf(name) === null) {
      throw new TwinheadError('invalid-input', say('exchange.unknownEncoding', { encoding: name }), {
        place: 'encoding',
        remedy: say('exchange.unknownEncoding.remedy', { encodings: { list: TEXT_ENCODINGS, comma: true } }),
      });
    }
    this.name = name;
  }

  /** The first file that could not be read. */
  get file(): string | undefined {
    return this.#file;
  }

  /** Why it could not be read. */
  get why(): Sentence {
    return this.#why ?? say('exchange.encoding.undeclared');
  }

  /** Takes a text that could not be read, as evidence. */
  unread(file: string, content: Buffer, why: Sentence): void {
    this.#file ??= file;
    this.#why ??= why;
    for (const name of namesIn(content)) {
      if (this.#names.size >= MOST_NAMES) return;
      if (name.length <= LONGEST_NAME) this.#names.add(name.toString('latin1'));
    }
  }

  /**
   * What all of them read as, the likeliest first; the same text once. Several: the bytes can't tell, short Korean
   * names may be Chinese ones.
   */
  readings(): EncodingReading[] {
    if (this.#names.size === 0) return [];
    const readings = readingsOf(Buffer.from([...this.#names].join('\n'), 'latin1'));
    const fitting = readings.filter(({ fits }) => fits);
    // Two alphabets share most of their letters, so that a text of either may be one of the other.
    const latin = readings.filter(({ encoding }) => LATIN.has(encoding));
    const candidates =
      fitting.length === 0
        ? readings
        : fitting.some((one) => latin.includes(one))
          ? [...fitting, ...latin]
          : fitting;
    return candidates.filter(({ text }, index) => candidates.findIndex((one) => one.text === text) === index);
  }
}

/** Names enough to see whether they are right. */
const SHOWN_NAMES = 3;

export const shownNames = ({ text }: EncodingReading): ValueList => ({
  list: text
    .split('\n')
    .slice(0, SHOWN_NAMES)
    .map((name) => say('exchange.encoding.name', { name })),
  comma: true,
});

/** Asks which of them is right; `encodings` of its details has their names. */
export function unknownEncoding(
  { file, why }: TextEncoding,
  readings: readonly EncodingReading[],
): TwinheadError {
  const list = readings.map((one) =>
    say('exchange.encoding.reading', { encoding: one.encoding, names: shownNames(one) }),
  );
  return new TwinheadError(
    'unusable-input',
    say('exchange.encoding.unknown', { why, readings: { list, semicolon: true } }),
    {
      file,
      remedy: say('exchange.encoding.unknown.remedy'),
      encodings: readings.map(({ encoding }) => encoding),
    },
  );
}
