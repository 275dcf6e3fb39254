import type { EncodedPacket, EncodedPacketSink, InputVideoTrack } from 'mediabunny';
import { CallError } from '../client.ts';
import { t } from '../i18n/index.svelte.ts';
import { decodeFrames } from './decode.ts';
import type { DecodedFrame } from './decode.ts';

/** How frames are turned and stretched to be seen as a player shows them. */
export interface Upright {
  /** Clockwise, degrees. */
  readonly rotation: 0 | 90 | 180 | 270;
  /** Left and right exchanged, after the rotation. */
  readonly flip: boolean;
  /** Width of a pixel by its height. */
  readonly pixelAspect: number;
}

/** A video file that was opened, its frames known by number and time. */
export interface Video {
  readonly file: File;
  readonly fingerprint: string;
  /** As shown: upright, square pixels. */
  readonly width: number;
  readonly height: number;
  readonly codec: string;
  /** Time of every frame, in the order in which they are shown; seconds of the file's own clock. */
  readonly times: readonly number[];
  readonly upright: Upright;
  /** In their order; whoever is given a frame closes it. @param numbers ascending */
  decode(numbers: readonly number[], signal: AbortSignal): AsyncGenerator<DecodedFrame, void, void>;
  close(): void;
}

type Trouble = 'empty' | 'unknown' | 'noPicture' | 'codec' | 'damaged' | 'noDecoder';

function unusable(file: File, trouble: Trouble, codec = ''): CallError {
  return new CallError('unusable-input', t(`video.error.${trouble}`, { codec }), {
    file: file.name,
    remedy: t(`video.remedy.${trouble}`),
  });
}

/** What of the file's beginning and end tells it from others. */
const SAMPLE_BYTES = 1024 * 1024;

/** SHA-256 of size, first and last megabyte: gigabytes need not be read for it. */
async function fingerprintOf(file: File): Promise<string> {
  const parts = [String(file.size), '\n', file.slice(0, SAMPLE_BYTES), file.slice(-SAMPLE_BYTES)];
  const hash = await crypto.subtle.digest('SHA-256', await new Blob(parts).arrayBuffer());
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** VP8 has frames that are only there to predict others; a bit of the first byte says so (RFC 6386, 9.1). */
function isShown(packet: EncodedPacket, codec: string): boolean {
  return codec !== 'vp8' || ((packet.data[0] ?? 0) & 0x10) !== 0;
}

/** Times of all frames that are shown, microseconds, ascending. A file that is cut off has those before the cut. */
async function frameTimes(sink: EncodedPacketSink, codec: string, signal: AbortSignal): Promise<number[]> {
  const times: number[] = [];
  const packets = sink.packets(undefined, undefined, { metadataOnly: codec !== 'vp8' });
  try {
    for await (const packet of packets) {
      signal.throwIfAborted();
      // Before zero is what an edit list has cut away: it is decoded for others, and not shown.
      if (packet.microsecondTimestamp >= 0 && isShown(packet, codec)) times.push(packet.microsecondTimestamp);
    }
  } catch (error) {
    if (signal.aborted || times.length === 0) throw error;
  }
  return [...new Set(times)].sort((a, b) => a - b);
}

/** Decoders turn nothing: newer browsers would do it by these, older ones not, and it is done when drawing. */
function unturned(config: VideoDecoderConfig | null): VideoDecoderConfig | null {
  if (config === null) return null;
  const turning = new Set(['rotation', 'flip']);
  const rest = Object.entries(config).filter(([name]) => !turning.has(name));
  return { codec: config.codec, ...Object.fromEntries(rest) };
}

async function usableTrack(
  file: File,
  track: InputVideoTrack | null,
): Promise<{ name: string; track: InputVideoTrack }> {
  if (track === null) throw unusable(file, 'noPicture');
  const codec = await track.getCodec();
  const name = (await track.getCodecParameterString().catch(() => null)) ?? '?';
  if (codec === null || !(await track.canDecode())) throw unusable(file, 'codec', name);
  return { name, track };
}

/**
 * Opens a file of a video and looks through it without decoding it.
 * @throws CallError `unusable-input` with a word for the person where it is none, or can't be decoded here
 */
export async function openVideo(file: File, signal: AbortSignal): Promise<Video> {
  if (file.size === 0) throw unusable(file, 'empty');
  if (typeof VideoDecoder === 'undefined') throw unusable(file, 'noDecoder');
  // Loaded only now: most people never need it.
  const { BlobSource, EncodedPacketSink, Input, MATROSKA, MP4, MPEG_TS, QTFF, WEBM } =
    await import('mediabunny');
  const input = new Input({ source: new BlobSource(file), formats: [MP4, QTFF, MATROSKA, WEBM, MPEG_TS] });
  try {
    if (!(await input.canRead())) throw unusable(file, 'unknown');
    // A file whose index was at the end, and is gone, seems to hold nothing.
    if ((await input.getTracks()).length === 0) throw unusable(file, 'damaged');
    const { name, track } = await usableTrack(file, await input.getPrimaryVideoTrack());
    const config = unturned(await track.getDecoderConfig());
    if (config === null) throw unusable(file, 'codec', name);
    const sink = new EncodedPacketSink(track);
    const times = await frameTimes(sink, (await track.getCodec()) ?? '', signal);
    if (times.length === 0) throw unusable(file, 'noPicture');
    const { num, den } = await track.getPixelAspectRatio();
    return {
      file,
      fingerprint: await fingerprintOf(file),
      width: await track.getDisplayWidth(),
      height: await track.getDisplayHeight(),
      codec: name === 'vp8' ? 'VP8' : name,
      times: times.map((time) => time / 1e6),
      upright: { rotation: await track.getRotation(), flip: await track.getFlip(), pixelAspect: num / den },
      decode: (numbers, stop) => decodeFrames(sink, config, times, numbers, stop),
      close: () => input.dispose(),
    };
  } catch (error) {
    input.dispose();
    if (signal.aborted || error instanceof CallError) throw error;
    throw unusable(file, 'damaged');
  }
}
