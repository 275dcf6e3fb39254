import type { AppState } from '../state/app.svelte.ts';
import { jobError } from '../state/job-error.ts';
import { DEFAULT_THRESHOLD, everyNth, everySeconds, pictureChanges, spread } from './choose-frames.ts';
import { openVideo } from './open-video.ts';
import type { Video } from './open-video.ts';
import { Glimpser, toThumbnail } from './picture.ts';
import { sendFrames } from './send-frames.ts';

export type RuleKind = 'seconds' | 'count' | 'changes';

/** A small picture of a chosen frame. */
export interface FramePreview {
  readonly number: number;
  readonly seconds: number;
  readonly url: string;
}

export const LEAST_EVERY = { seconds: 0.01, count: 1 } as const;

/** Frames are taken every so many seconds, or every so many whole frames. */
export const isEvery = (kind: keyof typeof LEAST_EVERY, value: number | null): value is number =>
  value !== null && value >= LEAST_EVERY[kind] && (kind === 'seconds' || Number.isInteger(value));

const PREVIEWS = 6;
const PREVIEW_SIDE = 200;
/** Between two words on how far the look through a video is. */
const SCAN_STEP = 10;

/** One video on its way into the project: opened, its frames chosen, decoded and sent. */
export class VideoImport {
  video = $state.raw<Video | null>(null);
  busy = $state<'reading' | 'scanning' | 'adding' | null>(null);
  error = $state.raw<unknown>(null);
  kind = $state<RuleKind>('seconds');
  seconds = $state<number | null>(1);
  count = $state<number | null>(10);
  threshold = $state(DEFAULT_THRESHOLD);
  /** Tiny picture of every frame, once the video has been looked through. */
  glimpses = $state.raw<readonly (Uint8Array | null)[] | null>(null);
  scanned = $state(0);
  previews = $state.raw<readonly FramePreview[]>([]);
  jobId = $state<string | null>(null);

  /** By number, ascending; empty while the rule is not complete. */
  readonly chosen = $derived.by((): readonly number[] => {
    const { video, kind, seconds, count, glimpses } = this;
    if (video === null) return [];
    if (kind === 'changes')
      return glimpses === null ? [] : pictureChanges(glimpses, video.times, this.threshold);
    if (kind === 'seconds') return isEvery(kind, seconds) ? everySeconds(video.times, seconds) : [];
    return isEvery(kind, count) ? everyNth(video.times.length, count) : [];
  });

  readonly #app: AppState;
  #reading = new AbortController();
  #previewing = new AbortController();
  #left = false;

  constructor(app: AppState) {
    this.#app = app;
  }

  /** Opens another file; what was open before is let go. */
  async open(file: File): Promise<void> {
    this.#release();
    const { signal } = (this.#reading = new AbortController());
    this.busy = 'reading';
    try {
      const video = await openVideo(file, signal);
      if (signal.aborted) video.close();
      else this.video = video;
    } catch (error) {
      if (!signal.aborted) this.error = error;
    } finally {
      if (!signal.aborted) this.busy = null;
    }
  }

  /** Looks at every frame, so that changes of the picture can be found by any threshold. */
  async scan(): Promise<void> {
    const { video } = this;
    if (video === null) return;
    const { signal } = (this.#reading = new AbortController());
    this.busy = 'scanning';
    this.scanned = 0;
    try {
      const glimpser = new Glimpser();
      const glimpses: (Uint8Array | null)[] = [];
      for await (const { frame } of video.decode(everyNth(video.times.length, 1), signal)) {
        glimpses.push(frame && glimpser.take(frame));
        frame?.close();
        if (glimpses.length % SCAN_STEP === 0) this.scanned = glimpses.length;
      }
      this.glimpses = glimpses;
    } catch (error) {
      if (!signal.aborted) this.error = error;
    } finally {
      if (this.#reading.signal === signal) this.busy = null;
    }
  }

  stopScan(): void {
    this.#reading.abort();
  }

  /** Small pictures of some of the chosen frames, spread over the video; an earlier call is given up. */
  async preview(): Promise<void> {
    this.#previewing.abort();
    const { video } = this;
    const { signal } = (this.#previewing = new AbortController());
    if (video === null) return;
    const previews: FramePreview[] = [];
    try {
      for await (const { number, frame } of video.decode(spread(this.chosen, PREVIEWS), signal)) {
        if (frame === null) continue;
        const picture = await toThumbnail(frame, video.upright, PREVIEW_SIDE).finally(() => frame.close());
        previews.push({ number, seconds: video.times[number] ?? 0, url: URL.createObjectURL(picture) });
      }
      this.#showPreviews(previews);
    } catch (error) {
      for (const { url } of previews) URL.revokeObjectURL(url);
      if (!signal.aborted) throw error;
    }
  }

  #showPreviews(previews: readonly FramePreview[]): void {
    for (const { url } of this.previews) URL.revokeObjectURL(url);
    this.previews = previews;
  }

  /** Sends the chosen frames that the project lacks. Goes on when the dialog is closed meanwhile. */
  async add(): Promise<void> {
    const { video } = this;
    if (video === null) return;
    this.#previewing.abort();
    this.busy = 'adding';
    this.error = null;
    const { client } = this.#app;
    try {
      const { jobId, missing } = await client.call('videos.begin', {
        name: video.file.name,
        bytes: video.file.size,
        fingerprint: video.fingerprint,
        frames: [...this.chosen],
      });
      this.jobId = jobId;
      await sendFrames(client, jobId, video, missing).catch((error: unknown) => {
        // Where the page itself has failed, the job would wait in vain; a job that has failed stays so.
        this.#app.jobs.cancel(jobId);
        throw error;
      });
      const end = await this.#app.jobs.end(jobId);
      if (end.state === 'failed') throw jobError(end);
      await this.#app.refresh();
    } catch (error) {
      this.error = error;
      if (this.#left) this.#app.report(error);
    } finally {
      this.busy = null;
      if (this.#left) this.#release();
    }
  }

  /** The dialog has been closed. */
  leave(): void {
    this.#left = true;
    if (this.busy !== 'adding') this.#release();
  }

  #release(): void {
    this.#reading.abort();
    this.#previewing.abort();
    this.#showPreviews([]);
    this.video?.close();
    this.video = null;
    this.glimpses = null;
    this.jobId = null;
    this.error = null;
    this.busy = null;
  }
}
