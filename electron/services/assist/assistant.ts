import { setTimeout as setTimeoutAsync } from 'node:timers/promises';
import { onAbort } from '../../common/abort.ts';
import type { AssistState } from '../../common/entities.ts';
import { saidOf, toErrorReport } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Said } from '../../common/sentences/sentence.ts';
import type { ServiceContext } from '../scope/context.ts';
import type { JobContext } from '../scope/jobs.ts';
import type { OpenProject } from '../scope/open-project.ts';
import type { AssistImage, AssistLabels } from '../../store/index.ts';
import { lessonOf } from './lesson.ts';
import type { Lesson } from './lesson.ts';
import type { LearnedRound, Learner } from './learner.ts';
import { Viewers } from './viewers.ts';

/** Its suggestions are of this source, in whichever language. */
export const ASSIST_SOURCE = 'Live assistant';

/** Most images that a round learns from, those labelled last, and that it is scored on. */
const MOST_LEARNED = 300;
const MOST_VALIDATED = 100;
/** Whether pages still look on is asked at least so often, milliseconds. */
const LOOK_AGAIN = 30_000;
/** Images from which on a full training pays; said again whenever there are twice as many. */
const FULL_TRAINING_PAYS = 50;

/** Milliseconds within which what happens is taken as one. */
const TOGETHER = 150;

const OFF: AssistState = {
  jobId: null,
  paused: false,
  working: false,
  line: say('assist.off'),
  notes: [],
  offer: null,
};

/**
 * The live assistant of one project: while pages look on, it trains heads round after round as labels come, and suggests
 * for the images that come next. It gives way to whoever else wants the engine, and sleeps while nothing changes.
 */
export class Assistant {
  readonly viewers = new Viewers();
  readonly #context: ServiceContext;
  readonly #project: OpenProject;
  #state: AssistState = OFF;
  #wake = Promise.withResolvers<void>();
  #learner: Learner | null = null;
  #lastRound: LearnedRound | null = null;
  /** What the last round has learned from. */
  #learnedKey = '';
  /** By image, the round that suggested for it last, and the content it did so for. */
  readonly #offered = new Map<number, string>();
  #offering: Promise<void> | null = null;
  /** The thread forgets what is no longer needed: nothing is added meanwhile. */
  #tidying = false;
  #job: JobContext | null = null;
  #offerFrom = FULL_TRAINING_PAYS;
  #withdraws = false;

  constructor(context: ServiceContext, project: OpenProject) {
    this.#context = context;
    this.#project = project;
  }

  get state(): AssistState {
    return this.#state;
  }

  get jobId(): string | null {
    return this.#state.jobId;
  }

  /** A page shows another image, or has gone. */
  looked(): void {
    this.#wakeUp();
    // Somebody who jumps far in the list need not wait for the end of a round.
    if (this.#job !== null && this.#state.working && this.#offering === null && !this.#tidying)
      this.#offering = this.#offerAhead(this.#job)
        .catch((error: unknown) =>
          this.#context.ports.logger.warn({ err: error }, 'no suggestions meanwhile'),
        )
        .finally(() => (this.#offering = null));
  }

  pause(paused: boolean): void {
    if (this.jobId === null) return;
    // At once, though a step that has begun is done first.
    this.#set({ paused, line: paused ? say('assist.paused') : this.#roundLine() });
    if (paused) void this.#learner?.pause();
    this.#wakeUp();
  }

  /** A person has switched it off: what it suggests and nobody has looked at goes. */
  switchOff(): void {
    this.#withdraws = true;
    if (this.jobId !== null) this.#context.jobs.cancel(this.#project.id, this.jobId);
  }

  /** Until nobody looks on any more, or the job is cancelled. @returns rounds, and images of the last one */
  async run(job: JobContext): Promise<{ rounds: number; images: number }> {
    const { Learner } = await import('./learner.ts');
    using learner = new Learner(this.#context.ports, job.problem);
    this.#learner = learner;
    this.#job = job;
    this.#withdraws = false;
    // Nobody waits for the rest of a round.
    const unlink = onAbort(job.signal, () => learner.end());
    const hearing = new AbortController();
    const heard = this.#hear(hearing.signal);
    let rounds = 0;
    try {
      this.#set({ jobId: job.jobId, paused: false, line: say('assist.starting') });
      while (this.viewers.present()) {
        job.signal.throwIfAborted();
        if (this.#state.paused) await this.#sleep(job, say('assist.paused'));
        else if (await this.#turn(learner, job)) rounds++;
      }
      return { rounds, images: this.#lastRound?.images ?? 0 };
    } finally {
      unlink();
      hearing.abort();
      await heard;
      this.#learner = this.#job = this.#lastRound = null;
      this.#learnedKey = '';
      this.#offered.clear();
      if (this.#isSwitchedOff && this.#project.isOpen) this.#withdraw();
      this.#set(OFF);
    }
  }

  /** Learns, suggests, or sleeps: whatever is to be done first. @returns whether a round was finished */
  async #turn(learner: Learner, job: JobContext): Promise<boolean> {
    this.#wake = Promise.withResolvers();
    const found = await this.#labels();
    const learned = found.learned.filter((image) => learner.isReadable(image));
    const labels = { ...found, learned };
    const lesson = lessonOf(labels);
    if (lesson.lacking !== null) {
      await this.#sleep(job, lesson.lacking, lesson.notes);
      return false;
    }
    const key = JSON.stringify([
      lesson.imageClasses.map(({ id }) => id),
      lesson.objectClasses.map(({ id }) => id),
      learned.map(({ id, revision }) => [id, revision]),
    ]);
    const round = key !== this.#learnedKey || learner.rounds === 0;
    if (!round && this.#toOffer(labels.ahead).length === 0) {
      await this.#sleep(job, this.#roundLine(), lesson.notes);
      return false;
    }
    try {
      return await this.#work(learner, job, labels, lesson, round ? key : null);
    } catch (error) {
      if (job.signal.aborted) throw error;
      this.#context.ports.logger.warn({ err: error }, 'a round of the live assistant failed');
      learner.end();
      this.#learnedKey = '';
      await this.#sleep(job, say('assist.failed', { error: saidOf(error) }), remedyOf(error));
      return false;
    }
  }

  /** @param key of a round that is due; null: none is */
  async #work(
    learner: Learner,
    job: JobContext,
    labels: AssistLabels,
    lesson: Lesson,
    key: string | null,
  ): Promise<boolean> {
    using engine = await this.#hold(job, learner);
    // Nothing is begun that nobody waits for.
    job.signal.throwIfAborted();
    if (engine === null || this.#state.paused) return false;
    this.#set({
      working: true,
      line:
        this.#lastRound === null
          ? say('assist.learning', { count: labels.learned.length })
          : this.#roundLine(),
      notes: [...lesson.notes],
    });
    try {
      let finished = false;
      if (key !== null) {
        if (!learner.isOf(lesson, labels)) this.#offered.clear();
        const round = await learner.round(labels, lesson, job.signal);
        ({ finished } = round);
        if (finished) {
          this.#lastRound = round;
          this.#learnedKey = key;
          this.#offerTraining(labels.labelled);
          job.progress(round.images, null, this.#roundLine());
        }
      }
      await this.#offering;
      if (finished || key === null) await this.#offerAhead(job);
      await this.#offering;
      this.#tidying = true;
      const now = await this.#labels();
      await learner.keepOnly(now.learned, [...now.validated, ...now.ahead]);
      return finished;
    } finally {
      this.#tidying = false;
      this.#set({ working: false });
    }
  }

  /** The engine, once nobody else has it; null where things may be others by then. While a training runs, memory is given back. */
  async #hold(job: JobContext, learner: Learner): Promise<Disposable | null> {
    const { resources } = this.#context;
    const who = { title: say('jobs.assist'), project: this.#project.name };
    const trains = !resources.isFree('training');
    const holder = resources.holder('engine', who);
    const yields = (): void => void learner.pause();
    if (holder === null && !trains) return job.hold('engine', yields);
    if (trains) learner.end();
    this.#set({
      line: holder === null || trains ? say('assist.waiting.training') : say('assist.waiting', { holder }),
    });
    if (holder === null) await this.#rest(job);
    else (await job.hold('engine', yields))[Symbol.dispose]();
    return null;
  }

  #toOffer(ahead: readonly AssistImage[]): AssistImage[] {
    const round = this.#learner?.rounds ?? 0;
    return round === 0
      ? []
      : ahead.filter(({ id, sha256 }) => this.#offered.get(id) !== `${round} ${sha256}`);
  }

  /** Suggests for the images that come next, as far as nobody has said anything of them. */
  async #offerAhead(job: JobContext): Promise<void> {
    const learner = this.#learner;
    if (learner === null || learner.rounds === 0) return;
    const round = learner.rounds;
    const { ahead } = await this.#labels();
    const wanted = this.#toOffer(ahead);
    const found = await learner.suggest(wanted, job.signal);
    const offers = wanted.flatMap(({ id: imageId, revision }) => {
      const suggestions = found.get(imageId);
      return suggestions === undefined ? [] : [{ imageId, revision, suggestions }];
    });
    if (!this.#project.isOpen || job.signal.aborted) return;
    const held = new Set(this.viewers.open);
    const changed = this.#project.store.suggestions.offer(ASSIST_SOURCE, offers, held);
    // Those that cannot be read are not tried again and again.
    for (const { id, sha256 } of wanted) this.#offered.set(id, `${round} ${sha256}`);
    if (changed.length > 0) this.#project.changed('annotations', changed);
  }

  #withdraw(): void {
    try {
      const changed = this.#project.store.suggestions.withdraw(ASSIST_SOURCE);
      if (changed.length > 0) this.#project.changed('images');
    } catch (error) {
      // A full disk, or an import: they wait under “Sources of suggestions”.
      this.#context.ports.logger.warn({ err: error }, 'suggestions could not be taken away');
    }
  }

  #labels(): Promise<AssistLabels> {
    const { open, ahead } = this.viewers;
    return this.#project.store.assistLabels({
      learned: MOST_LEARNED,
      validated: MOST_VALIDATED,
      open,
      ahead,
    });
  }

  #roundLine(): Said {
    const last = this.#lastRound;
    if (last === null) return say('assist.starting');
    const round = this.#learner?.rounds ?? 0;
    const score = last.metrics['overall'];
    const images = last.images;
    return score === undefined
      ? say('assist.round', { round, count: images })
      : say('assist.round.scored', {
          round,
          count: images,
          score: { unit: 'share', value: score },
          validation: last.validation,
        });
  }

  #offerTraining(images: number): void {
    if (images < this.#offerFrom) return;
    while (this.#offerFrom <= images) this.#offerFrom *= 2;
    this.#set({ offer: say('assist.offer', { count: images }) });
  }

  async #sleep(job: JobContext, line: Said, notes: readonly Said[] = []): Promise<void> {
    this.#set({ working: false, line, notes: [...notes] });
    await this.#rest(job);
  }

  async #rest({ signal }: JobContext): Promise<void> {
    const stopped = Promise.withResolvers<void>();
    const end = (): void => stopped.resolve();
    signal.addEventListener('abort', end, { once: true });
    const timer = setTimeout(end, LOOK_AGAIN);
    try {
      if (!signal.aborted) await Promise.race([this.#wake.promise, stopped.promise]);
      // Images that are gone through quickly are looked at together.
      await setTimeoutAsync(TOGETHER);
      this.#wake = Promise.withResolvers();
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
    }
  }

  get #isSwitchedOff(): boolean {
    return this.#withdraws;
  }

  #wakeUp(): void {
    this.#wake.resolve();
  }

  /** Wakes it when labels change, but for those of an image that is open: they are not complete yet. */
  async #hear(signal: AbortSignal): Promise<void> {
    const { changes } = this.#project;
    let seen = -1;
    for await (const { event } of changes.read({ after: changes.sequence, signal })) {
      if (event.what === 'assist') continue;
      // A training that it waits for may have ended.
      if (event.what === 'runs') this.#wakeUp();
      if (event.labelsRevision === seen) continue;
      const open = new Set(this.viewers.open);
      if (event.imageIds.length > 0 && event.imageIds.every((id) => open.has(id))) continue;
      seen = event.labelsRevision;
      this.#wakeUp();
    }
  }

  #set(changes: Partial<AssistState>): void {
    const next = { ...this.#state, ...changes };
    if (JSON.stringify(next) === JSON.stringify(this.#state)) return;
    this.#state = next;
    this.#project.changed('assist');
  }
}

function remedyOf(error: unknown): Said[] {
  const { remedy } = toErrorReport(error).details;
  return remedy === undefined ? [] : [remedy];
}
