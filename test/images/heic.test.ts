import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { decode, displayImage, probe } from '../../electron/images/index.ts';
import { distance, pixelAt, useTemporaryFolder } from './support.ts';

const folder = useTemporaryFolder();
const fixture = (name: string): string => fileURLToPath(new URL(`./heic/${name}`, import.meta.url));

const RED = [221, 40, 31];
const BLUE = [30, 91, 200];

it('a HEIC of a telephone is read, turned as it says', async () => {
  expect(await probe(fixture('turned.heic'))).toMatchObject({
    ok: true,
    image: { format: 'heic', width: 48, height: 64, orientation: 1 },
  });
  const picture = await decode(fixture('turned.heic'));
  expect(distance(pixelAt(picture, 40, 5), RED)).toBeLessThan(8);
  expect(distance(pixelAt(picture, 5, 5), BLUE)).toBeLessThan(8);
  expect((await displayImage(fixture('turned.heic'))).contentType).toBe('image/jpeg');
});

it('one of 10 bits has the same colours', async () => {
  const picture = await decode(fixture('deep.heic'));
  expect([picture.width, picture.height]).toEqual([64, 48]);
  expect(distance(pixelAt(picture, 5, 5), RED)).toBeLessThan(8);
  expect(distance(pixelAt(picture, 60, 40), BLUE)).toBeLessThan(8);
});

it('one that is cut off or damaged, under whatever name, is refused in words', async () => {
  const content = await readFile(fixture('turned.heic'));
  for (const [name, bytes] of [
    ['cut.heic', content.subarray(0, content.length - 100)],
    ['head.jpg', content.subarray(0, 200)],
  ] as const) {
    const file = join(folder.path, name);
    await writeFile(file, bytes);
    expect(await probe(file)).toMatchObject({ ok: false, code: 'damaged' });
  }
});
