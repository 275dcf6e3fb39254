import type { EncodedPacket, EncodedPacketSink } from 'mediabunny';

/** A decoded frame; whoever is given it closes it. */
export interface DecodedFrame {
  readonly number: number;
  /** Null where the video can't be decoded there. */
  readonly frame: VideoFrame | null;
}

/** Frames that wait for the consumer, and packets that wait for the decoder: what is held in memory at once. */
const MOST_WAITING = 4;

/** Something that many may wait for, again and again. */
class Bell {
  #rung = Promise.withResolvers<void>();

  ring(): void {
    this.#rung.resolve();
    this.#rung = Promise.withResolvers<void>();
  }

  get next(): Promise<void> {
    return this.#rung.promise;
  }
}

/**
 * Decodes the frames with these numbers, each group of pictures from its key frame on. Drives the browser's decoder itself:
 * the library's sink miscounts after hidden frames of VP8 and merges transparency in a worker that our policy forbids.
 * @param times of all frames, microseconds, ascending
 */
export async function* decodeFrames(
  sink: EncodedPacketSink,
  config: VideoDecoderConfig,
  times: readonly number[],
  numbers: readonly number[],
  signal: AbortSignal,
): AsyncGenerator<DecodedFrame, void, void> {
  let next = 0;
  while (next < numbers.length) {
    signal.throwIfAborted();
    const time = times[numbers[next]!]!;
    const verified = { verifyKeyPackets: true };
    // Microseconds are cut off, not rounded: the packet begins within the one that follows.
    const key = await orNull(sink.getKeyPacket((time + 1) / 1e6, verified));
    if (key === null) {
      yield { number: numbers[next]!, frame: null };
      next += 1;
      continue;
    }
    const after = await orNull(sink.getNextKeyPacket(key, verified));
    const end = after?.microsecondTimestamp ?? Infinity;
    const wanted = new Map<number, number>();
    for (; next < numbers.length && (wanted.size === 0 || times[numbers[next]!]! < end); next += 1)
      wanted.set(times[numbers[next]!]!, numbers[next]!);
    yield* decodeGroup(sink, config, key, wanted, signal);
  }
}

/** @param wanted numbers by time in microseconds, emptied as they are found */
async function* decodeGroup(
  sink: EncodedPacketSink,
  config: VideoDecoderConfig,
  key: EncodedPacket,
  wanted: Map<number, number>,
  signal: AbortSignal,
): AsyncGenerator<DecodedFrame, void, void> {
  const ready: DecodedFrame[] = [];
  const bell = new Bell();
  const failed = (): boolean => decoder.state === 'closed';
  const decoder = new VideoDecoder({
    output: (frame) => {
      const number = wanted.get(frame.timestamp);
      if (number === undefined) frame.close();
      else {
        wanted.delete(frame.timestamp);
        ready.push({ number, frame });
      }
      bell.ring();
    },
    // The decoder is closed with it; what is still wanted then counts as not decodable.
    error: () => bell.ring(),
  });
  decoder.ondequeue = () => bell.ring();
  try {
    decoder.configure(config);
    const unfed = new Set(wanted.keys());
    let packet: EncodedPacket | null = key;
    while (packet !== null && unfed.size > 0 && !failed()) {
      signal.throwIfAborted();
      if (decoder.decodeQueueSize >= MOST_WAITING) {
        await bell.next;
      } else {
        decoder.decode(packet.toEncodedVideoChunk());
        unfed.delete(packet.microsecondTimestamp);
        packet = unfed.size > 0 ? await orNull(sink.getNextPacket(packet)) : null;
      }
      while (ready.length > 0) yield ready.shift()!;
    }
    if (!failed()) await decoder.flush().catch(() => undefined);
    while (ready.length > 0) yield ready.shift()!;
    for (const number of wanted.values()) yield { number, frame: null };
  } finally {
    for (const { frame } of ready) frame?.close();
    if (!failed()) decoder.close();
  }
}

/** Null at the end of the video, and where the file is cut off. */
async function orNull(reading: Promise<EncodedPacket | null>): Promise<EncodedPacket | null> {
  return reading.catch(() => null);
}
