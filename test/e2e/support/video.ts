import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser } from '@playwright/test';
import type * as Mediabunny from 'mediabunny';
import { decode } from '../../../electron/images/index.ts';
import { root } from './command.ts';

/** What a test's video is like. Its frames carry their number, see {@link readFrameNumber}. */
export interface VideoRecipe {
  readonly codec: 'vp8' | 'vp9' | 'av1' | 'avc';
  readonly container: 'webm' | 'mp4' | 'mov' | 'mkv' | 'ts';
  /** Length of each frame, seconds. */
  readonly times: readonly number[];
  readonly rotation?: 0 | 90 | 180 | 270;
  /** Seconds between key frames; 2 by default. */
  readonly keyFrameInterval?: number;
  /** Frames with these numbers have another ground: a change of scene begins with each. */
  readonly cuts?: readonly number[];
  readonly width?: number;
  readonly height?: number;
}

/** Squares of the code; a frame is four by three of them. */
const SQUARE = 40;
export const CODE = { width: 4 * SQUARE, height: 3 * SQUARE } as const;

/** `count` moments of a steady frame rate, to the microsecond. */
export function steady(count: number, perSecond: number, start = 0): number[] {
  return Array.from({ length: count }, (_, frame) => start + Math.round((frame / perSecond) * 1e6) / 1e6);
}

/** Makes a video in the browser, whose encoders and the library's muxers are all that it takes. */
export async function makeVideo(browser: Browser, recipe: VideoRecipe): Promise<Buffer> {
  const page = await browser.newPage();
  try {
    // An address of this machine is trusted with encoders; nothing listens there.
    await page.route('http://127.0.0.1:9/**', async (route) => {
      const library = path.join(root, 'node_modules', 'mediabunny', 'dist', 'bundles', 'mediabunny.min.mjs');
      return route.request().url().endsWith('.mjs')
        ? route.fulfill({ contentType: 'text/javascript', body: await readFile(library, 'utf8') })
        : route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>studio</title>' });
    });
    await page.goto('http://127.0.0.1:9/');
    return Buffer.from(await page.evaluate(studio, { ...recipe, square: SQUARE }), 'base64');
  } finally {
    await page.close();
  }
}

/** Runs in the page. */
async function studio(recipe: VideoRecipe & { readonly square: number }): Promise<string> {
  const address = '/mediabunny.mjs';
  const library = (await import(address)) as typeof Mediabunny;
  const { square, times, codec, rotation = 0, cuts = [] } = recipe;
  const width = recipe.width ?? 4 * square;
  const height = recipe.height ?? 3 * square;
  const formats = {
    webm: () => new library.WebMOutputFormat(),
    mkv: () => new library.MkvOutputFormat(),
    mp4: () => new library.Mp4OutputFormat(),
    mov: () => new library.MovOutputFormat(),
    ts: () => new library.MpegTsOutputFormat(),
  };
  const target = new library.BufferTarget();
  const output = new library.Output({ format: formats[recipe.container](), target });
  // Tests are compiled for Node, which has no canvas: this is as much of it as is used.
  interface Pen {
    fillStyle: string;
    fillRect(x: number, y: number, width: number, height: number): void;
  }
  type Canvas = HTMLCanvasElement & { getContext(kind: '2d', options: object): Pen | null };
  const { OffscreenCanvas: canvasOf } = globalThis as unknown as {
    OffscreenCanvas: new (width: number, height: number) => Canvas;
  };
  const canvas = new canvasOf(width, height);
  const context = canvas.getContext('2d', { alpha: false })!;
  const source = new library.CanvasSource(canvas, {
    codec,
    quality: new library.Quality('high'),
    keyFrameInterval: recipe.keyFrameInterval ?? 2,
  });
  output.addVideoTrack(source, { rotation });
  await output.start();
  for (const [frame, time] of times.entries()) {
    const scene = cuts.filter((cut) => cut <= frame).length;
    context.fillStyle = ['#3060a0', '#d0d060', '#602020', '#80e0c0'][scene % 4]!;
    context.fillRect(0, 0, width, height);
    for (let place = 0; place < 12; place += 1) {
      const bit = (frame >> place) & 1;
      context.fillStyle = place === 10 ? '#fff' : place === 11 ? '#808080' : bit === 1 ? '#fff' : '#000';
      context.fillRect((place % 4) * square, Math.floor(place / 4) * square, square, square);
    }
    await source.add(time, (times[frame + 1] ?? time + 0.04) - time);
  }
  await output.finalize();
  const bytes = new Uint8Array(target.buffer!);
  let text = '';
  for (let start = 0; start < bytes.length; start += 8192)
    text += String.fromCharCode(...bytes.subarray(start, start + 8192));
  return btoa(text);
}

/**
 * The number that a frame's picture carries: ten squares of black and white are its bits from the top left on, then a
 * white one and a grey one, which say that the picture is upright.
 * @param turned by how much the player is told to turn the coded picture, clockwise
 * @returns −1 for a picture without a code
 */
export async function readFrameNumber(file: string, turned: 0 | 90 | 180 | 270 = 0): Promise<number> {
  const { pixels, width, height } = await decode(file);
  const middle = (place: number): number => {
    const x = (place % 4) * SQUARE + SQUARE / 2;
    const y = Math.floor(place / 4) * SQUARE + SQUARE / 2;
    const shown = {
      0: [x, y],
      90: [width - y, x],
      180: [width - x, height - y],
      270: [y, height - x],
    } as const;
    const [column, row] = shown[turned];
    return pixels[(row * width + column) * 3 + 1] ?? 0;
  };
  const squares = Array.from({ length: 12 }, (_, place) => middle(place));
  if (squares[10]! < 215 || Math.abs(squares[11]! - 128) > 40) return -1;
  return squares.slice(0, 10).reduce((sum, value, bit) => sum + (value > 128 ? 1 << bit : 0), 0);
}
