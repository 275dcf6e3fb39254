import { say } from '../common/sentences/sentence.ts';
import { moduleBeside, startOnThread } from '../tasks/thread.ts';
import { DECODED_PIXEL_LIMIT } from './limits.ts';
import { damaged, UnusableImage } from './problems.ts';
import type { Pixels } from './picture.ts';

/**
 * HEIC, what telephones write, which sharp's libvips doesn't decode. libheif's WebAssembly does, on a thread of its own for
 * each picture: its memory is gone with it, and a file that keeps it busy for too long is given up.
 */
const MOST_SECONDS = 60;

export interface HeicTask {
  readonly input: { readonly content: Uint8Array; readonly mostPixels: number };
  readonly event: never;
  readonly result: HeicReply;
}

export type HeicReply = Pixels | { readonly problem: 'damaged' | 'too-large' };

/** One at a time in each thread, so that memory stays bounded. */
let lastDecoded: Promise<unknown> = Promise.resolve();

/**
 * Upright, 8 bits a channel (deeper ones are scaled), transparency on white.
 * @throws UnusableImage
 */
export function decodeHeic(content: Uint8Array): Promise<Pixels> {
  const decoded = lastDecoded.then(() => decodeOnThread(content));
  lastDecoded = decoded.catch(() => undefined);
  return decoded;
}

async function decodeOnThread(content: Uint8Array): Promise<Pixels> {
  const task = startOnThread<HeicTask>(
    moduleBeside(import.meta.url, 'heic-worker'),
    { content, mostPixels: DECODED_PIXEL_LIMIT },
    // What libheif prints of damaged files goes nowhere: only the answer is of use.
    { silent: true },
  );
  const slow = Promise.withResolvers<HeicReply>();
  const timer = setTimeout(() => slow.resolve({ problem: 'too-large' }), MOST_SECONDS * 1000);
  try {
    // Whatever ends the thread (memory, a trap of WebAssembly) comes from the file.
    const done = task.done.catch((): HeicReply => ({ problem: 'damaged' }));
    const reply = await Promise.race([slow.promise, done]);
    if (!('problem' in reply)) return reply;
    if (reply.problem === 'damaged') throw damaged(say('images.damaged'));
    throw new UnusableImage({
      code: 'too-large',
      reason: say('images.heic.large', {
        pixels: { unit: 'count', value: DECODED_PIXEL_LIMIT },
        seconds: MOST_SECONDS,
      }),
      remedy: say('images.unsupported.remedy'),
    });
  } finally {
    clearTimeout(timer);
    await task.end();
  }
}
