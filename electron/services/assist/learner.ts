import type { Problem } from '../../common/entities.ts';
import { CLASS_PRESENT } from '../../common/entities.ts';
import { TemporaryFolder } from '../../files/index.ts';
import { PixelStore } from '../../images/index.ts';
import { AssistThread, parseTrainingConfig, proposeConfig, summarizeData } from '../../learning/index.ts';
import type { RawPrediction, RoundResult, TrainingConfig, TrainingSample } from '../../learning/index.ts';
import type { AssistImage, AssistLabels, OfferedSuggestion } from '../../store/index.ts';
import { engineFor } from '../base/engine.ts';
import type { AppPorts } from '../base/ports.ts';
import { samplesOf } from './lesson.ts';
import type { Lesson } from './lesson.ts';

/** Augmented copies of each image that heads learn from. */
const COPIES = 4;
const BATCH = 8;
/** Side of the input at most, pixels: a round has to be quick. */
const LARGEST_INPUT = 224;
const LEARNING_RATE = 0.012;
/** Steps of the first round, which knows nothing yet, and of one that goes on from the last. */
const FIRST_STEPS = 100;
const STEPS = 60;
/** Score from which something is suggested. */
export const LEAST_SUGGESTED = 0.3;

export interface LearnedRound extends RoundResult {
  /** Images that it has learned from, and that it was scored on. */
  readonly images: number;
  readonly validation: number;
}

const configOf = (
  labels: AssistLabels,
  samples: readonly TrainingSample[],
  lesson: Lesson,
): TrainingConfig => {
  const summary = summarizeData({ ...lesson, samples });
  const { inputSize } = proposeConfig(summary, undefined, { network: 'lite0' }).config;
  return parseTrainingConfig({
    network: 'lite0',
    pretrained: true,
    inputSize: Math.min(inputSize, LARGEST_INPUT),
    batch: BATCH,
    imageHead: { classes: labels.severalImageClasses ? 'several' : 'one' },
    freeze: { stages: 5, variants: COPIES },
    optimizer: { learningRate: LEARNING_RATE },
    augment: { flip: 0.5 },
  });
};

/** What a session was begun for: with other classes another one begins. */
const subjectKey = ({ imageClasses, objectClasses }: Lesson, severalImageClasses: boolean): string =>
  JSON.stringify(
    [imageClasses, objectClasses]
      .map((list) => list.map(({ id }) => id))
      .concat([[Number(severalImageClasses)]]),
  );

const contentKey = ({ sha256, revision }: AssistImage): string => `${sha256} ${revision}`;

/** The heads of one project, on a thread: decodes what the thread has not seen, has it learn, and asks it. */
export class Learner implements Disposable {
  readonly #ports: AppPorts;
  readonly #thread = new AssistThread();
  readonly #problem: (problem: Problem) => void;
  #folder: TemporaryFolder | undefined;
  #pixels: PixelStore | undefined;
  #subject = '';
  #lesson: Lesson | null = null;
  #config: TrainingConfig | null = null;
  /** By image, the content whose features the thread has. */
  readonly #learned = new Map<number, string>();
  readonly #looked = new Map<number, string>();
  /** Contents that could not be read. */
  readonly #unreadable = new Set<string>();
  #rounds = 0;
  /** Asked to pause since the round under way began, perhaps while it still computed features. */
  #pausing = false;

  constructor(ports: AppPorts, problem: (problem: Problem) => void) {
    this.#ports = ports;
    this.#problem = problem;
  }

  /** Finished ones since its classes were last others. */
  get rounds(): number {
    return this.#rounds;
  }

  isReadable(image: AssistImage): boolean {
    return !this.#unreadable.has(image.sha256);
  }

  /** Whether the classes of the labels are those of the rounds so far. */
  isOf(lesson: Lesson, { severalImageClasses }: AssistLabels): boolean {
    return this.#subject === subjectKey(lesson, severalImageClasses);
  }

  /** One round on these labels; its suggestions come by {@link suggest}. */
  async round(labels: AssistLabels, lesson: Lesson, signal: AbortSignal): Promise<LearnedRound> {
    this.#pausing = false;
    await this.#begin(labels, lesson, signal);
    await this.#add(labels.learned, 'learn', signal);
    await this.#add(labels.validated, 'look', signal);
    const train = this.#samples(labels.learned.filter(({ id }) => this.#learned.has(id)));
    const validation = this.#samples(labels.validated.filter(({ id }) => this.#looked.has(id)));
    const fresh = this.#rounds === 0;
    const steps = fresh ? FIRST_STEPS : STEPS;
    signal.throwIfAborted();
    const result =
      train.length === 0 || this.#isPausing
        ? { finished: false, metrics: {} }
        : await this.#thread.round({ train, validation, steps, fresh });
    if (result.finished) this.#rounds++;
    return { ...result, images: train.length, validation: validation.length };
  }

  /** What the last round suggests for images, by id; nothing before there was one. Also while another one is under way. */
  async suggest(
    images: readonly AssistImage[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<number, readonly OfferedSuggestion[]>> {
    if (this.#rounds === 0 || images.length === 0) return new Map();
    const [subject, lesson] = [this.#subject, this.#lesson!];
    await this.#add(images, 'look', signal);
    const known = images.filter(({ id }) => this.#looked.has(id));
    const found = await this.#thread.predict(this.#samples(known), LEAST_SUGGESTED);
    // With other classes heads have begun anew meanwhile.
    if (this.#subject !== subject) return new Map();
    return new Map(found.map((one, index) => [known[index]!.id, suggestionsOf(one, lesson)]));
  }

  /** The thread forgets all images but these. */
  async keepOnly(learned: readonly AssistImage[], looked: readonly AssistImage[]): Promise<void> {
    const keep = (known: Map<number, string>, images: readonly AssistImage[]): number[] => {
      const ids = new Set(images.map(({ id }) => id));
      for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
      return [...known.keys()];
    };
    if (this.#subject === '') return;
    await this.#thread.keep(keep(this.#learned, learned), keep(this.#looked, looked));
  }

  /** The round under way ends after its present step; the next one goes on from there. */
  async pause(): Promise<void> {
    this.#pausing = true;
    if (this.#subject !== '') await this.#thread.stop();
  }

  /** Gives all memory back; what was learned is forgotten. */
  end(): void {
    this.#thread.end();
    this.#forget();
  }

  [Symbol.dispose](): void {
    this.end();
    this.#folder?.[Symbol.dispose]();
  }

  /** Asked anew after each wait. */
  get #isPausing(): boolean {
    return this.#pausing;
  }

  #forget(): void {
    this.#subject = '';
    this.#rounds = 0;
    this.#learned.clear();
    this.#looked.clear();
  }

  #samples(images: readonly AssistImage[]): TrainingSample[] {
    return samplesOf(images, this.#lesson!);
  }

  async #begin(labels: AssistLabels, lesson: Lesson, signal: AbortSignal): Promise<void> {
    if (this.isOf(lesson, labels)) {
      // A class may have another name.
      this.#lesson = lesson;
      return;
    }
    this.#forget();
    this.#lesson = lesson;
    this.#config = configOf(labels, this.#samples(labels.learned), lesson);
    const { imageClasses, objectClasses } = lesson;
    const engine = await engineFor(this.#ports);
    signal.throwIfAborted();
    await this.#thread.begin(engine, {
      config: this.#config,
      imageClasses,
      objectClasses,
    });
    this.#subject = subjectKey(lesson, labels.severalImageClasses);
  }

  /** Features of images that the thread does not have, or whose labels were others. */
  async #add(images: readonly AssistImage[], use: 'learn' | 'look', signal: AbortSignal): Promise<void> {
    const known = use === 'learn' ? this.#learned : this.#looked;
    const wanted = images.filter(
      (image) => this.isReadable(image) && known.get(image.id) !== contentKey(image),
    );
    if (wanted.length === 0) return;
    this.#folder ??= new TemporaryFolder('twinhead-assist-');
    this.#pixels ??= new PixelStore(this.#folder.path);
    using lease = await this.#pixels.lease({ images: wanted, size: this.#config!.inputSize, signal });
    lease.problems.forEach(this.#problem);
    const read: AssistImage[] = [];
    const rows: number[] = [];
    for (const [index, image] of wanted.entries()) {
      const row = lease.rows[index] ?? null;
      if (row === null) {
        this.#unreadable.add(image.sha256);
        known.delete(image.id);
      } else {
        read.push(image);
        rows.push(row);
      }
    }
    if (read.length === 0) return;
    const samples = this.#samples(read).map((sample, index) => ({ ...sample, row: rows[index]! }));
    signal.throwIfAborted();
    await this.#thread.add(lease.file, samples, use);
    for (const image of read) known.set(image.id, contentKey(image));
  }
}

function suggestionsOf(
  { imageClass, boxes }: RawPrediction,
  { imageClasses, objectClasses }: Lesson,
): OfferedSuggestion[] {
  const whole = [...(imageClass ?? [])]
    .map((score, index) => ({ classId: imageClasses[index]!.id, box: null, score }))
    .filter(({ score }) => score >= CLASS_PRESENT);
  const found = boxes.map(({ x, y, width, height, classIndex, score }) => ({
    classId: objectClasses[classIndex]!.id,
    box: { x, y, width, height },
    score,
  }));
  return [...whole, ...found];
}
