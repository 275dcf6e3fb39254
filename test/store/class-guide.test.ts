import { describe, expect, it } from 'vitest';
import { LONGEST_DESCRIPTION } from '../../electron/common/entities.ts';
import { asEnglish } from '../support/in-english.ts';
import { box, draw, useProject } from './support.ts';

const project = useProject();

const object = (name: string): number => project.store.classes.create({ kind: 'object', name }).id;
const guide = (id: number) => {
  const { description } = project.store.classes.get(id);
  return { description, examples: project.store.classes.examples(id).map((example) => example.id) };
};
const removeBox = (imageId: number, boxId: number): void => {
  const { revision } = project.store.images.get(imageId);
  project.store.annotations.edit(imageId, revision, [{ type: 'delete-box', boxId }]);
};
const reclass = (imageId: number, boxId: number, classId: number): void => {
  const { revision } = project.store.images.get(imageId);
  project.store.annotations.edit(imageId, revision, [{ type: 'update-box', boxId, changes: { classId } }]);
};
const NO_GUIDE = { description: '', examples: [] };

/** Two images with two boxes each of a class, three of which explain it. */
function explained() {
  const [a, b] = project.addImages(2) as [number, number];
  const red = object('RBC');
  const boxes = [a, a, b, b].map((imageId, at) => draw(project.store, imageId, box(red, at)));
  const examples = [boxes[2]!, boxes[0]!, boxes[3]!];
  project.store.classes.update(red, { description: 'round, no nucleus', examples });
  return { a, b, red, boxes, examples };
}

describe('the guide to a class', () => {
  it('is a sentence and boxes in the order that a person gave them, each on its image', () => {
    const { b, red, examples } = explained();
    expect(guide(red)).toEqual({ description: 'round, no nucleus', examples });
    expect(project.store.classes.examples(red)[0]).toEqual({
      id: examples[0],
      box: { x: 2, y: 2, width: 3, height: 4 },
      image: { id: b, fileName: 'a1.png', width: 100, height: 80, content: '0'.repeat(16) },
    });
    project.reopen();
    expect(guide(red)).toEqual({ description: 'round, no nucleus', examples });
  });

  it('is one step of the history, undone and made again', () => {
    const { red, examples } = explained();
    expect(asEnglish(project.store.journal.steps()[0])).toMatchObject({
      kind: 'class-change',
      summary: 'Changed the guide to class “RBC”',
    });
    project.store.journal.undoProject();
    expect(guide(red)).toEqual(NO_GUIDE);
    project.store.journal.redoProject();
    expect(guide(red)).toEqual({ description: 'round, no nucleus', examples });
  });

  it('has steps that say what they changed of it, and that they changed no image', () => {
    const { red, examples } = explained();
    const [first = 0, second = 0, third = 0] = examples;
    const changes = [
      { description: 'round' },
      { examples: [second, first, third] },
      { examples: [first] },
      { examples: [first, second] },
      { examples: [third] },
    ];
    for (const change of changes) project.store.classes.update(red, change);
    const steps = project.store.journal.steps(changes.length).toReversed();
    expect(steps.map((step) => asEnglish(step).summary)).toEqual([
      'Changed the description of class “RBC”',
      'Reordered the examples of class “RBC”',
      'Removed 2 examples from class “RBC”',
      'Added an example to class “RBC”',
      'Changed the guide to class “RBC”',
    ]);
    expect(steps.map(({ images }) => images)).toEqual(changes.map(() => 0));
  });

  it('stays with a class that is renamed, moved or given another colour', () => {
    const { red, examples } = explained();
    const white = object('WBC');
    project.store.classes.update(red, { name: 'erythrocyte', color: '#123456' });
    project.store.classes.reorder('object', [white, red]);
    project.store.journal.undoProject();
    expect(guide(red)).toEqual({ description: 'round, no nucleus', examples });
  });

  it('makes no evaluation out of date', () => {
    const { red } = explained();
    const { labels } = project.store.trainingSnapshot();
    project.store.noteLabels(labels);
    project.store.classes.update(red, { description: 'other', examples: [] });
    expect(project.store.labelsChanged(labels.revision)).toBe(false);
  });

  it('of an image class has images of that class', () => {
    const [a, b] = project.addImages(2) as [number, number];
    const sick = project.store.classes.create({ kind: 'image', name: 'sick' }).id;
    project.store.annotations.edit(a, 0, [{ type: 'set-image-classes', classIds: [sick] }]);
    project.store.classes.update(sick, { examples: [a] });
    expect(project.store.classes.examples(sick)).toMatchObject([{ id: a, box: null, image: { id: a } }]);
    expect(() => project.store.classes.update(sick, { examples: [a, b] })).toThrow(
      /can be an example of “sick”/,
    );
  });

  it.each([
    ['a box of another class', (other: number) => [other]],
    ['a box that is not there', () => [99_999]],
  ])('refuses %s', (_what, wanted) => {
    const { a, red, examples } = explained();
    const other = draw(project.store, a, box(object('WBC'), 20));
    expect(() => project.store.classes.update(red, { examples: wanted(other) })).toThrow(
      expect.objectContaining({ code: 'invalid-input' }),
    );
    expect(guide(red).examples).toEqual(examples);
  });

  it.each([['x'.repeat(LONGEST_DESCRIPTION + 1)], ['half \ud800']])(
    'refuses the sentence %j',
    (description) => {
      const red = object('RBC');
      expect(() => project.store.classes.update(red, { description })).toThrow(/description/);
    },
  );

  it('is one line', () => {
    const { id } = project.store.classes.create({
      kind: 'object',
      name: 'a',
      description: ' round,\r\n pale ',
    });
    expect(guide(id).description).toBe('round, pale');
  });
});

describe('an example', () => {
  it('goes with its box, and is back where it was once the deletion is undone', () => {
    const { b, red, examples } = explained();
    removeBox(b, examples[0]!);
    expect(guide(red).examples).toEqual(examples.slice(1));
    project.store.annotations.undo(b);
    expect(guide(red).examples).toEqual(examples);
  });

  it('goes with its image, and is back with it', () => {
    const { b, red, examples } = explained();
    project.store.images.remove([b]);
    expect(guide(red).examples).toEqual([examples[1]]);
    project.store.journal.undoProject();
    expect(guide(red).examples).toEqual(examples);
  });

  it('counts for no class but the one it was chosen for', () => {
    const { a, red, examples } = explained();
    reclass(a, examples[1]!, object('WBC'));
    expect(guide(red).examples).toEqual([examples[0], examples[2]]);
    reclass(a, examples[1]!, red);
    expect(guide(red).examples).toEqual(examples);
  });
});

describe('merging a class with a guide', () => {
  it('gives its examples to the other, after those it has, and its sentence where there is none; undo gives all back', () => {
    const { a, red, examples } = explained();
    const white = object('WBC');
    const own = draw(project.store, a, box(white, 30));
    project.store.classes.update(white, { examples: [own] });
    project.store.classes.delete(red, { reassignTo: white });
    const merged = { description: 'round, no nucleus', examples: [own, ...examples] };
    expect(guide(white)).toEqual(merged);
    project.store.journal.undoProject();
    expect(guide(white)).toEqual({ description: '', examples: [own] });
    expect(guide(red)).toEqual({ description: 'round, no nucleus', examples });
    project.store.journal.redoProject();
    expect(guide(white)).toEqual(merged);
    expect(project.store.fullCheck().problems).toEqual([]);
  });

  it('keeps the other’s own sentence, and eight examples at most', () => {
    const { a, red, examples } = explained();
    const white = object('WBC');
    const own = Array.from({ length: 7 }, (_, at) => draw(project.store, a, box(white, 30 + at)));
    project.store.classes.update(white, { description: 'large', examples: own });
    project.store.classes.delete(red, { reassignTo: white });
    expect(guide(white)).toEqual({ description: 'large', examples: [...own, examples[0]] });
  });

  it('deleted with its labels, comes back whole', () => {
    const { red, examples } = explained();
    project.store.classes.delete(red, { reassignTo: null });
    project.store.journal.undoProject();
    expect(guide(red)).toEqual({ description: 'round, no nucleus', examples });
  });
});

describe('going back to a snapshot', () => {
  it('brings back the guide of then', async () => {
    const { red, examples } = explained();
    const { id } = project.store.snapshots.add('then');
    project.store.classes.update(red, { description: 'other', examples: [] });
    project.store.classes.update(red, { name: 'erythrocyte' });
    await project.store.snapshots.restore(id);
    expect(guide(red)).toEqual({ description: 'round, no nucleus', examples });
    project.store.journal.undoProject();
    expect(guide(red)).toEqual({ description: 'other', examples: [] });
  });
});
