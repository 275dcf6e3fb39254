import { createRequire } from 'node:module';
import { readWholeSync } from '../files/index.ts';
import { serveTask } from '../tasks/serve.ts';
import type { HeicReply, HeicTask } from './heic.ts';

/** What is used of libheif's WebAssembly: its own types describe the C functions, not these. */
interface HeifImage {
  get_width: () => number;
  get_height: () => number;
  is_primary: () => boolean;
  /** Turned and mirrored as the file says, RGBA in 8 bits; null where it can't be decoded. */
  display: (
    target: { readonly data: Uint8ClampedArray; readonly width: number; readonly height: number },
    done: (result: unknown) => void,
  ) => void;
}
interface LibHeif {
  readonly HeifDecoder: new () => { decode: (content: Uint8Array) => HeifImage[] };
}

function load(): LibHeif {
  const require = createRequire(import.meta.url);
  const wasmBinary = readWholeSync(require.resolve('libheif-js/libheif-wasm/libheif.wasm'));
  const factory = require('libheif-js/libheif-wasm/libheif.js') as (options: {
    readonly wasmBinary: Uint8Array;
  }) => LibHeif;
  return factory({ wasmBinary });
}

/** White is seen through transparency, as everywhere. */
function flatten(rgba: Uint8ClampedArray, pixels: number): Uint8Array {
  const rgb = new Uint8Array(pixels * 3);
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    const alpha = rgba[from + 3]!;
    for (let channel = 0; channel < 3; channel += 1) {
      const value = rgba[from + channel]!;
      rgb[to + channel] = alpha === 255 ? value : Math.round((value * alpha) / 255 + 255 - alpha);
    }
  }
  return rgb;
}

async function decode({ content, mostPixels }: HeicTask['input']): Promise<HeicReply> {
  const images = new (load().HeifDecoder)().decode(content);
  const image = images.find((one) => one.is_primary()) ?? images[0];
  if (image === undefined) return { problem: 'damaged' };
  const [width, height] = [image.get_width(), image.get_height()];
  if (width < 1 || height < 1) return { problem: 'damaged' };
  if (width * height > mostPixels) return { problem: 'too-large' };
  const data = new Uint8ClampedArray(width * height * 4);
  const shown = await new Promise((resolve) => image.display({ data, width, height }, resolve));
  if (shown === null) return { problem: 'damaged' };
  return { pixels: flatten(data, width * height), width, height };
}

await serveTask<HeicTask>(async (input, { move }) => {
  const reply = await decode(input);
  if ('pixels' in reply) move(reply.pixels.buffer as ArrayBuffer);
  return reply;
});
