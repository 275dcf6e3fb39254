import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { CENTRE_PARTS } from '../../electron/common/entities.ts';
import type { ImageFilter } from '../../electron/common/entities.ts';
import { box, draw, useProject } from './support.ts';

const project = useProject();
let ids: number[];
let cell: number;

const names = (
  filter: ImageFilter,
  sort: 'added' | 'path' | 'boxes' | 'edited' | 'score' = 'added',
  descending = false,
) => project.store.images.list({ filter, sort, descending }).items.map(({ fileName }) => fileName);

async function suggest(imageId: number, score: number | null): Promise<void> {
  await project.store.importAnnotations({
    title: 'Suggestions',
    suggestedBy: { kind: 'model', name: 'run-1' },
    images: [
      {
        imageId,
        boxes: [{ ...box(0, 30), className: 'cell', score, extra: null }],
        imageClassNames: null,
        split: null,
        verifiedEmpty: false,
      },
    ],
  });
}

beforeEach(async () => {
  ids = project.addImages(6);
  cell = project.store.classes.create({ kind: 'object', name: 'cell' }).id;
  draw(project.store, ids[1]!, box(cell, 1, 1, 10, 10));
  draw(project.store, ids[2]!, { ...box(cell, 1, 1, 4, 4), source: 'model', score: 0.5 });
  draw(project.store, ids[2]!, { ...box(cell, 1, 1, 50, 50), attributes: { occluded: true, stage: 'late' } });
  draw(project.store, ids[3]!, { ...box(cell, 9), source: 'import', attributes: { occluded: false } });
  await suggest(ids[4]!, 0.8);
  await suggest(ids[5]!, null);
});

describe('a filter', () => {
  const cases: [string, ImageFilter, string[]][] = [
    ['by least boxes', { minBoxes: 2 }, ['a2.png']],
    ['by most boxes', { maxBoxes: 0 }, ['a0.png', 'a4.png', 'a5.png']],
    ['by a range of boxes', { minBoxes: 1, maxBoxes: 1 }, ['a1.png', 'a3.png']],
    ['by boxes of a person', { source: 'person' }, ['a1.png', 'a2.png']],
    ['by boxes of a model', { source: 'model' }, ['a2.png']],
    ['by boxes of an import', { source: 'import' }, ['a3.png']],
    ['by a large box', { minBoxSide: 10 }, ['a1.png', 'a2.png']],
    ['by a small box', { maxBoxSide: 5 }, ['a2.png', 'a3.png']],
    ['by a box between sizes, not by two around them', { minBoxSide: 5, maxBoxSide: 20 }, ['a1.png']],
    ['by suggestions', { suggestions: true }, ['a4.png', 'a5.png']],
    ['by no suggestions', { suggestions: false, maxBoxes: 0 }, ['a0.png']],
    ['by a least score', { minScore: 0.8 }, ['a4.png']],
    ['by a highest score', { maxScore: 0.79 }, []],
    ['by an attribute that holds', { attribute: { name: 'occluded' } }, ['a2.png']],
    ['by the value of an attribute', { attribute: { name: 'stage', value: 'late' } }, ['a2.png']],
    ['by an attribute that is false', { attribute: { name: 'occluded', value: false } }, ['a3.png']],
    ['by class', { classId: 1 }, ['a1.png', 'a2.png', 'a3.png']],
    ['by a least aspect', { minAspect: 2 }, []],
    ['by a highest aspect', { maxAspect: 0.8 }, ['a3.png']],
    ['by a range of aspects', { minAspect: 0.9, maxAspect: 1.1 }, ['a1.png', 'a2.png']],
    [
      'by the folder of its root',
      { folder: { rootId: 1, path: '' }, minBoxes: 1 },
      ['a1.png', 'a2.png', 'a3.png'],
    ],
    ['by another folder', { folder: { rootId: 1, path: 'a' } }, []],
    ['by another root', { folder: { rootId: 2, path: '' } }, []],
    [
      'by everything at once',
      { classId: 1, source: 'person', minBoxes: 2, text: 'A2', state: 'labelled' },
      ['a2.png'],
    ],
  ];
  it.each(cases)('%s', (_, filter, expected) => {
    expect(names(filter)).toEqual(expected);
    expect(project.store.images.ids({ filter })).toHaveLength(expected.length);
  });

  it('by where a box lies finds in each part the images whose boxes the figures count there', async () => {
    const corners = [0, 5.75, 6, 12, 49.49, 49.5, 93.25, 99];
    for (const [at, x] of corners.entries())
      draw(
        project.store,
        ids[at % 2 === 0 ? 0 : 4]!,
        box(cell, x, corners[corners.length - 1 - at]! * 0.8, 1, 0.8),
      );
    const { figures } = await project.store.review();
    expect(figures.centres).toHaveLength(CENTRE_PARTS ** 2);
    for (const [part, count] of figures.centres.entries()) {
      const centre = { column: part % CENTRE_PARTS, row: Math.floor(part / CENTRE_PARTS) };
      const found = project.store.images.ids({ filter: { centre } });
      expect([centre, found.length > 0]).toEqual([centre, count > 0]);
      expect([centre, found.length <= count]).toEqual([centre, true]);
    }
  });

  it('by a group, and by classes of which an image has all, of boxes and of the whole image', () => {
    const clip = project.store.files.add(1, [
      {
        ...{ path: 'clip/1.png', sha256: 'f'.repeat(64), bytes: 1, modifiedMs: 0, width: 100, height: 80 },
        ...{ orientation: 1, format: 'png', group: 'video:clip' },
      },
    ]);
    const sick = project.store.classes.create({ kind: 'image', name: 'sick' }).id;
    project.store.images.change([ids[1]!, clip[0]!.id], { imageClassId: sick });
    expect(names({ group: 'video:clip' })).toEqual(['1.png']);
    expect(names({ folder: { rootId: 1, path: 'clip' } })).toEqual(['1.png']);
    expect(names({ group: 'clip' })).toEqual([]);
    expect(names({ allClassIds: [cell, sick] })).toEqual(['a1.png']);
    expect(names({ allClassIds: [sick] })).toEqual(['a1.png', '1.png']);
  });

  it('by several classes finds what has any of them, of boxes or of whole images', () => {
    const blob = project.store.classes.create({ kind: 'object', name: 'blob' }).id;
    const sick = project.store.classes.create({ kind: 'image', name: 'sick' }).id;
    const other = project.store.classes.create({ kind: 'object', name: 'other' }).id;
    draw(project.store, ids[0]!, box(blob, 1, 1, 10, 10));
    project.store.images.change([ids[5]!], { imageClassId: sick });
    draw(project.store, ids[4]!, box(other, 1, 1, 10, 10));
    expect(names({ classIds: [blob, sick] })).toEqual(['a0.png', 'a5.png']);
    expect(names({ classIds: [cell, blob, sick], minBoxes: 1 })).toEqual([
      'a0.png',
      'a1.png',
      'a2.png',
      'a3.png',
    ]);
  });

  it('by any attribute and value finds what the boxes say, whatever the words, and follows every change', () => {
    const values = fc.oneof(
      fc.boolean(),
      fc.integer({ min: -3, max: 3 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.string({ maxLength: 4 }),
      fc.constantFrom('true', '1', '"', 'a\nb', '":"', '要', '\\'),
    );
    const keys = fc.constantFrom('a', 'b', 'a":', 'x\ny', 'ä');
    const attributes = fc.dictionary(keys, values, { maxKeys: 3 });
    fc.assert(
      fc.property(fc.array(attributes, { minLength: 1, maxLength: 6 }), fc.nat({ max: 5 }), (all, gone) => {
        const image = (n: number): number => ids[n % ids.length]!;
        const boxIds = all.map((one, n) => draw(project.store, image(n), { ...box(cell), attributes: one }));
        const n = gone % all.length;
        const { revision } = project.store.images.get(image(n));
        project.store.annotations.edit(image(n), revision, [{ type: 'delete-box', boxId: boxIds[n]! }]);
        const said = ids.map((id) => project.store.annotations.get(id).boxes.map((one) => one.attributes));
        for (const name of ['a', 'b', 'a":', 'x\ny', 'ä']) {
          const having = (test: (value: unknown) => boolean): number[] =>
            ids.filter((_, place) => said[place]!.some((one) => name in one && test(one[name])));
          const found = (value?: string | number | boolean): number[] =>
            project.store.images.ids({ filter: { attribute: { name, value } } });
          expect(found()).toEqual(having((value) => value !== false));
          for (const value of new Set(all.flatMap((one) => (name in one ? [one[name]!] : []))))
            expect(found(value)).toEqual(
              having((one) => Object.is(one === 0 ? 0 : one, value === 0 ? 0 : value)),
            );
        }
      }),
      { numRuns: 25 },
    );
    expect(project.store.fullCheck().problems).toEqual([]);
  });

  it('by flag and note', () => {
    project.store.annotations.edit(ids[0]!, 0, [{ type: 'set-flag', flagged: true }]);
    project.store.annotations.edit(ids[4]!, project.store.images.get(ids[4]!).revision, [
      { type: 'set-note', note: 'look again' },
    ]);
    expect(names({ flagged: true })).toEqual(['a0.png']);
    expect(names({ noted: true })).toEqual(['a4.png']);
    expect(names({ flagged: false, noted: false, maxBoxes: 0 })).toEqual(['a5.png']);
  });

  it('sees what has changed at once: edits, undo, files that go and come back', () => {
    expect(names({ minBoxes: 2 })).toEqual(['a2.png']);
    project.store.annotations.undo(ids[2]!);
    expect(names({ minBoxes: 2 })).toEqual([]);
    expect(names({ missing: true })).toEqual([]);
    project.store.files.markMissing([ids[3]!], true);
    expect(names({ missing: true })).toEqual(['a3.png']);
    project.store.files.markMissing([ids[3]!], false);
    expect(names({ missing: true })).toEqual([]);
    project.store.classes.delete(cell, { reassignTo: null });
    expect(names({ minBoxes: 1 })).toEqual([]);
    expect(names({ source: 'import' })).toEqual([]);
    project.store.journal.undoProject();
    expect(names({ source: 'import' })).toEqual(['a3.png']);
    expect(project.store.fullCheck().problems).toEqual([]);
  });
});

describe('an order', () => {
  it('by the last edit follows edits of one image and of all', () => {
    expect(names({ minBoxes: 1 }, 'edited')).toEqual(['a1.png', 'a2.png', 'a3.png']);
    draw(project.store, ids[1]!, box(cell, 60));
    expect(names({ minBoxes: 1 }, 'edited', true)).toEqual(['a1.png', 'a3.png', 'a2.png']);
    project.store.annotations.undo(ids[2]!);
    expect(names({ minBoxes: 1 }, 'edited', true)[0]).toBe('a2.png');
  });

  it('by score has the surest first when descending, those without a score last', () => {
    expect(names({ suggestions: true }, 'score', true)).toEqual(['a4.png', 'a5.png']);
  });

  it('is paged without a gap or a double, from the first to the last', () => {
    const paged = [0, 2, 4, 6].flatMap(
      (offset) => project.store.images.list({ sort: 'boxes', descending: true, offset, limit: 2 }).items,
    );
    expect(paged.map(({ id }) => id)).toEqual(project.store.images.ids({ sort: 'boxes', descending: true }));
  });
});

describe('a place in the list', () => {
  it('of an image has the next one after it, whether or not the filter or the project has the image', () => {
    const { images } = project.store;
    const boxed = { filter: { minBoxes: 1 } };
    expect(images.listed(boxed)).toEqual([ids[1], ids[2], ids[3]]);
    expect(images.after(ids[0]!, boxed)).toBe(ids[1]);
    expect(images.after(ids[2]!, boxed)).toBe(ids[3]);
    expect(images.after(ids[3]!, boxed)).toBeNull();
    expect(images.after(ids[4]!, boxed)).toBeNull();
    expect(images.after(ids[4]!, { ...boxed, descending: true })).toBe(ids[3]);
    images.remove([ids[2]!]);
    expect(images.after(ids[2]!, boxed)).toBe(ids[3]);
    expect(images.after(9999, boxed)).toBe(ids[1]);
    expect(images.summaries([ids[3]!, ids[2]!, ids[1]!]).map(({ id }) => id)).toEqual([ids[1], ids[3]]);
  });

  it('is searched from after an image on, and round', () => {
    const { images } = project.store;
    expect(images.search({}, { text: 'a4' }, null)).toBe(ids[4]);
    expect(images.search({}, { minBoxes: 1 }, ids[1]!)).toBe(ids[2]);
    expect(images.search({}, { minBoxes: 1 }, ids[3]!)).toBe(ids[1]);
    expect(images.search({}, { text: 'a4' }, ids[4]!)).toBe(ids[4]);
    expect(images.search({ filter: { minBoxes: 1 } }, { source: 'import' }, ids[0]!)).toBe(ids[3]);
    expect(images.search({ filter: { minBoxes: 1 } }, { text: 'nothing' }, null)).toBeNull();
  });
});

describe('an image of a name', () => {
  it('is found by it, with or without its extension, and not by a part of it', () => {
    const { images } = project.store;
    expect(images.search({}, { named: 'A1' }, null)).toBe(ids[1]);
    expect(images.search({}, { named: 'a1.png' }, ids[3]!)).toBe(ids[1]);
    for (const named of ['a', '1', 'a1.pn', 'a1%', '']) expect(images.search({}, { named }, null)).toBeNull();
  });
});

describe('saved filters', () => {
  const save = (name: string, filter: ImageFilter = {}) =>
    project.store.settings.saveFilter({ name, filter, sort: 'score', descending: true });

  it('belong to the project, by name, and are there after a restart', () => {
    save('to do', { suggestions: true });
    save('  all  ');
    save('To Do', { suggestions: true, minScore: 0.5 });
    project.reopen();
    expect(project.store.settings.savedFilters()).toEqual([
      { name: 'all', filter: {}, sort: 'score', descending: true },
      { name: 'To Do', filter: { suggestions: true, minScore: 0.5 }, sort: 'score', descending: true },
    ]);
    expect(project.store.settings.deleteFilter('all').map(({ name }) => name)).toEqual(['To Do']);
  });

  it.each(['', ' \u200B', 'n'.repeat(101)])('need a name: not %j', (name) => {
    expect(() => save(name)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
  });
});
