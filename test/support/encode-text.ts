import type { TextEncodingName } from '../../electron/common/encodings.ts';

const tables = new Map<TextEncodingName, ReadonlyMap<string, readonly number[]>>();

/** By decoding all that one and two bytes can be: the platform encodes UTF-8 only. */
function tableOf(encoding: TextEncodingName): ReadonlyMap<string, readonly number[]> {
  const known = tables.get(encoding);
  if (known !== undefined) return known;
  const decoder = new TextDecoder(encoding);
  const table = new Map<string, readonly number[]>();
  const add = (bytes: readonly number[]): void => {
    const text = decoder.decode(Uint8Array.from(bytes));
    if (Array.from(text).length === 1 && text !== '\ufffd' && !table.has(text)) table.set(text, bytes);
  };
  for (let first = 0; first < 256; first += 1) add([first]);
  if (!encoding.startsWith('Windows'))
    for (let first = 0x81; first < 255; first += 1)
      for (let second = 0x40; second < 255; second += 1) add([first, second]);
  tables.set(encoding, table);
  return table;
}

/** null where the encoding lacks a character */
export function encodeText(text: string, encoding: TextEncodingName): Buffer | null {
  const table = tableOf(encoding);
  const bytes = Array.from(text, (character) => table.get(character));
  return bytes.includes(undefined) ? null : Buffer.from(bytes.flatMap((one) => one ?? []));
}
