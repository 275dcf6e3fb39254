import { setImmediate as nextTurn } from 'node:timers/promises';
import type {
  Calibration,
  ClassCurve,
  Evaluation,
  EvaluationIntervals,
  FalseAlarms,
  Interval,
  ScoreBreakdown,
  Split,
} from '../../common/entities.ts';
import type { Rectangle } from '../../common/geometry.ts';
import { givesBoxes } from '../../common/heads.ts';
import type { TaskName } from '../../common/heads.ts';
import { byIndex } from '../../common/score-parts.ts';
import { wilson } from '../../common/wilson.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Said } from '../../common/sentences/sentence.ts';
import { someNames } from '../../common/some-names.ts';
import type { ClassThreshold, ThresholdGoal } from '../../common/thresholds.ts';
import { parseTrainingConfig } from '../../learning/config/config.ts';
import { chosenHeads } from '../../learning/config/chosen-heads.ts';
import { answersOf } from '../../learning/heads/answers.ts';
import type { FoundAnswer, RawPrediction, TaskScorer } from '../../learning/heads/types.ts';
import { drawSamples, middleOf } from '../../learning/metrics/bootstrap.ts';
import { overallScore } from '../../learning/metrics/index.ts';
import { imageClassesOf } from '../../learning/samples/dataset.ts';
import type { TrainingSample } from '../../learning/samples/dataset.ts';
import { scoreBins, thousandthPoints } from '../../learning/metrics/score-bins.ts';
import { ratio } from '../../learning/metrics/classification.ts';
import { chooseThreshold } from '../../learning/metrics/thresholds.ts';
import {
  answeredAt,
  answeredImages,
  answeringRun,
  chosenImages,
  copiedImages,
  filterNow,
  labelsRevision,
  objectIn,
  overwrittenImages,
  readAnswers,
  splitsAt,
  thresholdsOf,
  unansweredImages,
} from '../../store/index.ts';
import type { AnsweredImage, ImageLabels, Reader } from '../../store/index.ts';
import { breakDown } from './breakdown.ts';
import { attributeOf } from './by-attribute.ts';
import type { AttributedBox, AttributeValue } from './by-attribute.ts';
import { headDisagreements } from './head-disagreement.ts';
import type { TwiceSaid } from './head-disagreement.ts';
import { PRESENT_LABELS, snapshotLabels } from './label-source.ts';
import type { LabelSource } from './label-source.ts';
import { unansweredNotes } from './scoring.ts';
import type { ItemPage, ItemQuery, ScoredItem, ScoredSet, Scores } from './scoring.ts';
import { indicesOf, knownBoxes, sampleOf } from './training-sample.ts';

/** Samples of the bootstrap, and the seed by which they are the same each time. */
export const BOOTSTRAP = { samples: 1000, seed: 1 };
export const SAMPLES_A_TURN = 10;
const CURVE_POINTS = 300;

export interface TrainedClass {
  readonly id: number;
  /** As it is called now. */
  readonly name: string;
  readonly gone: boolean;
}

/** What the matches rest on beside the labels: while it is the same, only changed images are matched again. */
interface Frame {
  /** On whichever split it was last. */
  readonly answeredAt: string;
  readonly epoch: number;
  readonly imageClasses: readonly TrainedClass[];
  readonly objectClasses: readonly TrainedClass[];
  /** On which predictions are stored. */
  readonly imageIds: readonly number[];
}

/** Somebody has looked at the picture that was predicted on. */
const isCounted = ({ state, changed }: AnsweredImage): boolean => state !== 'unseen' && !changed;

export interface Head {
  readonly task: TaskName;
  /** That it tells apart. */
  readonly classes: readonly TrainedClass[];
  readonly scorer: TaskScorer;
}

/** What a comparison reads of a set, by index of the image. */
export interface ComparedSide {
  readonly imageIds: readonly number[];
  readonly isCounted: (index: number) => boolean;
  readonly heads: readonly Head[];
  /** Weights of the tasks in the overall score. */
  readonly weights: Readonly<Record<string, number>>;
  /** The score from which the run shows boxes. */
  readonly shownFrom: number;
  readonly itemOf: (answer: ListedAnswer) => ScoredItem;
}

/** With the classes of its head. */
export type ListedAnswer = FoundAnswer & { readonly classes: readonly TrainedClass[] };

interface Listed {
  readonly key: string;
  readonly answers: readonly ListedAnswer[];
  readonly changed: Set<number>;
}

const NO_LIST = (): Listed => ({ key: '', answers: [], changed: new Set() });

function labelsOfBoth(sample: TrainingSample): TwiceSaid['labels'] {
  const imageClasses = imageClassesOf(sample);
  if (imageClasses === null || sample.boxes === null) return null;
  return { imageClasses, objects: [...new Set(sample.boxes.map(({ classIndex }) => classIndex))] };
}

/** Stored predictions of a run on a split, matched with the labels; kept from one question to the next. */
export class PredictedSet {
  readonly #set: ScoredSet;
  readonly #source: LabelSource;
  #frame = '';
  #at: Frame | null = null;
  #heads: readonly Head[] = [];
  #overall: Readonly<Record<string, number>> = {};
  #shownFrom = 0;
  /** By index of the image: what was matched last. */
  #seen: (Pick<AnsweredImage, 'revision' | 'state' | 'changed'> | null)[] = [];
  #labels: (ImageLabels['boxes'] | null)[] = [];
  #predictions: readonly RawPrediction[] = [];
  /** Whether an image can have several classes. */
  #several = false;
  /** By index of the image: what it is labelled with, where both heads have something to learn from. */
  #both: TwiceSaid['labels'][] = [];
  /** By index of the image; null until they are asked for, and after a correction. */
  #disagreements: readonly number[] | null = null;
  /** The list that was asked for last, and the images that were matched again since. */
  #listed: Listed = NO_LIST();

  constructor(set: ScoredSet) {
    this.#set = set;
    this.#source = set.snapshot === undefined ? PRESENT_LABELS : snapshotLabels(set.snapshot);
  }

  scores(reader: Reader): Scores | null {
    const images = this.#refresh(reader);
    if (images === null) return null;
    const { runId, split } = this.#set;
    const evaluated = this.#heads.map(({ task, scorer }) => ({ task, found: scorer.evaluate() }));
    const byTask = <Value>(valueOf: (found: (typeof evaluated)[number]['found']) => Value) =>
      Object.fromEntries(evaluated.map(({ task, found }) => [task, valueOf(found)]));
    const { answeredAt: last, epoch } = this.#at!;
    return {
      evaluation: {
        run: runId,
        split,
        dataRevision: labelsRevision(reader),
        images: images.filter(isCounted).length,
        overall: overallScore(
          byTask((found) => found?.score ?? null),
          this.#overall,
        ),
        ...(byTask((found) => found?.scores() ?? null) as Pick<Evaluation, TaskName>),
      },
      predictedAt: answeredAt(reader, runId, this.#set) ?? last,
      epoch,
      notes: this.#notes(reader, images),
    };
  }

  /** A page of what a part of the scores counts, of one image or all. Null where no predictions are stored. */
  items(
    reader: Reader,
    query: ItemQuery,
    { imageId, offset = 0, limit }: ItemPage = {},
  ): { total: number; items: ScoredItem[] } | null {
    const all = this.#list(reader, query);
    if (all === null) return null;
    const { imageIds } = this.#at!;
    const wanted = imageId === undefined ? all : all.filter(({ image }) => imageIds[image] === imageId);
    const page = wanted.slice(offset, limit === undefined ? undefined : offset + limit);
    return { total: wanted.length, items: page.map((answer) => this.#itemOf(answer)) };
  }

  /** The images of a part in its order, each once, at most so many. Null where no predictions are stored. */
  images(reader: Reader, query: ItemQuery, most: number): number[] | null {
    const all = this.#list(reader, query);
    if (all === null) return null;
    const ids = new Set<number>();
    for (const { image } of all) {
      if (ids.size === most) break;
      ids.add(this.#at!.imageIds[image]!);
    }
    return [...ids];
  }

  /**
   * What a part counts, in the order asked for. The list that was asked for last is kept: of it, only images that were
   * matched again since are looked through again.
   */
  #list(reader: Reader, query: ItemQuery): readonly ListedAnswer[] | null {
    const images = this.#refresh(reader);
    if (images === null) return null;
    const { part, sort, descending } = query;
    const own = thresholdsOf(reader, this.#set.runId)?.classes ?? [];
    const thresholds = new Map(own.map(({ classId, score }) => [classId, score]));
    const key = JSON.stringify([query, [...thresholds]]);
    const { changed, answers } = this.#listed;
    const isKept = this.#listed.key === key;
    if (isKept && changed.size === 0) return answers;
    // What is suspicious on one image depends on all others.
    const fresh = isKept && part.of !== 'suspect' ? changed : undefined;
    const found = this.#heads.flatMap(({ scorer, classes }): ListedAnswer[] => {
      const wanted = byIndex(part, classes, thresholds);
      if (wanted === null) return [];
      return scorer
        .find(wanted, fresh)
        .filter(({ image }) => part.of !== 'falseAlarms' || images[image]!.state === 'empty')
        .filter((answer) => part.of !== 'attribute' || this.#hasValue(answer, part))
        .map((answer) => ({ ...answer, classes }));
    });
    const all = fresh ? [...answers.filter(({ image }) => !fresh.has(image)), ...found] : found;
    const sign = descending ? -1 : 1;
    const valueOf = (one: ListedAnswer): number =>
      (sort === 'disagreement' ? this.#disagreement(one.image) : one[sort]) ?? -1;
    all.sort((a, b) => sign * (valueOf(a) - valueOf(b)) || a.image - b.image);
    this.#listed = { key, answers: all, changed: new Set() };
    return all;
  }

  /** The set beside another one: null where no predictions are stored. */
  side(reader: Reader): ComparedSide | null {
    const images = this.#refresh(reader);
    if (images === null) return null;
    return {
      imageIds: images.map(({ id }) => id),
      isCounted: (index) => isCounted(images[index]!),
      heads: this.#heads,
      weights: this.#overall,
      shownFrom: this.#shownFrom,
      itemOf: (answer) => this.#itemOf(answer),
    };
  }

  /** How far the heads contradict each other on an image; null where there are not both. */
  #disagreement(image: number): number | null {
    const { imageClasses, objectClasses } = this.#at!;
    if (this.#heads.length < 2) return null;
    this.#disagreements ??= headDisagreements(
      this.#predictions.flatMap(({ imageClass, boxes }, index) =>
        imageClass === null ? [] : [{ classes: imageClass, boxes, labels: this.#both[index] ?? null }],
      ),
      imageClasses.length,
      objectClasses.length,
      this.#several,
    );
    return this.#disagreements?.[image] ?? null;
  }

  #itemOf(answer: ListedAnswer): ScoredItem {
    const { image, score, overlap, loss, error, box, truth, imageClasses, classes } = answer;
    const label = truth === null ? null : this.#labels[image]![truth]!;
    const placed = ({ x, y, width, height }: Rectangle): Rectangle => ({ x, y, width, height });
    const idsOf = (indices: readonly number[]): number[] =>
      indices.flatMap((index) => (classes[index]!.gone ? [] : [classes[index]!.id]));
    return {
      imageId: this.#at!.imageIds[image]!,
      ...{ score, loss, error },
      overlap: box === null || label === null ? null : overlap,
      disagreement: this.#disagreement(image),
      found: box && { ...placed(box), classId: classes[box.classIndex]!.id },
      truth: label && { ...placed(label), id: label.id, classId: label.classId },
      imageClasses: imageClasses && {
        labelled: idsOf(imageClasses.labelled),
        predicted: idsOf(imageClasses.predicted),
      },
    };
  }

  /**
   * How far the scores may be off, by the labels of now: by resampling the images (percentile bootstrap, Efron 1979), by
   * Wilson's interval where a score is a share of the images. Found in steps, between which others have their turns.
   */
  intervals(reader: Reader): (() => Promise<EvaluationIntervals>) | null {
    const images = this.#refresh(reader);
    if (images === null) return null;
    const weights = this.#overall;
    const heads = this.#heads.map(({ task, scorer }) => ({
      task,
      found: scorer.evaluate(),
      resampled: scorer.resampler(),
    }));
    const drawn = images.flatMap((image, index) => (isCounted(image) ? [index] : []));
    /** One image says nothing of how images differ. */
    const few = (count: number): boolean => count < 2;
    return async () => {
      const samples: Record<string, number | null>[] = [];
      for (const counts of drawSamples(drawn, images.length, BOOTSTRAP)) {
        samples.push(Object.fromEntries(heads.map(({ task, resampled }) => [task, resampled(counts)])));
        if (samples.length % SAMPLES_A_TURN === 0) await nextTurn();
      }
      const tasks = heads.map(({ task, found }): [TaskName, Interval | null] => {
        if (found === null || few(drawn.length)) return [task, null];
        const { score, shareOf } = found;
        if (shareOf !== null) return [task, few(shareOf) ? null : wilson(score, shareOf)];
        return [task, middleOf(samples.map((one) => one[task] ?? null))];
      });
      return {
        samples: samples.length,
        overall: few(drawn.length) ? null : middleOf(samples.map((one) => overallScore(one, weights))),
        tasks: Object.fromEntries(tasks),
      };
    };
  }

  /** How each class of boxes fares from which score on. */
  curves(reader: Reader): ClassCurve[] | null {
    if (this.#refresh(reader) === null) return null;
    return this.#heads.flatMap(({ scorer, classes }) =>
      (scorer.curves() ?? []).map(({ points: all, truths }, index): ClassCurve => {
        const { id: classId, name } = classes[index]!;
        const points = thousandthPoints(all);
        const step = Math.ceil(points.length / CURVE_POINTS);
        const kept = points.filter((_, at) => at % step === 0 || at === points.length - 1);
        return {
          ...{ classId, name, truths },
          points: kept.map(({ score, right, wrong }) => ({
            ...{ score, right, wrong },
            precision: ratio(right, right + wrong),
            recall: ratio(right, truths),
            f1: ratio(2 * right, right + wrong + truths),
          })),
          bins: scoreBins(all),
        };
      }),
    );
  }

  /** What is found on images that are known to be empty. */
  falseAlarms(reader: Reader): FalseAlarms | null {
    const images = this.#refresh(reader);
    if (images === null || !this.#heads.some(({ task }) => givesBoxes(task))) return null;
    const query = { part: { of: 'falseAlarms' }, sort: 'score', descending: true } as const;
    const found = this.#list(reader, query) ?? [];
    return {
      images: images.filter((image) => isCounted(image) && image.state === 'empty').length,
      alarmed: new Set(found.map(({ image }) => image)).size,
      detections: found.length,
      from: thresholdsOf(reader, this.#set.runId) === null ? this.#shownFrom : null,
    };
  }

  /** The scores by group and by number of boxes. */
  breakdown(reader: Reader): ScoreBreakdown | null {
    const images = this.#refresh(reader);
    if (images === null) return null;
    const counted = images.flatMap((image, index) => {
      if (!isCounted(image)) return [];
      const boxes = this.#labels[index]?.length ?? 0;
      return [{ id: image.id, index, boxes: boxes === 0 && image.state !== 'empty' ? null : boxes }];
    });
    const heads = this.#heads.map(({ task, scorer }) => ({ task, resampled: scorer.resampler() }));
    return breakDown(reader, counted, images.length, heads, this.#attributedBoxes(counted));
  }

  /** The boxes to be found, with their attributes. */
  #attributedBoxes(images: readonly { readonly index: number }[]): AttributedBox[] {
    const head = this.#heads.find(({ task }) => givesBoxes(task));
    // Where no box has one, nobody asks.
    const any = this.#labels.some((boxes) =>
      boxes?.some(({ attributes }) => Object.keys(attributes).length > 0),
    );
    if (head === undefined || !any) return [];
    const found = new Map(
      head.scorer
        .find({ of: 'found' })
        .map(({ image, truth, overlap }) => [`${image} ${truth ?? ''}`, overlap]),
    );
    return images.flatMap(({ index: image }) =>
      (this.#labels[image] ?? []).flatMap(({ attributes, crowd }, truth) =>
        crowd ? [] : [{ image, attributes, overlap: found.get(`${image} ${truth}`) ?? null }],
      ),
    );
  }

  /** Whether a labelled box has a value of an attribute. */
  #hasValue(
    { image, truth }: FoundAnswer,
    { name, value }: { name: string; value: AttributeValue },
  ): boolean {
    const box = truth === null ? undefined : this.#labels[image]?.[truth];
    return box !== undefined && attributeOf(box.attributes, name) === value;
  }

  /** The temperature that fits the labels best. */
  temperature(reader: Reader): number | null {
    if (this.#refresh(reader) === null) return null;
    return this.#heads.map(({ scorer }) => scorer.temperature()).find((found) => found !== null) ?? null;
  }

  calibration(reader: Reader, temperature: number | null): Calibration | null {
    if (this.#refresh(reader) === null) return null;
    const all = this.#heads.map(({ scorer }) => scorer.calibration(temperature));
    return all.find((found) => found !== null) ?? null;
  }

  /** The scores that serve a goal, for each class of which there is something to say. */
  thresholds(reader: Reader, goal: ThresholdGoal): ClassThreshold[] | null {
    if (this.#refresh(reader) === null) return null;
    return this.#heads.flatMap(({ scorer, classes }) =>
      (scorer.curves() ?? []).flatMap((curve, index) => {
        const choice = chooseThreshold(curve, goal);
        const { id: classId, name } = classes[index]!;
        return choice === null ? [] : [{ classId, name, ...choice }];
      }),
    );
  }

  /** Matches what has changed. Null where no predictions are stored. */
  #refresh(reader: Reader): readonly AnsweredImage[] | null {
    const { runId } = this.#set;
    const run = answeringRun(reader, runId);
    if (run === null) return null;
    const images = this.#source.images(reader, answeredImages(reader, runId, this.#set));
    const names = this.#source.classNames(reader);
    const now = (classes: readonly { id: number; name: string }[]): TrainedClass[] =>
      classes.map(({ id, name }) => ({ id, name: names.get(id) ?? name, gone: !names.has(id) }));
    const imageClasses = now(run.imageClasses);
    const objectClasses = now(run.objectClasses);
    const imageIds = images.map(({ id }) => id);
    const frame = { answeredAt: run.at, epoch: run.epoch, imageClasses, objectClasses, imageIds };
    const text = JSON.stringify(frame);
    if (text !== this.#frame) {
      this.#build(reader, frame, run.objectClasses.length);
      this.#frame = text;
    }
    this.#match(reader, images);
    return images;
  }

  #build(reader: Reader, frame: Frame, trained: number): void {
    const { runId } = this.#set;
    const { config: stored } = reader.get<{ config: string }>('SELECT config FROM runs WHERE id = ?', runId)!;
    const config = parseTrainingConfig(objectIn(stored, 'runs.config'));
    const answers = readAnswers(reader, runId, frame.imageIds);
    // What is found of a class that is gone is left out: it has no labels to be compared with.
    const there = frame.objectClasses.filter(({ gone }) => !gone);
    const indices = indicesOf(there);
    const newIndex = Array.from({ length: trained }, (_, old) => indices.get(frame.objectClasses[old]!.id));
    const predictions = frame.imageIds.map((id): RawPrediction => {
      const { boxes, imageClass } = answers.get(id)!;
      return answersOf({
        imageClass,
        boxes: boxes.flatMap((box) => {
          const classIndex = newIndex[box.classIndex];
          return classIndex === undefined ? [] : [{ ...box, classIndex }];
        }),
      });
    });
    const classes = { imageClasses: frame.imageClasses, objectClasses: there };
    this.#listed = NO_LIST();
    this.#at = { ...frame, objectClasses: there };
    this.#overall = config.evaluation.overall;
    this.#shownFrom = config.evaluation.minScore;
    this.#heads = chosenHeads(config).map(({ task, group }) => ({
      task: task.name,
      classes: classes[task.classes],
      scorer: task.scorer(
        predictions,
        classes[task.classes].map(({ name }) => name),
        config[group as keyof typeof config],
        this.#shownFrom,
      ),
    }));
    this.#predictions = predictions;
    this.#several = config.imageHead.classes === 'several';
    this.#both = predictions.map(() => null);
    this.#disagreements = null;
    this.#seen = predictions.map(() => null);
    this.#labels = predictions.map(() => null);
  }

  #match(reader: Reader, images: readonly AnsweredImage[]): void {
    const { imageClasses, objectClasses } = this.#at!;
    const stale = images.flatMap((image, index) => {
      const seen = this.#seen[index] ?? null;
      return seen?.revision === image.revision && seen.state === image.state && seen.changed === image.changed
        ? []
        : [{ image, index }];
    });
    if (stale.length === 0) return;
    this.#disagreements = null;
    const labels = this.#source.labels(
      reader,
      stale.map(({ image }) => image.id),
    );
    const [imageIndices, objectIndices] = [indicesOf(imageClasses), indicesOf(objectClasses)];
    for (const { image, index } of stale) {
      const here = labels.get(image.id)!;
      const counts = isCounted(image);
      const sample = sampleOf({ ...image, ...here }, index, imageIndices, objectIndices);
      for (const { scorer } of this.#heads) scorer.label(index, counts ? sample : null);
      this.#labels[index] = knownBoxes(here.boxes, objectIndices);
      this.#both[index] = counts ? labelsOfBoth(sample) : null;
      this.#seen[index] = image;
      this.#listed.changed.add(index);
    }
  }

  /** What has to be known of the scores. Null where no predictions are stored. */
  notes(reader: Reader): Said[] | null {
    const { runId } = this.#set;
    if (answeringRun(reader, runId) === null) return null;
    return this.#notes(reader, answeredImages(reader, runId, this.#set));
  }

  /**
   * Images that show what the run was trained on: themselves, those that were moved out of its training set afterwards
   * too, or the paths of those that have the content of one of that set.
   */
  #trainedOn(
    reader: Reader,
    images: readonly AnsweredImage[],
  ): { readonly own: number; readonly copies: readonly string[] } {
    const { runId } = this.#set;
    const run = reader.get<{ at: string }>('SELECT created_at AS at FROM runs WHERE id = ?', runId)!;
    const counted = new Set(images.filter(isCounted).map(({ id }) => id));
    const pairs = copiedImages(reader, runId, this.#set).filter(({ id }) => counted.has(id));
    const before = splitsAt(reader, [...counted, ...pairs.map(({ otherId }) => otherId)], run.at);
    const splits = new Map(images.map(({ id, split }) => [id, split]));
    const chosen = chosenImages(reader, runId);
    const learned = (id: number, now: Split | undefined): boolean =>
      chosen === null ? (before.get(id) ?? now) === 'train' : chosen.has(id);
    const isOwn = (id: number): boolean => learned(id, splits.get(id));
    const copies = pairs.filter(({ id, otherId, otherSplit }) => !isOwn(id) && learned(otherId, otherSplit));
    return {
      own: [...counted].filter(isOwn).length,
      copies: [...new Map(copies.map(({ id, path }) => [id, path])).values()],
    };
  }

  /** How the images stand to the saved filter that has chosen them. */
  #filterNotes(reader: Reader): Said[] {
    const { runId, filter: name } = this.#set;
    const now = name === undefined ? null : filterNow(reader, runId, name);
    if (now === null || name === undefined) return [];
    return [
      ...(now.is === 'same' ? [] : [say(`evaluation.filter.${now.is}`, { name })]),
      ...(now.more === 0 ? [] : [say('evaluation.filter.more', { name, count: now.more })]),
    ];
  }

  #notes(reader: Reader, images: readonly AnsweredImage[]): Said[] {
    const { runId } = this.#set;
    const { own, copies } = this.#trainedOn(reader, images);
    const all = own > 1 && own === images.filter(isCounted).length;
    const notes = [
      ...(own === 0 ? [] : [say(all ? 'evaluation.trainedOn.all' : 'evaluation.trainedOn', { count: own })]),
      ...(copies.length === 0
        ? []
        : [say('evaluation.trainedOn.copies', { count: copies.length, files: someNames(copies) })]),
      ...this.#filterNotes(reader),
      ...unansweredNotes(unansweredImages(reader, runId, this.#set), this.#set.filter !== undefined),
    ];
    const changed = images.filter((image) => image.changed).length;
    if (changed > 0) notes.push(say('evaluation.changed', { count: changed }));
    const overwritten = overwrittenImages(reader, runId, this.#set);
    if (overwritten.length > 0)
      notes.push(say('evaluation.overwritten', { count: overwritten.length, files: someNames(overwritten) }));
    const run = answeringRun(reader, runId)!;
    for (const kind of ['object', 'image'] as const) {
      const trained = kind === 'object' ? run.objectClasses : run.imageClasses;
      // A network without that head tells no classes apart.
      if (trained.length === 0) continue;
      const now = reader.all<{ id: number; name: string }>(
        'SELECT id, name FROM classes WHERE kind = ? ORDER BY position, id',
        kind,
      );
      const lacking = (all: readonly { id: number; name: string }[], from: ReadonlyMap<number, number>) =>
        all
          .filter(({ id }) => !from.has(id))
          .map(({ name }) => name)
          .join(', ');
      const gone = lacking(trained, indicesOf(now));
      const added = lacking(now, indicesOf(trained));
      if (gone !== '') notes.push(say(`evaluation.gone.${kind}`, { names: gone }));
      if (added !== '') notes.push(say('evaluation.added', { names: added }));
    }
    return notes;
  }
}
