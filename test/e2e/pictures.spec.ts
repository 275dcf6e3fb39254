import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import sharp from 'sharp';
import { fit, toScreen, zoomAt } from '../../renderer/editor/kernels/viewport.ts';
import { twinhead } from './support/command.ts';
import { Server } from './support/server.ts';
import { expect, test, watch } from './support/test.ts';

const FIELD = 100;
const SIZE = { width: 5000, height: 3000 };
const colourOf = (column: number, row: number): [number, number, number] => [
  (column * 67) % 256,
  (row * 101) % 256,
  ((column + row) * 43) % 256,
];

/** Fields of 100 × 100 pixels, each in a colour of its own. */
async function writeFields(file: string): Promise<void> {
  const columns = SIZE.width / FIELD;
  const rows = SIZE.height / FIELD;
  const raw = Buffer.alloc(columns * rows * 3);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      raw.set(colourOf(column, row), (row * columns + column) * 3);
  await sharp(raw, { raw: { width: columns, height: rows, channels: 3 } })
    .resize(SIZE.width, SIZE.height, { kernel: 'nearest' })
    .png()
    .toFile(file);
}

async function colourAt(page: Page, x: number, y: number): Promise<number[]> {
  return page.evaluate(
    `(() => {
      const canvas = document.querySelector('[data-canvas] canvas');
      const pixel = canvas.getContext('2d').getImageData(${Math.floor(x)}, ${Math.floor(y)}, 1, 1).data;
      return [...pixel].slice(0, 3);
    })()`,
  );
}

test('a large picture is sharp where it is looked at closely, to the pixel, without being fetched whole', async ({
  page,
  folder,
  trouble,
}) => {
  const pictures = path.join(folder, 'large');
  const project = path.join(folder, 'large.twinhead');
  await mkdir(pictures);
  await writeFields(path.join(pictures, 'fields.png'));
  await twinhead('new', project, '--images', pictures, '--quiet');
  const server = await Server.start(project, path.join(folder, 'user'));
  try {
    watch(page, trouble);
    const fetched: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/image/')) fetched.push(new URL(request.url()).search);
    });
    await page.goto(server.url);
    const canvas = page.locator('[data-canvas]');
    await expect(page.getByRole('contentinfo')).toContainText('1 of 1');
    await canvas.focus();
    await page.keyboard.press('Shift+Z');
    await expect(page.getByRole('contentinfo')).toContainText('100%');
    for (let step = 0; step < 10; step++) await page.keyboard.press('+');
    await expect(page.getByRole('contentinfo')).toContainText('931%');

    const view = await canvas.boundingBox();
    if (!view) throw new Error('the canvas is not shown');
    const middle = { x: view.width / 2, y: view.height / 2 };
    // As the keys did: from the whole picture to actual size, then in.
    let viewport = zoomAt(fit(SIZE, view), middle, 1);
    for (let step = 0; step < 10; step++) viewport = zoomAt(viewport, middle, viewport.scale * 1.25);
    // The middle of the image is the corner of four fields: half a pixel of the image to either side decides.
    const [column, row] = [SIZE.width / 2 / FIELD, SIZE.height / 2 / FIELD];
    for (const [dx, dy] of [
      [-0.5, -0.5],
      [0.5, -0.5],
      [-0.5, 0.5],
      [0.5, 0.5],
      [40, 30],
    ] as const) {
      const at = toScreen({ x: SIZE.width / 2 + dx, y: SIZE.height / 2 + dy }, viewport);
      const expected = colourOf(column + (dx < 0 ? -1 : 0), row + (dy < 0 ? -1 : 0));
      await expect.poll(() => colourAt(page, at.x, at.y)).toEqual(expected);
    }
    expect(fetched.some((search) => search.startsWith('?tile=0_'))).toBe(true);
    expect(fetched.every((search) => search.includes('&v=') && !search.includes('full'))).toBe(true);
    // Reading pixels back is this test's own doing.
    expect(trouble.filter((sign) => !sign.includes('willReadFrequently'))).toEqual([]);
  } finally {
    await server.stop();
  }
});

test('pictures are asked for once each, and the neighbours before they are wanted', async ({ app }) => {
  const asked: string[] = [];
  app.on('request', (request) => {
    if (request.url().includes('size=full')) asked.push(request.url());
  });
  await expect(app.getByRole('contentinfo')).toContainText('1 of 72');
  for (let step = 0; step < 4; step++) {
    await app.keyboard.press('d');
    await expect(app.getByRole('contentinfo')).toContainText(`${step + 2} of 72`);
  }
  await expect.poll(() => asked.length).toBeGreaterThanOrEqual(4);
  for (let step = 0; step < 4; step++) await app.keyboard.press('a');
  await expect(app.getByRole('contentinfo')).toContainText('1 of 72');
  await app.waitForTimeout(300);
  expect(new Set(asked).size).toBe(asked.length);
});
