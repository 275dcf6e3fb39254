import { describe, expect, it } from 'vitest';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import type { AnnotationOperation, ImageAnnotations } from '../../electron/common/entities.ts';
import type { ImportedImage } from '../../electron/store/index.ts';
import { allLabels, box, draw, labels, useProject } from './support.ts';
import { saying } from '../support/in-english.ts';

const project = useProject();

function suggested(
  imageId: number,
  boxes: { className?: string; x?: number; score?: number | null }[],
  imageClassNames: string[] | null = null,
): ImportedImage {
  return {
    imageId,
    boxes: boxes.map(({ className = 'cell', x = 1, score = 0.5 }) => ({
      ...box(0, x),
      className,
      score,
      extra: null,
    })),
    imageClassNames,
    imageClassScores: imageClassNames?.map(() => 0.8),
    split: 'val',
    verifiedEmpty: true,
  };
}

const suggest = (images: ImportedImage[], name = 'run-1', title = `Suggestions of ${name}`) =>
  project.store.importAnnotations({
    title,
    suggestedBy: { kind: 'model', name },
    images,
  });

function edit(imageId: number, ...operations: AnnotationOperation[]): ImageAnnotations {
  const { revision } = project.store.images.get(imageId);
  return project.store.annotations.edit(imageId, revision, operations).annotations;
}

const accept = (suggestionId: number): AnnotationOperation => ({ type: 'accept-suggestion', suggestionId });
const reject = (suggestionId: number): AnnotationOperation => ({ type: 'reject-suggestion', suggestionId });
const health = (): unknown => project.store.fullCheck().problems;

describe('suggestions', () => {
  it('are no labels: state, counts, uses, splits and what a model learns from stay as they are', async () => {
    const [a, b] = project.addImages(2) as [number, number];
    draw(project.store, b, box(project.store.classes.create({ kind: 'object', name: 'cell' }).id, 20));
    const before = { labels: allLabels(project.store), info: project.store.info() };
    const learned = project.store.trainingSnapshot();
    expect(await suggest([suggested(a, [{}, { x: 9 }], ['sick']), suggested(b, [{}])])).toMatchObject({
      suggestions: 4,
      boxesAdded: 0,
      images: 2,
      classesCreated: 1,
    });
    expect(allLabels(project.store)).toEqual(before.labels);
    const { boxes, byState, bySplit } = project.store.info();
    expect({ boxes, byState, bySplit }).toEqual({
      boxes: before.info.boxes,
      byState: before.info.byState,
      bySplit: before.info.bySplit,
    });
    expect(project.store.trainingSnapshot().images).toEqual(learned.images);
    expect(project.store.classes.list().map(({ uses }) => uses)).toEqual([1, 0]);
    expect(project.store.images.get(a)).toMatchObject({ state: 'unseen', suggestionCount: 3, boxCount: 0 });
    expect(health()).toEqual([]);
  });

  it('come with source, name and score, the surest first, those without a score last', async () => {
    const [a] = project.addImages(1) as [number];
    await suggest([
      suggested(a, [
        { x: 1, score: null },
        { x: 2, score: 0.25 },
        { x: 3, score: 0.75 },
      ]),
    ]);
    const { suggestions } = project.store.annotations.get(a);
    expect(suggestions.map(({ score, box: at }) => [score, at?.x])).toEqual([
      [0.75, 3],
      [0.25, 2],
      [null, 1],
    ]);
    expect(suggestions[0]).toMatchObject({ source: 'model', sourceName: 'run-1' });
  });

  it('that are there already, as labels or suggestions, are not made twice', async () => {
    const [a] = project.addImages(1) as [number];
    const cell = project.store.classes.create({ kind: 'object', name: 'cell' }).id;
    draw(project.store, a, box(cell, 5));
    await suggest([suggested(a, [{ x: 5 }, { x: 6 }], ['sick'])]);
    expect(await suggest([suggested(a, [{ x: 5 }, { x: 6 }], ['sick'])], 'run-2')).toMatchObject({
      suggestions: 0,
      images: 0,
    });
    expect(project.store.annotations.get(a).suggestions).toHaveLength(2);
  });

  it('outside the image are refused whole', async () => {
    const [a] = project.addImages(1) as [number];
    await expect(suggest([suggested(a, [{ x: 1 }, { x: 99 }])])).rejects.toMatchObject({
      code: 'invalid-input',
      details: { place: 'images[0].boxes[1]' },
    });
    expect(project.store.annotations.get(a).suggestions).toEqual([]);
    expect(project.store.classes.list()).toEqual([]);
  });

  it('are one step of the project’s undo, which leaves alone what was decided since', async () => {
    const [a, b] = project.addImages(2) as [number, number];
    await suggest([suggested(a, [{ x: 1 }, { x: 2 }]), suggested(b, [{ x: 3 }])]);
    edit(a, accept(project.store.annotations.get(a).suggestions[0]!.id));
    const kept = labels(project.store.annotations.get(a));
    expect(project.store.journal.undoProject()?.summary).toBe('Suggestions of run-1');
    expect([a, b].map((id) => project.store.annotations.get(id).suggestions)).toEqual([[], []]);
    expect(labels(project.store.annotations.get(a))).toEqual(kept);
    project.store.journal.redoProject();
    expect(project.store.annotations.get(b).suggestions).toMatchObject([{ box: { x: 3 } }]);
    expect(health()).toEqual([]);
  });

  it('are told by what came in, not by the name of its source alone, in an image’s history', async () => {
    const [a] = project.addImages(1) as [number];
    await suggest([suggested(a, [{ x: 1 }])], 'run-1', 'run-1');
    await project.store.importAnnotations({ title: 'cells.json', images: [suggested(a, [{ x: 9 }])] });
    project.store.journal.undoProject();
    expect(project.store.journal.list(a).map(({ summary }) => inEnglish(summary))).toEqual([
      'Undone: imported cells.json',
      'Imported cells.json',
      'Added suggestions of run-1',
    ]);
  });

  it('that arrive never stand in the way of undoing a person’s edit', async () => {
    const [a] = project.addImages(1) as [number];
    const cell = project.store.classes.create({ kind: 'object', name: 'cell' }).id;
    draw(project.store, a, box(cell, 50));
    await suggest([suggested(a, [{}])]);
    expect(project.store.annotations.get(a).canUndo).toBe(true);
    const after = project.store.annotations.undo(a);
    expect(after.boxes).toEqual([]);
    expect(after.suggestions).toHaveLength(1);
  });
});

describe('accepting a suggestion', () => {
  it('makes a label with its source and score, in the journal with the model’s name; undo brings it back', async () => {
    const [a] = project.addImages(1) as [number];
    await suggest([suggested(a, [{ x: 1 / 3, score: 0.1 + 0.2 }], ['sick'])]);
    const before = project.store.annotations.get(a);
    const [whole, part] = before.suggestions;
    const after = edit(a, accept(part!.id), accept(whole!.id));
    expect(after.boxes).toMatchObject([{ ...part!.box, source: 'model', score: part!.score }]);
    expect(after.image.imageClassIds).toEqual([whole!.classId]);
    expect(after.image).toMatchObject({ state: 'labelled', suggestionCount: 0 });
    expect(after.suggestions).toEqual([]);
    expect(project.store.journal.list(a)[0]).toMatchObject({
      actor: 'person',
      summary: saying(/^Accepted 2 suggestions of run-1$/),
    });
    expect(project.store.journal.list(a)[1]).toMatchObject({ actor: 'model', actorName: 'run-1' });
    project.reopen();
    const undone = project.store.annotations.undo(a);
    expect(undone.suggestions).toEqual(before.suggestions);
    expect(labels(undone)).toEqual(labels(before));
    expect(labels(project.store.annotations.redo(a))).toEqual(labels(after));
    expect(health()).toEqual([]);
  });

  it('tells the ids of the boxes that it made, among those that were drawn, in the order of the operations', async () => {
    const [a] = project.addImages(1) as [number];
    await suggest([suggested(a, [{ x: 1 }], ['sick'])]);
    const { image, suggestions } = project.store.annotations.get(a);
    const cell = project.store.classes.find('object', 'cell')!.id;
    const { createdBoxIds, annotations } = project.store.annotations.edit(a, image.revision, [
      { type: 'add-box', box: box(cell, 40) },
      ...suggestions.map(({ id }) => accept(id)),
    ]);
    expect(createdBoxIds.map((id) => annotations.boxes.find((one) => one.id === id)?.x)).toEqual([40, 1]);
  });

  it('twice, of another image or after a rejection is refused', async () => {
    const [a, b] = project.addImages(2) as [number, number];
    await suggest([suggested(a, [{}]), suggested(b, [{}])]);
    const [of] = project.store.annotations.get(a).suggestions;
    for (const operations of [
      [accept(of!.id), accept(of!.id)],
      [reject(of!.id), accept(of!.id)],
    ]) {
      expect(() => edit(a, ...operations)).toThrow(expect.objectContaining({ code: 'not-found' }));
    }
    expect(() => edit(b, accept(of!.id))).toThrow(expect.objectContaining({ code: 'not-found' }));
    expect(project.store.annotations.get(a).suggestions).toHaveLength(1);
  });

  it('of a second class replaces the first where an image has one, and joins it where it may have several', async () => {
    const [a] = project.addImages(1) as [number];
    await suggest([suggested(a, [], ['sick', 'old'])]);
    const of = project.store.annotations.get(a).suggestions;
    edit(a, accept(of[0]!.id));
    expect(edit(a, accept(of[1]!.id)).image.imageClassIds).toEqual([of[1]!.classId]);
    project.store.annotations.undo(a);
    project.store.settings.update({ multipleImageClasses: true });
    expect(edit(a, accept(of[1]!.id)).image.imageClassIds).toEqual([of[0]!.classId, of[1]!.classId]);
  });
});

describe('rejecting', () => {
  it('one takes it away until it is undone', async () => {
    const [a] = project.addImages(1) as [number];
    await suggest([suggested(a, [{ x: 1 }, { x: 2 }])]);
    const before = project.store.annotations.get(a);
    expect(edit(a, reject(before.suggestions[0]!.id)).suggestions).toEqual([before.suggestions[1]]);
    expect(project.store.images.get(a)).toMatchObject({ state: 'unseen', suggestionCount: 1 });
    expect(project.store.annotations.undo(a).suggestions).toEqual(before.suggestions);
    expect(health()).toEqual([]);
  });

  it('all of a source is one step of the project’s undo', async () => {
    const [a] = project.addImages(1) as [number];
    await suggest([suggested(a, [{ x: 1 }])], 'run-1');
    await suggest([suggested(a, [{ x: 2 }, { x: 3 }])], 'run-2');
    const [newest] = project.store.suggestions.sources();
    expect(newest).toMatchObject({ name: 'run-2', kind: 'model', suggestions: 2, images: 1 });
    expect(project.store.suggestions.clear(newest!.id)).toEqual({ images: 1, suggestions: 2 });
    expect(project.store.suggestions.sources().map(({ name }) => name)).toEqual(['run-1']);
    expect(project.store.journal.undoProject()?.summary).toEqual(saying(/^Rejected 2 suggestions of run-2$/));
    expect(project.store.annotations.get(a).suggestions).toHaveLength(3);
    expect(project.store.suggestions.clear(null)).toEqual({ images: 1, suggestions: 3 });
    expect(project.store.suggestions.clear(null)).toEqual({ images: 0, suggestions: 0 });
    expect(() => project.store.suggestions.clear(99)).toThrow(expect.objectContaining({ code: 'not-found' }));
  });
});

describe('deleting a class that is suggested', () => {
  it.each([
    ['reassigns its suggestions with its labels', 'WBC'],
    ['removes its suggestions with its labels', null],
  ])('%s, in one step of undo', async (_, other) => {
    const [a, b] = project.addImages(2) as [number, number];
    await suggest([
      suggested(a, [{ className: 'RBC' }, { className: 'WBC', x: 2 }]),
      suggested(b, [{ className: 'RBC' }]),
    ]);
    const red = project.store.classes.find('object', 'RBC')!.id;
    draw(project.store, a, box(red, 60));
    const all = () => [a, b].map((id) => project.store.annotations.get(id));
    const before = all().map(({ boxes, suggestions }) => ({ boxes, suggestions }));
    const target = other === null ? null : project.store.classes.find('object', other)!.id;
    expect(project.store.classes.delete(red, { reassignTo: target })).toEqual({
      changedImages: 2,
      changedLabels: 1,
    });
    expect(all().map(({ suggestions }) => suggestions.map(({ classId }) => classId))).toEqual(
      target === null
        ? [[project.store.classes.find('object', 'WBC')!.id], []]
        : [[target, target], [target]],
    );
    expect(health()).toEqual([]);
    project.store.journal.undoProject();
    expect(all().map(({ boxes, suggestions }) => ({ boxes, suggestions }))).toEqual(before);
    project.store.journal.redoProject();
    expect(project.store.classes.find('object', 'RBC')).toBeUndefined();
    expect(health()).toEqual([]);
  });
});

describe('a note and a flag', () => {
  it('are edits like any other', () => {
    const [a] = project.addImages(1) as [number];
    const after = edit(
      a,
      { type: 'set-note', note: '<b>要确认</b>\nשלום' },
      { type: 'set-flag', flagged: true },
    );
    expect(after).toMatchObject({
      note: '<b>要确认</b>\nשלום',
      image: { flagged: true, noted: true, state: 'unseen' },
    });
    expect(project.store.journal.list(a)[0]!.summary).toEqual(saying(/^Changed the note, flagged$/));
    project.reopen();
    expect(project.store.annotations.undo(a)).toMatchObject({
      note: '',
      image: { flagged: false, noted: false },
    });
    expect(project.store.annotations.redo(a)).toEqual({ ...after, image: { ...after.image, revision: 3 } });
  });
});
