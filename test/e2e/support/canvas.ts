import { expect } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';
import type { Box } from '../../../electron/common/entities.ts';
import type { Server } from './server.ts';

type Pixel = readonly [x: number, y: number];

/** A hand on the canvas at actual size, where a CSS pixel is a pixel of the image: positions are image pixels. */
export class CanvasHand {
  readonly #page: Page;
  readonly #view: Locator;
  readonly #image: { readonly width: number; readonly height: number };

  private constructor(page: Page, image: { width: number; height: number }) {
    this.#page = page;
    this.#view = page.locator('[data-canvas]');
    this.#image = image;
  }

  static async on(page: Page, image = { width: 128, height: 128 }): Promise<CanvasHand> {
    const hand = new CanvasHand(page, image);
    await hand.#view.focus();
    // A picture that has just come is fitted once: whoever is faster asks again.
    await expect(async () => {
      await page.keyboard.press('Shift+Z');
      await expect(page.getByRole('contentinfo')).toContainText('100%', { timeout: 1000 });
    }).toPass();
    return hand;
  }

  /** Where a pixel's top-left corner is on the page: the image lies in the middle of the view. */
  async #place([x, y]: Pixel): Promise<{ x: number; y: number }> {
    const view = await this.#view.boundingBox();
    if (!view) throw new Error('the canvas is not shown');
    return {
      x: view.x + (view.width - this.#image.width) / 2 + x,
      y: view.y + (view.height - this.#image.height) / 2 + y,
    };
  }

  async click(at: Pixel, button: 'left' | 'right' = 'left'): Promise<void> {
    const { x, y } = await this.#place(at);
    await this.#page.mouse.click(x, y, { button });
  }

  async drag(from: Pixel, to: Pixel): Promise<void> {
    await this.press(from, to);
    await this.#page.mouse.up();
  }

  /** Presses and drags, and does not let go. */
  async press(from: Pixel, to: Pixel): Promise<void> {
    const start = await this.#place(from);
    const end = await this.#place(to);
    await this.#page.mouse.move(start.x, start.y);
    await this.#page.mouse.down();
    await this.#page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2);
    await this.#page.mouse.move(end.x, end.y);
  }
}

/** The image at this place of the list, from 1, is open. */
export async function showsImage(page: Page, number: number): Promise<void> {
  await expect(page.getByRole('contentinfo')).toContainText(
    new RegExp(`\\b${number} of \\d+|第 ${number} 张`),
  );
}

/** All edits have been acknowledged by the store. */
export async function saved(page: Page): Promise<void> {
  await expect(page.getByRole('contentinfo').getByRole('status')).toHaveText('Saved');
}

export async function storedBoxes(server: Server, imageId: number): Promise<Box[]> {
  return (await server.call('annotations.get', { imageId })).boxes;
}

/** The image's id in the order of the list. */
export async function imageAt(server: Server, index: number): Promise<number> {
  const { items } = await server.call('images.list', { offset: index, limit: 1 });
  const id = items[0]?.id;
  if (id === undefined) throw new Error(`there is no image ${index}`);
  return id;
}

/** Takes every box away, so that a test draws on empty ground. */
export async function clearBoxes(server: Server, imageId: number): Promise<void> {
  const { image, boxes } = await server.call('annotations.get', { imageId });
  if (boxes.length === 0) return;
  await server.call('annotations.edit', {
    imageId,
    expectedRevision: image.revision,
    editId: crypto.randomUUID(),
    operations: boxes.map(({ id }) => ({ type: 'delete-box' as const, boxId: id })),
  });
}
