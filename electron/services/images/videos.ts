import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { onAbort } from '../../common/abort.ts';
import type { ParsedInputOf } from '../../common/contract.ts';
import { TwinheadError } from '../../common/errors.ts';
import type { JobResult } from '../../common/jobs.ts';
import { frameFileName, readFrameFileName, videoGroup } from '../../common/video-frames.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { ServiceContext } from '../scope/context.ts';
import type { Handlers } from '../scope/handlers.ts';
import { newImage } from './registration.ts';
import type { JobContext } from '../scope/jobs.ts';
import { folderOfSource, ownImagesFolder } from './own-images.ts';
import type { Addition } from '../../store/index.ts';
import type { OpenProject } from '../scope/open-project.ts';

type VideoCalls = 'videos.begin' | 'videos.addFrame' | 'videos.alive' | 'videos.end';

/** Most bytes of one frame: some 60 megapixels that don't compress. */
const LARGEST_FRAME = 256 * 1024 * 1024;
/** After this long without a word the page that decodes has been closed. A hidden page speaks once a minute. */
const SILENCE_MS = 180_000;
/** Between two words to other windows that there are more images. */
const ANNOUNCE_EVERY_MS = 1000;

/** One video whose frames are coming in. */
class Intake {
  readonly project: OpenProject;
  readonly folder: string;
  readonly #total: number;
  readonly #end = Promise.withResolvers<readonly number[]>();
  #job: JobContext | null = null;
  #silence: NodeJS.Timeout | null = null;
  #pending: { frame: number; bytes: number; parts: Buffer[] } | null = null;
  #added = 0;
  #known = 0;
  #announcedAt = -Infinity;
  #over = false;
  readonly #writing = new Set<Promise<void>>();

  readonly #addition: Addition;

  constructor(
    project: OpenProject,
    { name, folder, jobId }: { name: string; folder: string; jobId: string },
    total: number,
  ) {
    this.project = project;
    this.#addition = project.store.files.beginAddition({ kind: 'add-frames', name, editId: jobId });
    this.folder = folder;
    this.#total = total;
  }

  /** The job has ended, or does so once what is being written is whole. */
  get over(): boolean {
    return this.#over;
  }

  get imagesFolder(): string {
    return ownImagesFolder(this.project.folder);
  }

  /** Numbers of frames whose file is there and is an image of the project. */
  async present(): Promise<ReadonlySet<number>> {
    const { store } = this.project;
    const root = store.roots.list().find(({ folder }) => folder === this.imagesFolder);
    if (root === undefined) return new Set();
    const names = await readdir(path.join(this.imagesFolder, this.folder));
    return new Set(
      names.flatMap((name) => {
        const moment = readFrameFileName(name);
        const registered = moment && store.files.findByPath(root.id, `${this.folder}/${name}`);
        return registered ? [moment.frame] : [];
      }),
    );
  }

  /** The job's work: lasts until the interface says that it has sent everything. */
  async run(job: JobContext, name: string, known: number): Promise<JobResult<'add-frames'>> {
    this.#job = job;
    this.#known = known;
    const unlink = onAbort(job.signal, () =>
      this.#end.reject(new TwinheadError('cancelled', say('services.video.cancelled'))),
    );
    this.alive();
    job.progress(known, this.#total, '');
    try {
      const failed = await this.#end.promise;
      if (failed.length > 0) {
        job.problem({
          file: name,
          place:
            failed.length === 1
              ? say('services.frame', { frame: String(failed[0]) })
              : say('services.frames', { count: failed.length, frame: String(failed[0]) }),
          message: say('services.video.undecodable'),
          remedy: say('services.video.undecodable.remedy'),
        });
      }
      return { images: this.#added + this.#known, added: this.#added, folder: this.folder };
    } finally {
      unlink();
      this.#over = true;
      if (this.#silence !== null) clearTimeout(this.#silence);
      // The project may be closed next: a frame whose file is there has to be an image of it by then.
      await Promise.allSettled(this.#writing);
      this.#job = null;
    }
  }

  alive(): void {
    if (this.#silence !== null) clearTimeout(this.#silence);
    this.#silence = setTimeout(
      () =>
        this.#end.reject(
          new TwinheadError('cancelled', say('services.video.gone'), {
            remedy: say('services.video.gone.remedy'),
          }),
        ),
      SILENCE_MS,
    );
    this.#silence.unref();
  }

  end(failed: readonly number[]): void {
    this.#end.resolve(failed);
  }

  fail(error: unknown): void {
    this.#end.reject(error);
  }

  /** @returns the frame's bytes once its last part is there, else null */
  #assemble({ frame, part, last }: ParsedInputOf<'videos.addFrame'>): Buffer | null {
    if (this.#pending === null) this.#pending = { frame, bytes: 0, parts: [] };
    const pending = this.#pending;
    const content = Buffer.from(part, 'base64');
    pending.bytes += content.length;
    pending.parts.push(content);
    if (pending.frame !== frame || pending.bytes > LARGEST_FRAME) {
      this.#pending = null;
      throw new TwinheadError(
        'unusable-input',
        say(pending.frame === frame ? 'services.video.large' : 'services.video.mixed'),
        { place: say('services.frame', { frame: String(frame) }) },
      );
    }
    if (!last) return null;
    this.#pending = null;
    return Buffer.concat(pending.parts);
  }

  /**
   * A disk that is full, or a frame that is none, ends the job: the page could only send on in vain.
   * @returns whether other windows are to hear of new images now
   */
  async add(given: ParsedInputOf<'videos.addFrame'>): Promise<boolean> {
    this.alive();
    try {
      const content = this.#assemble(given);
      if (content === null) return false;
      const writing = this.#keep(given, content);
      this.#writing.add(writing);
      await writing.finally(() => this.#writing.delete(writing));
    } catch (error) {
      this.fail(error);
      throw error;
    }
    const now = performance.now();
    if (now - this.#announcedAt < ANNOUNCE_EVERY_MS) return false;
    this.#announcedAt = now;
    return true;
  }

  async #keep(given: ParsedInputOf<'videos.addFrame'>, content: Buffer): Promise<void> {
    const name = `${this.folder}/${frameFileName(given.frame, given.seconds)}`;
    const { keepPicture } = await import('../../images/index.ts');
    const info = await keepPicture(path.join(this.imagesFolder, ...name.split('/')), content, 'png');
    // The job may have been cancelled meanwhile: it waits for this, and the frame becomes an image all the same.
    const { store } = this.project;
    const root = store.roots.add(this.imagesFolder);
    const frame = { ...newImage(info, this.imagesFolder), group: videoGroup(this.folder) };
    const [result] = store.files.add(root.id, [frame], this.#addition);
    if (result?.outcome === 'added') this.#added += 1;
    else this.#known += 1;
    this.#job?.progress(this.#added + this.#known, this.#total);
  }
}

/** Frames of videos: the interface decodes, the services check, write and register. */
export function videoHandlers({ jobs }: ServiceContext): Pick<Handlers, VideoCalls> {
  const intakes = new Map<string, Intake>();

  /** The intake of a job that is still running; null where it has ended, as it has where its project was closed. */
  const running = ({ id }: OpenProject, jobId: string): Intake | null => {
    const intake = jobs.get(id, jobId).state === 'running' ? intakes.get(jobId) : undefined;
    return intake === undefined || intake.over ? null : intake;
  };

  return {
    'videos.begin': async ({ editId = randomUUID(), ...given }, { project }) => {
      const folder = await folderOfSource(ownImagesFolder(project.folder), given);
      const chosen = new Set(given.frames);
      const intake = new Intake(project, { name: given.name, folder, jobId: editId }, chosen.size);
      const present = await intake.present();
      const missing = [...chosen].filter((frame) => !present.has(frame));
      const title = say('jobs.addFrames', { name: given.name });
      const jobId = jobs.start(project, 'add-frames', { title, input: null, editId }, async (job) => {
        intakes.set(job.jobId, intake);
        try {
          return await intake.run(job, given.name, chosen.size - missing.length);
        } finally {
          intakes.delete(job.jobId);
          project.changed('images');
        }
      });
      return { jobId, missing };
    },
    'videos.addFrame': async (given, { project }) => {
      const intake = running(project, given.jobId);
      if (intake === null) return { wanted: false };
      // At the end the job tells of them, as long as the project is open.
      if ((await intake.add(given)) && !intake.over) project.changed('images');
      return { wanted: true };
    },
    'videos.alive': async ({ jobId }, { project }) => {
      const intake = running(project, jobId);
      intake?.alive();
      return { wanted: intake !== null };
    },
    'videos.end': async ({ jobId, failed }, { project }) => {
      running(project, jobId)?.end(failed);
      return {};
    },
  };
}
