import type { ProjectClient } from '../../electron/common/contract.ts';
import { LONGEST_PART } from '../../electron/common/video-frames.ts';
import { toBase64 } from '../base64.ts';
import { toPng } from './picture.ts';
import type { Video } from './open-video.ts';

/** Well below the silence after which the services take the page for closed. */
const WORD_EVERY_MS = 20_000;
/** Bytes whose base64 fills a part. */
const PART_BYTES = (LONGEST_PART / 4) * 3;

/** @returns false once the job has ended */
async function sendFrame(
  client: ProjectClient,
  jobId: string,
  frame: number,
  seconds: number,
  png: Blob,
): Promise<boolean> {
  let wanted = true;
  for (let start = 0; wanted && start < png.size; start += PART_BYTES) {
    const part = await toBase64(png.slice(start, start + PART_BYTES));
    const last = start + PART_BYTES >= png.size;
    ({ wanted } = await client.call('videos.addFrame', { jobId, frame, seconds, part, last }));
  }
  return wanted;
}

/**
 * Decodes the frames and hands them to the job, one at a time: the next is decoded while one is being written. Frames
 * that can't be decoded are reported to the job at the end. Ends early where the job ends: what ended it, the job says.
 * @param numbers ascending
 * @throws CallError as the services refuse a frame
 */
export async function sendFrames(
  client: ProjectClient,
  jobId: string,
  video: Video,
  numbers: readonly number[],
): Promise<void> {
  const stop = new AbortController();
  // A long stretch between two chosen frames has to be decoded too, however long nothing is sent.
  const words = setInterval(() => {
    client
      .call('videos.alive', { jobId })
      .then(({ wanted }) => wanted || stop.abort())
      .catch(() => stop.abort());
  }, WORD_EVERY_MS);
  const failed: number[] = [];
  let sending = Promise.resolve(true);
  try {
    for await (const { number, frame } of video.decode(numbers, stop.signal)) {
      if (frame === null) {
        failed.push(number);
        continue;
      }
      const png = await toPng(frame, video.upright).finally(() => frame.close());
      if (!(await sending)) return;
      sending = sendFrame(client, jobId, number, video.times[number] ?? 0, png);
      // It is awaited in its turn; until then its failure must not count as unhandled.
      sending.catch(() => undefined);
    }
    if (await sending) await client.call('videos.end', { jobId, failed });
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    stop.abort();
    clearInterval(words);
  }
}
