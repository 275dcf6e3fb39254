import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Split } from '../../electron/common/entities.ts';
import { planSplits } from '../../electron/store/tables/splits.ts';
import type { SplitMember } from '../../electron/store/tables/splits.ts';
import { allLabels, draw, box, useProject } from './support.ts';
import { saying } from '../support/in-english.ts';

const project = useProject();
const shares = { train: 0.7, val: 0.15, test: 0.15, seed: 1, reassign: false };

function splits(): Split[] {
  return project.store.images.ids().map((id) => project.store.images.get(id).split);
}

function counts(given: Iterable<Split>): Record<Split, number> {
  const result = { train: 0, val: 0, test: 0, none: 0 };
  for (const split of given) result[split] += 1;
  return result;
}

describe('drawing splits', () => {
  it('meets the shares, and is the same for a seed and another for another', () => {
    project.addImages(100);
    expect(project.store.splits.assign(shares)).toMatchObject({ changed: 100 });
    const first = splits();
    expect(counts(first)).toEqual({ train: 70, val: 15, test: 15, none: 0 });
    project.store.splits.assign({ ...shares, seed: 2, reassign: true });
    expect(splits()).not.toEqual(first);
    project.store.splits.assign({ ...shares, reassign: true });
    expect(splits()).toEqual(first);
  });

  it('keeps the split that an image has, and reaches the shares of all with the rest', () => {
    const ids = project.addImages(100);
    project.store.splits.set(ids.slice(0, 40), 'test');
    project.store.splits.assign({ ...shares, train: 0.5, val: 0.1, test: 0.4 });
    expect(splits().slice(0, 40)).toEqual(Array.from({ length: 40 }, () => 'test'));
    expect(counts(splits())).toEqual({ train: 50, val: 10, test: 40, none: 0 });
    expect(project.store.splits.assign(shares)).toMatchObject({ changed: 0 });
  });

  it('leaves what the shares leave of one without a split', () => {
    project.addImages(20);
    project.store.splits.assign({ ...shares, train: 0.5, val: 0, test: 0.25 });
    expect(counts(splits())).toEqual({ train: 10, val: 0, test: 5, none: 5 });
  });

  it('never parts a group, whatever the groups, and stays within the largest group of the shares', () => {
    const member = fc.record({
      group: fc.option(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { nil: null }),
      split: fc.constantFrom<Split>('none', 'none', 'none', 'train', 'val'),
      classes: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(
        fc.array(member, { maxLength: 60 }),
        fc.integer(),
        fc.boolean(),
        (given, seed, reassign) => {
          const members: SplitMember[] = given.map((one, id) => ({ id, labelled: true, ...one }));
          const plan = planSplits(members, { ...shares, seed, reassign });
          expect(plan.size).toBe(members.length);
          const byGroup = new Map<string | number, Set<Split>>();
          for (const { id, group, split } of members) {
            const planned = plan.get(id)!;
            if (!reassign && split !== 'none') expect(planned).toBe(split);
            else if (group !== null) byGroup.set(group, (byGroup.get(group) ?? new Set()).add(planned));
          }
          for (const found of byGroup.values()) expect(found.size).toBe(1);
          if (!reassign) return;
          const largest = Math.max(
            1,
            ...['a', 'b', 'c', 'd', 'e'].map((g) => members.filter((m) => m.group === g).length),
          );
          const reached = counts(plan.values());
          for (const split of ['train', 'val', 'test'] as const) {
            expect(Math.abs(reached[split] - shares[split] * members.length)).toBeLessThanOrEqual(
              largest + 1,
            );
          }
        },
      ),
    );
  });

  it('gives each split its share of every class, image classes and boxes alike', () => {
    const ids = project.addImages(80);
    const { store } = project;
    const sick = store.classes.create({ kind: 'image', name: 'sick' });
    const cell = store.classes.create({ kind: 'object', name: 'cell' });
    const rare = store.classes.create({ kind: 'object', name: 'rare' });
    ids.forEach((id, index) => {
      if (index % 4 === 0)
        store.annotations.edit(id, 0, [{ type: 'set-image-classes', classIds: [sick.id] }]);
      if (index % 2 === 0) draw(store, id, box(cell.id));
      if (index < 8) draw(store, id, box(rare.id));
    });
    for (let seed = 1; seed <= 20; seed++) {
      store.splits.assign({ train: 0.5, val: 0.25, test: 0.25, seed, reassign: true });
      const drawn = splits();
      const ofClass = (has: (index: number) => boolean) => counts(drawn.filter((_, index) => has(index)));
      expect(counts(drawn)).toEqual({ train: 40, val: 20, test: 20, none: 0 });
      expect(ofClass((index) => index < 8)).toEqual({ train: 4, val: 2, test: 2, none: 0 });
      expect(ofClass((index) => index % 4 === 0)).toEqual({ train: 10, val: 5, test: 5, none: 0 });
      expect(ofClass((index) => index % 2 === 0)).toEqual({ train: 20, val: 10, test: 10, none: 0 });
    }
  });

  it('takes labelled images only where that is asked for: the others keep the split that they have', () => {
    const ids = project.addImages(40, (index) => (index < 3 ? 'film' : null));
    const cell = project.store.classes.create({ kind: 'object', name: 'cell' });
    for (const id of ids.slice(0, 20)) draw(project.store, id, box(cell.id));
    project.store.splits.set([ids[30]!], 'test');
    const drawn = { ...shares, train: 0.5, val: 0.25, test: 0.25, labelledOnly: true };
    expect(project.store.splits.assign(drawn)).toMatchObject({ changed: 20 });
    expect(counts(splits().slice(0, 20))).toEqual({ train: 10, val: 5, test: 5, none: 0 });
    expect(counts(splits().slice(20))).toEqual({ train: 0, val: 0, test: 1, none: 19 });
    expect(new Set(splits().slice(0, 3)).size).toBe(1);
  });

  it('lets a new image join the split of its group', () => {
    const ids = project.addImages(6, (index) => (index < 3 ? 'film' : null));
    project.store.splits.set([ids[0]!], 'val');
    project.store.splits.assign({ ...shares, train: 1, val: 0, test: 0 });
    expect(splits()).toEqual(['val', 'val', 'val', 'train', 'train', 'train']);
  });

  it.each([
    { train: 0.9, val: 0.2, test: 0 },
    { train: 0, val: 0, test: 0 },
    { train: -0.1, val: 0.5, test: 0.5 },
    { train: Number.NaN, val: 0.5, test: 0.5 },
  ])('refuses shares that make no whole: %j', (wrong) => {
    project.addImages(3);
    expect(() => project.store.splits.assign({ ...shares, ...wrong })).toThrow(
      expect.objectContaining({ code: 'invalid-input' }),
    );
  });
});

describe('moving images to a split', () => {
  it('is one step of the project, undone and redone as such', () => {
    const ids = project.addImages(4);
    project.store.splits.set([ids[0]!], 'val');
    expect(project.store.splits.set(ids, 'train')).toMatchObject({ changed: 4 });
    expect(project.store.journal.projectSteps().undo?.summary).toEqual(
      saying(/^Moved 4 images to the training set$/),
    );
    project.store.journal.undoProject();
    expect(splits()).toEqual(['val', 'none', 'none', 'none']);
    project.store.journal.redoProject();
    expect(splits()).toEqual(['train', 'train', 'train', 'train']);
  });

  it('that changes nothing leaves revision, history and what can be redone', () => {
    const ids = project.addImages(2);
    project.store.splits.set(ids, 'train');
    project.store.splits.set([ids[0]!], 'val');
    project.store.journal.undoProject();
    const before = project.store.revision;
    expect(project.store.splits.set(ids, 'train')).toEqual({ changed: 0, summary: null });
    expect(project.store.revision).toBe(before);
    expect(project.store.journal.projectSteps().redo?.summary).toEqual(
      saying(/^Moved an image to the validation set$/),
    );
  });

  it('never stands in the way of undoing labels', () => {
    const [id] = project.addImages(1);
    const cell = project.store.classes.create({ kind: 'object', name: 'cell' });
    draw(project.store, id!, box(cell.id));
    project.store.splits.set([id!], 'train');
    project.store.annotations.undo(id!);
    expect(allLabels(project.store)).toMatchObject([{ boxes: [], split: 'train' }]);
  });

  it('refuses an image that is not there, and moves none then', () => {
    const ids = project.addImages(2);
    expect(() => project.store.splits.set([...ids, 99], 'train')).toThrow(/no image with the id 99/);
    expect(splits()).toEqual(['none', 'none']);
  });
});
