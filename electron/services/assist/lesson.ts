import type { AssistImage, AssistLabels } from '../../store/index.ts';
import type { NamedClass, TrainingSample } from '../../learning/index.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Sentence } from '../../common/sentences/sentence.ts';
import { indicesOf, sampleOf } from '../scoring/training-sample.ts';

/** Labelled images from which on the assistant begins. */
export const LEAST_IMAGES = 10;
/** Images that show a class from which on it is learned. */
const LEAST_OF_CLASS = 3;

/** What can be learned from the labels of now. */
export interface Lesson {
  /** Classes that are learned; empty: nothing of that kind is. */
  readonly imageClasses: readonly NamedClass[];
  readonly objectClasses: readonly NamedClass[];
  /** What is lacking until it can begin; null: nothing is. */
  readonly lacking: Sentence | null;
  /** What a person may want to know of it. */
  readonly notes: readonly Sentence[];
}

/** Images that show each class. */
function imagesByClass(images: readonly AssistImage[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { imageClassIds, boxes } of images) {
    const shown = new Set([
      ...imageClassIds,
      ...boxes.filter(({ crowd }) => !crowd).map(({ classId }) => classId),
    ]);
    for (const id of shown) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

/** Which classes the labels teach, and what is lacking: images, or images of a class. */
export function lessonOf({ imageClasses, objectClasses, learned, validated }: AssistLabels): Lesson {
  const counts = imagesByClass(learned);
  const countOf = ({ id }: NamedClass): number => counts.get(id) ?? 0;
  const enough = (one: NamedClass): boolean => countOf(one) >= LEAST_OF_CLASS;
  const told = imageClasses.filter(enough);
  const lesson = {
    // One class alone says nothing of an image.
    imageClasses: told.length > 1 ? told : [],
    objectClasses: objectClasses.filter(enough),
  };
  const few = [...imageClasses, ...objectClasses].filter((one) => countOf(one) > 0 && !enough(one));
  const notes: Sentence[] = [];
  if (few.length > 0) {
    const list = few.map((one) =>
      say('assist.note.class', { name: one.name, count: LEAST_OF_CLASS - countOf(one) }),
    );
    notes.push(say('assist.note.few', { classes: { list, comma: true } }));
  }
  const [only] = told;
  if (only !== undefined && told.length === 1)
    notes.push(say('assist.note.oneImageClass', { name: only.name }));
  if (validated.length === 0) notes.push(say('assist.note.noValidation'));
  return {
    ...lesson,
    notes,
    lacking: lacking(learned.length, lesson, [...objectClasses, ...imageClasses], countOf),
  };
}

function lacking(
  images: number,
  { imageClasses, objectClasses }: Pick<Lesson, 'imageClasses' | 'objectClasses'>,
  classes: readonly NamedClass[],
  countOf: (one: NamedClass) => number,
): Sentence | null {
  if (images < LEAST_IMAGES) return say('assist.lacking.images', { count: LEAST_IMAGES - images });
  if (imageClasses.length + objectClasses.length > 0) return null;
  const likeliest = classes
    .filter((one) => countOf(one) < LEAST_OF_CLASS)
    .toSorted((a, b) => countOf(b) - countOf(a))[0];
  if (likeliest === undefined) return say('assist.lacking.secondClass');
  return say('assist.lacking.class', {
    name: likeliest.name,
    count: LEAST_OF_CLASS - countOf(likeliest),
  });
}

/** The labels of images by the classes of a lesson; boxes of others are ignored at their place. */
export function samplesOf(images: readonly AssistImage[], lesson: Lesson): TrainingSample[] {
  const imageIndices = indicesOf(lesson.imageClasses);
  const objectIndices = indicesOf(lesson.objectClasses);
  return images.map((image) => {
    const boxes = image.boxes.map((box) => ({
      ...box,
      classId: objectIndices.has(box.classId) ? box.classId : (lesson.objectClasses[0]?.id ?? box.classId),
      crowd: box.crowd || !objectIndices.has(box.classId),
    }));
    return sampleOf({ ...image, boxes }, 0, imageIndices, objectIndices);
  });
}
