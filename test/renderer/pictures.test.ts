import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PictureCache } from '../../renderer/editor/pictures.ts';
import type { PictureSource } from '../../renderer/editor/pictures.ts';
import { areaInView, levelFor, tilesFromMiddle, TileLayer } from '../../renderer/editor/tiles.ts';

interface Asked {
  readonly address: string;
  readonly signal: AbortSignal;
  /** Lets the bytes come. */
  readonly arrive: () => void;
  readonly fail: () => void;
}

/** The network and the decoder, in the test's hand: what is asked for stays asked for until it is let come. */
let asked: Asked[] = [];
let closed = 0;

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
const addresses = () => asked.map(({ address }) => address);

async function arrive(address: string): Promise<void> {
  const one = asked.find((other) => other.address === address);
  if (!one) throw new Error(`${address} was not asked for, but ${addresses().join(', ')}`);
  asked = asked.filter((other) => other !== one);
  one.arrive();
  await settle();
}

beforeEach(() => {
  asked = [];
  closed = 0;
  vi.stubGlobal('fetch', (address: string, { signal }: { signal: AbortSignal }) => {
    return new Promise((resolve, reject) => {
      const leave = () => (asked = asked.filter((one) => one.address !== address));
      signal.addEventListener('abort', () => {
        leave();
        reject(new DOMException('given up', 'AbortError'));
      });
      asked.push({
        address,
        signal,
        arrive: () => resolve({ ok: true, blob: async () => address }),
        fail: () => {
          leave();
          const error = { code: 'unusable-input', message: 'It is damaged.', details: { file: address } };
          resolve({ ok: false, status: 422, text: async () => JSON.stringify({ ok: false, error }) });
        },
      });
    });
  });
  vi.stubGlobal('createImageBitmap', async (address: string) => ({
    address,
    width: 100,
    height: 100,
    close: () => (closed += 1),
  }));
});
afterEach(() => vi.unstubAllGlobals());

const BITMAP = 100 * 100 * 4;
const small = (id: number, content = 'c'): PictureSource => ({ id, content, width: 640, height: 480 });

function cacheOf(budget = 100 * BITMAP, source: (id: number) => PictureSource = small): PictureCache {
  return new PictureCache({ source, address: ({ id, content }, size) => `${id}:${size}:${content}` }, budget);
}

describe('pictures around the open image', () => {
  it('are asked for by their content, large ones as an overview', async () => {
    const cache = cacheOf(100 * BITMAP, (id) =>
      id === 2 ? { id, content: 'big', width: 6000, height: 4000 } : small(id),
    );
    void cache.load(1);
    void cache.load(2);
    await settle();
    expect(addresses()).toEqual(['1:full:c', '2:overview:big']);
  });

  it('come two at a time, the nearest first, and are there when they are opened', async () => {
    const cache = cacheOf();
    void cache.load(5);
    await settle();
    await arrive('5:full:c');
    cache.ahead(5, [6, 4, 7, 3]);
    await settle();
    expect(addresses()).toEqual(['6:full:c', '4:full:c']);
    await arrive('6:full:c');
    expect(addresses()).toEqual(['4:full:c', '7:full:c']);
    expect(cache.peek(6)).toMatchObject({ address: '6:full:c' });
    expect(cache.peek(7)).toBeNull();
  });

  it('that the browser can’t decode are told in our words, with what to do', async () => {
    vi.stubGlobal('createImageBitmap', async () => {
      throw new DOMException('The source image could not be decoded.', 'InvalidStateError');
    });
    const failed = cacheOf().load(1);
    await settle();
    await Promise.all([
      expect(failed).rejects.toMatchObject({
        code: 'unusable-input',
        said: { key: 'images.damaged' },
        details: { remedy: { key: 'images.damaged.remedy' } },
      }),
      arrive('1:full:c'),
    ]);
  });

  it('are given up when they are no longer near', async () => {
    const cache = cacheOf();
    void cache.load(5);
    await settle();
    await arrive('5:full:c');
    cache.ahead(5, [6, 4]);
    await settle();
    const far = cache.load(500);
    cache.ahead(500, [501]);
    await settle();
    expect(addresses()).toEqual(['500:full:c', '501:full:c']);
    await arrive('500:full:c');
    expect(await far).toMatchObject({ address: '500:full:c' });
  });

  it('never take more memory than the budget and the open image', async () => {
    const cache = cacheOf(3 * BITMAP);
    for (let id = 1; id <= 20; id++) {
      void cache.load(id);
      await settle();
      await arrive(`${id}:full:c`);
      expect(cache.peek(id)).not.toBeNull();
    }
    expect(closed).toBe(17);
    cache.ahead(20, [21, 22, 23, 24, 25]);
    for (let round = 0; round < 6; round++) {
      await settle();
      for (const address of addresses()) await arrive(address);
    }
    const held = Array.from({ length: 30 }, (_, id) => cache.peek(id)).filter((bitmap) => bitmap !== null);
    expect(held.length).toBeLessThanOrEqual(3);
    expect(cache.peek(20)).not.toBeNull();
  });

  it('that fail say what the services say, and are tried again when opened again', async () => {
    const cache = cacheOf();
    const failing = cache.load(1);
    await settle();
    asked[0]!.fail();
    await expect(failing).rejects.toMatchObject({ code: 'unusable-input', message: 'It is damaged.' });
    void cache.load(1);
    await settle();
    expect(addresses()).toEqual(['1:full:c']);
  });

  it('are forgotten when the content of their image has changed', async () => {
    let content = 'old';
    const cache = cacheOf(100 * BITMAP, (id) => small(id, content));
    void cache.load(1);
    await settle();
    await arrive('1:full:old');
    content = 'new';
    cache.forget((_, known) => known === content);
    expect(cache.peek(1)).toBeNull();
    void cache.load(1);
    await settle();
    expect(addresses()).toEqual(['1:full:new']);
  });
});

const LARGE: PictureSource = { id: 9, content: 'big', width: 12_000, height: 9000 };
const VIEW = { width: 1000, height: 800 };

describe('tiles in view', () => {
  it('are of the level that the screen can show, and none where the overview is enough', () => {
    expect(levelFor(LARGE, 0.1)).toBeNull();
    expect(levelFor(LARGE, 0.2)).toBe(2);
    expect(levelFor(LARGE, 0.5)).toBe(1);
    expect(levelFor(LARGE, 0.51)).toBe(0);
    expect(levelFor(LARGE, 64)).toBe(0);
    expect(levelFor({ width: 640, height: 480 }, 8)).toBeNull();
  });

  it('begin with the middle', () => {
    const area = areaInView(LARGE, { scale: 1, x: -3000, y: -2000 }, VIEW);
    expect(area).toEqual({ x: 3000, y: 2000, width: 1000, height: 800 });
    const tiles = tilesFromMiddle(LARGE, 0, area);
    expect(tiles[0]).toEqual({ shrink: 0, column: 6, row: 4 });
    expect(tiles).toHaveLength(3 * 3);
  });

  it('are painted where they lie once they are there, asked for four at a time, given up when the view moves', async () => {
    const painted: number[][] = [];
    const context = { drawImage: (_: unknown, ...place: number[]) => painted.push(place) };
    let repaints = 0;
    const layer = new TileLayer(
      (id, { shrink, column, row }) => `${id}/${shrink}/${column}/${row}`,
      () => (repaints += 1),
    );
    const paint = (viewport: { scale: number; x: number; y: number }) =>
      layer.paint(context as unknown as CanvasRenderingContext2D, LARGE, viewport, VIEW, 1);
    const here = { scale: 2, x: -6000, y: -4000 };
    paint(here);
    expect(painted).toEqual([]);
    expect(addresses()).toHaveLength(4);
    await arrive('9/0/6/4');
    expect(repaints).toBe(1);
    paint(here);
    // Tile 6, 4 begins one pixel before (6 · 512, 4 · 512) and is 514 pixels wide; the screen shows two for each.
    expect(painted).toEqual([[0, 0, 514, 514, 3071 * 2 - 6000, 2047 * 2 - 4000, 1028, 1028]]);
    expect(addresses()).toHaveLength(3);
    paint({ scale: 1, x: 0, y: 0 });
    expect(addresses()).toEqual(['9/0/0/0', '9/0/1/0', '9/0/0/1', '9/0/1/1']);
    paint({ scale: 0.1, x: 0, y: 0 });
    expect(addresses()).toEqual([]);
  });
});
