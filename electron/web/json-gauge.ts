/** What a text of JSON may hold. */
export interface JsonLimits {
  /** Values, numbers aside. */
  readonly values: number;
  readonly numbers: number;
  /** Names in one object. */
  readonly names: number;
}

const [QUOTE, BACKSLASH, COLON, COMMA] = [0x22, 0x5c, 0x3a, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Counts what a text of JSON would become, piece by piece as it arrives, so that too much is never parsed. */
export class JsonGauge {
  readonly #limits: JsonLimits;
  /** Names so far in each object that is open; lists count none. */
  readonly #names: number[] = [];
  #values = 0;
  #numbers = 0;
  #inText = false;
  #escaped = false;
  /** Within a number or a word. */
  #inToken = false;

  constructor(limits: JsonLimits) {
    this.#limits = limits;
  }

  /** @returns false once it holds more than it may */
  add(piece: Uint8Array): boolean {
    const { values, numbers, names } = this.#limits;
    for (const byte of piece) {
      if (this.#inText) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) this.#inText = false;
        continue;
      }
      const inToken = this.#inToken;
      this.#inToken = false;
      if (byte === QUOTE) {
        this.#inText = true;
        this.#values += 1;
      } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
        this.#values += 1;
        this.#names.push(0);
      } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) this.#names.pop();
      else if (byte === COLON) {
        // The text before it was a name.
        this.#values -= 1;
        const open = this.#names.length - 1;
        if (open >= 0 && ++this.#names[open]! > names) return false;
      } else if (byte !== COMMA && !isSpace(byte)) {
        this.#inToken = true;
        if (inToken) continue;
        if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) this.#numbers += 1;
        else this.#values += 1;
      }
    }
    return this.#values <= values && this.#numbers <= numbers;
  }
}
