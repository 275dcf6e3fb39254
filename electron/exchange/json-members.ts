import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import { errorCode, openFile, unreadableFile } from '../files/index.ts';
import { isZipHead, zipArchive } from './files.ts';
import { DEEPEST_JSON, noJson, notAnObject, parsePart, placeWords, tooDeep } from './json.ts';
import type { JsonPlace, JsonReading } from './json.ts';
import { TextChunks } from './text-chunks.ts';

const CHUNK_BYTES = 1 << 20;
/** Longest value that is parsed at once, characters: a file of one endless value must not fill the memory. */
const LONGEST_VALUE = 64_000_000;

/** A value of the object that the file is, or of one of its lists. */
export interface JsonMember {
  readonly key: string;
  /** In its list; null for a value that is not in one of the lists that were asked for. */
  readonly index: number | null;
  /**
   * @param exact whole numbers that JavaScript would round become their text
   * @throws TwinheadError `unusable-input` where it is no JSON
   */
  readonly parse: (exact?: boolean) => unknown;
}

interface MembersRequest extends JsonReading {
  /** Keys whose lists are told value by value. */
  readonly lists: ReadonlySet<string>;
  /** Told of each of these lists that there is, empty ones too. */
  readonly found?: (key: string) => void;
  readonly take: (member: JsonMember) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads a JSON file of any size that is one object: only one value of it, or of its lists, is in the memory at a time.
 * What `take` does not parse is passed over; brackets, commas and keys are looked at all the same.
 * @throws TwinheadError `not-found`, or `unusable-input` where the file is no JSON object
 */
export async function readJsonMembers(file: string, request: MembersRequest): Promise<void> {
  const scanner = new MemberScanner(file, request);
  const chunks = new TextChunks(file, request.encoding);
  const chunk = Buffer.alloc(CHUNK_BYTES);
  await using handle = await openFile(file).catch((error: unknown) => {
    throw unreadableFile(file, error, errorCode(error) === 'ENOENT');
  });
  for (let first = true; ; first = false) {
    request.signal?.throwIfAborted();
    const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES);
    const bytes = chunk.subarray(0, bytesRead);
    if (first && isZipHead(bytes)) throw zipArchive(file);
    scanner.feed(chunks.decode(bytes, scanner.line));
    if (bytesRead === 0) break;
  }
  scanner.end();
}

/** What may come next, blanks aside. */
type Next =
  | 'object'
  | 'key or end'
  | 'key'
  | 'colon'
  | 'value'
  | 'comma or end'
  | 'item or end'
  | 'item'
  | 'item comma or end'
  | 'nothing';

/** Codes of characters with a meaning outside strings. */
const [QUOTE, BACKSLASH, LINE, COMMA, COLON] = [0x22, 0x5c, 0x0a, 0x2c, 0x3a] as const;
const isOpening = (code: number): boolean => code === 0x7b || code === 0x5b;
const isClosing = (code: number): boolean => code === 0x7d || code === 0x5d;
const isBlank = (code: number): boolean => code === 0x20 || code === 0x09 || code === LINE || code === 0x0d;

/** Finds where values begin and end; what is inside them is for the parser. */
class MemberScanner {
  readonly #file: string;
  readonly #request: MembersRequest;
  #next: Next = 'object';
  #key = '';
  #index = 0;
  /** Characters before the piece that is looked at, and before its line. */
  #before = 0;
  #lineStart = 0;
  #line = 1;
  /** The value that has begun: its text so far, and where it begins. */
  #pieces: string[] | null = null;
  #length = 0;
  #begin: JsonPlace = { line: 1, column: 1 };
  /** Brackets of it that are open; 0 for a string or a word. */
  #depth = 0;
  #kind: 'brackets' | 'string' | 'word' = 'word';
  #inString = false;
  #escaped = false;

  constructor(file: string, request: MembersRequest) {
    this.#file = file;
    this.#request = request;
  }

  get line(): number {
    return this.#line;
  }

  feed(text: string): void {
    let at = 0;
    while (at < text.length) at = this.#pieces === null ? this.#step(text, at) : this.#goOn(text, at);
    this.#before += text.length;
  }

  end(): void {
    if (this.#next === 'nothing') return;
    throw noJson(this.#file, null);
  }

  /** The next character between values. */
  #step(text: string, at: number): number {
    const code = text.charCodeAt(at);
    if (code === LINE) this.#newLine(at);
    if (isBlank(code)) return at + 1;
    const character = text.charAt(at);
    switch (this.#next) {
      case 'object':
        if (character === '[') throw notAnObject(this.#file);
        this.#require(character === '{', at);
        this.#next = 'key or end';
        return at + 1;
      case 'colon':
        this.#require(character === ':', at);
        this.#next = 'value';
        return at + 1;
      case 'comma or end':
        this.#require(character === ',' || character === '}', at);
        this.#next = character === ',' ? 'key' : 'nothing';
        return at + 1;
      case 'item comma or end':
        this.#require(character === ',' || character === ']', at);
        this.#next = character === ',' ? 'item' : 'comma or end';
        return at + 1;
      case 'key or end':
        if (character === '}') {
          this.#next = 'nothing';
          return at + 1;
        }
        this.#require(character === '"', at);
        return this.#start(code, at);
      case 'key':
        this.#require(character === '"', at);
        return this.#start(code, at);
      case 'value':
        if (character === '[' && this.#request.lists.has(this.#key)) {
          this.#next = 'item or end';
          this.#index = 0;
          this.#request.found?.(this.#key);
          return at + 1;
        }
        return this.#start(code, at);
      case 'item or end':
        if (character === ']') {
          this.#next = 'comma or end';
          return at + 1;
        }
        return this.#start(code, at);
      case 'item':
        return this.#start(code, at);
      case 'nothing':
        throw noJson(this.#file, this.#placeOf(at));
    }
  }

  /** A value begins: it is taken from this character on. */
  #start(code: number, at: number): number {
    this.#require(!isClosing(code) && code !== COMMA && code !== COLON, at);
    this.#begin = this.#placeOf(at);
    this.#pieces = [];
    this.#length = 0;
    this.#depth = 0;
    this.#kind = isOpening(code) ? 'brackets' : code === QUOTE ? 'string' : 'word';
    this.#inString = false;
    this.#escaped = false;
    return at;
  }

  /** More of the value that has begun. @returns where it ends, or the end of the text */
  #goOn(text: string, from: number): number {
    const end = this.#kind === 'word' ? this.#endOfWord(text, from) : this.#endOfValue(text, from);
    const piece = text.slice(from, end ?? text.length);
    this.#pieces!.push(piece);
    this.#length += piece.length;
    if (this.#length > LONGEST_VALUE) {
      throw new TwinheadError('unusable-input', say('exchange.json.long', { key: this.#key }), {
        file: this.#file,
        place: placeWords(this.#begin),
        remedy: say('exchange.json.deep.remedy'),
      });
    }
    if (end === null) return text.length;
    const whole = this.#pieces!.join('');
    this.#pieces = null;
    this.#ended(whole);
    return end;
  }

  #endOfWord(text: string, from: number): number | null {
    for (let at = from; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (isBlank(code) || isClosing(code) || code === COMMA || code === COLON) return at;
    }
    return null;
  }

  #endOfValue(text: string, from: number): number | null {
    let [inString, escaped, depth] = [this.#inString, this.#escaped, this.#depth];
    // Its key and, in a list, its brackets are open besides.
    const deepest = DEEPEST_JSON - (this.#next.startsWith('item') ? 2 : 1);
    let end: number | null = null;
    for (let at = from; at < text.length && end === null; at++) {
      const code = text.charCodeAt(at);
      if (code === LINE) this.#newLine(at);
      if (inString) {
        if (escaped) escaped = false;
        else if (code === BACKSLASH) escaped = true;
        else if (code === QUOTE) {
          inString = false;
          if (depth === 0) end = at + 1;
        }
      } else if (code === QUOTE) inString = true;
      else if (isOpening(code)) {
        if (++depth > deepest) throw tooDeep(this.#file);
      } else if (isClosing(code) && --depth === 0) end = at + 1;
    }
    [this.#inString, this.#escaped, this.#depth] = [inString, escaped, depth];
    return end;
  }

  #ended(text: string): void {
    const begin = this.#begin;
    const parse = (exact?: boolean): unknown =>
      parsePart(text, this.#file, { ...this.#request, exact }, begin);
    if (this.#next === 'key' || this.#next === 'key or end') {
      this.#key = String(parse());
      this.#next = 'colon';
    } else if (this.#next === 'value') {
      this.#next = 'comma or end';
      this.#request.take({ key: this.#key, index: null, parse });
    } else {
      this.#next = 'item comma or end';
      this.#request.take({ key: this.#key, index: this.#index, parse });
      this.#index += 1;
    }
  }

  #newLine(at: number): void {
    this.#line += 1;
    this.#lineStart = this.#before + at + 1;
  }

  #placeOf(at: number): JsonPlace {
    return { line: this.#line, column: this.#before + at - this.#lineStart + 1 };
  }

  #require(fits: boolean, at: number): void {
    if (!fits) throw noJson(this.#file, this.#placeOf(at));
  }
}
