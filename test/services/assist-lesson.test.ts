import { describe, expect, it } from 'vitest';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import { lessonOf, samplesOf } from '../../electron/services/assist/lesson.ts';
import type { AssistImage, AssistLabels } from '../../electron/store/index.ts';

const RBC = { id: 4, name: 'RBC' };
const WBC = { id: 5, name: 'WBC' };
const SICK = { id: 8, name: 'sick' };
const WELL = { id: 9, name: 'well' };

let made = 0;
function image(classIds: readonly number[], imageClassIds: readonly number[] = []): AssistImage {
  const id = ++made;
  return {
    id,
    file: `/${id}.png`,
    sha256: 'a'.repeat(64),
    width: 100,
    height: 80,
    split: 'train',
    missing: false,
    state: classIds.length + imageClassIds.length > 0 ? 'labelled' : 'empty',
    revision: 1,
    imageClassIds,
    boxes: classIds.map((classId) => ({ x: 1, y: 2, width: 30, height: 40, classId, crowd: false })),
  };
}
const times = (count: number, make: () => AssistImage): AssistImage[] => Array.from({ length: count }, make);

const labels = (learned: readonly AssistImage[], validated: readonly AssistImage[] = []): AssistLabels => ({
  imageClasses: [SICK, WELL],
  objectClasses: [RBC, WBC],
  severalImageClasses: false,
  learned,
  labelled: learned.length,
  validated,
  ahead: [],
});
const said = (given: AssistLabels) => {
  const { lacking, notes } = lessonOf(given);
  return { lacking: lacking && inEnglish(lacking), notes: notes.map(inEnglish) };
};

describe('what the live assistant can learn', () => {
  it('says how many images are lacking', () => {
    expect(said(labels(times(9, () => image([RBC.id])))).lacking).toBe(
      'Assistant: label 1 more image to begin',
    );
    expect(said(labels([])).lacking).toBe('Assistant: label 10 more images to begin');
    expect(said(labels(times(10, () => image([RBC.id])))).lacking).toBeNull();
  });

  it('says of which class, where there are images enough', () => {
    const empty = times(9, () => image([]));
    expect(said(labels([...empty, image([WBC.id])])).lacking).toBe(
      'Assistant: label 2 more images with “WBC” to begin',
    );
    const same = times(10, () => image([], [SICK.id]));
    expect(said(labels(same)).lacking).toBe('Assistant: label 3 more images with “RBC” to begin');
    expect(said({ ...labels(same), imageClasses: [SICK], objectClasses: [] }).lacking).toBe(
      'Assistant: needs boxes, or images of a second class, to begin',
    );
  });

  it('leaves a class out until three images show it, and ignores its boxes there', () => {
    const learned = [...times(9, () => image([RBC.id])), image([RBC.id, WBC.id])];
    const lesson = lessonOf(labels(learned));
    expect(lesson.objectClasses).toEqual([RBC]);
    expect(said(labels(learned)).notes[0]).toBe('Not suggested yet: “WBC” (label 2 more images with it).');
    expect(samplesOf(learned, lesson).at(-1)!.boxes).toMatchObject([
      { classIndex: 0, crowd: false },
      { classIndex: 0, crowd: true },
    ]);
  });

  it('says nothing of the class of an image where there is one class only', () => {
    const learned = times(10, () => image([RBC.id], [SICK.id]));
    const lesson = lessonOf(labels(learned));
    expect(lesson.imageClasses).toEqual([]);
    expect(said(labels(learned)).notes).toContain(
      'Only “sick” has enough images, so the class of an image is not suggested. Label images of another class.',
    );
    expect(samplesOf(learned, lesson)[0]!.imageClass).toBeNull();
  });

  it('learns the class of an image once two have images enough', () => {
    const learned = [...times(7, () => image([], [SICK.id])), ...times(3, () => image([], [WELL.id]))];
    expect(lessonOf(labels(learned))).toMatchObject({ imageClasses: [SICK, WELL], objectClasses: [] });
  });

  it('says where there is no score, and why', () => {
    const learned = times(10, () => image([RBC.id]));
    const none =
      'There is no score, since no image of the validation split is labelled. Assign splits on the Dataset page.';
    expect(said(labels(learned)).notes).toContain(none);
    expect(said(labels(learned, [image([RBC.id])])).notes).not.toContain(none);
  });
});
