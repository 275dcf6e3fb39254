import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ImportedBox, ImportedImage, ImportRequest } from '../../electron/store/index.ts';
import { allLabels, box, draw, useProject } from './support.ts';
import { saying } from '../support/in-english.ts';

const project = useProject();

function importedBox(className: string, x = 1, changes: Partial<ImportedBox> = {}): ImportedBox {
  return { className, x, y: 2, width: 3, height: 4, score: null, attributes: {}, extra: null, ...changes };
}

function about(imageId: number, changes: Partial<ImportedImage> = {}): ImportedImage {
  return { imageId, boxes: null, imageClassNames: null, split: null, verifiedEmpty: false, ...changes };
}

async function run(images: Iterable<ImportedImage>, changes: Partial<ImportRequest> = {}) {
  return project.store.importAnnotations({ title: 'Import of cells.json', images, ...changes });
}

const outline = (imageId: number): string[] =>
  project.store.annotations
    .get(imageId)
    .boxes.map(({ classId, x }) => `${project.store.classes.get(classId).name} ${x}`);

describe('an import', () => {
  it('makes classes, boxes, image classes, splits and states, and is one step of undo', async () => {
    const [a, b, c] = project.addImages(3) as [number, number, number];
    const before = allLabels(project.store);
    const counts = await run(
      [
        about(a, {
          boxes: [
            importedBox('RBC', 1, {
              attributes: { crowd: true },
              extra: { segmentation: [[1, 2]] },
              score: 0.5,
            }),
            importedBox('WBC', 9),
          ],
          split: 'train',
        }),
        about(b, { boxes: [], verifiedEmpty: true, split: 'val' }),
        about(c, { imageClassNames: ['sick'] }),
      ],
      { classes: [{ kind: 'object', name: 'Platelets' }] },
    );
    expect(counts).toEqual({
      images: 3,
      boxesAdded: 2,
      boxesChanged: 0,
      boxesRemoved: 0,
      boxesKept: 0,
      labelled: 0,
      splitsKept: 0,
      suggestions: 0,
      classesCreated: 4,
      unchanged: 0,
      classesKept: 0,
      added: 0,
    });
    expect(allLabels(project.store)).toMatchObject([
      { state: 'labelled', split: 'train', boxCount: 2 },
      { state: 'empty', split: 'val', boxCount: 0 },
      { state: 'labelled', split: 'none', imageClassIds: [project.store.classes.find('image', 'sick')!.id] },
    ]);
    expect(project.store.annotations.get(a).boxes[0]).toMatchObject({
      source: 'import',
      score: 0.5,
      attributes: { crowd: true },
    });
    const names = project.store.classes.list().map(({ kind, name, uses }) => `${kind} ${name} ${uses}`);
    expect(names).toEqual(['object Platelets 0', 'object RBC 1', 'object WBC 1', 'image sick 1']);
    expect(project.store.fullCheck().problems).toEqual([]);

    const after = allLabels(project.store);
    expect(project.store.journal.undoProject()?.summary).toBe('Import of cells.json');
    expect(allLabels(project.store)).toEqual(before);
    expect(project.store.classes.list()).toEqual([]);
    project.store.journal.redoProject();
    expect(allLabels(project.store)).toEqual(after);
    expect(project.store.fullCheck().problems).toEqual([]);
  });

  it('of the same source a second time changes nothing and leaves no trace', async () => {
    const [a] = project.addImages(1) as [number];
    const source = [
      about(a, { boxes: [importedBox('RBC', 1), importedBox('RBC', 1)], imageClassNames: ['sick'] }),
    ];
    await run(source);
    // The source has the box twice, so the image has it twice: an exact copy is not for an import to judge.
    expect(outline(a)).toEqual(['RBC 1', 'RBC 1']);
    const { revision } = project.store;
    const history = project.store.journal.list(null);
    for (const mode of ['update', 'merge', 'replace', 'skip', 'suggest'] as const) {
      const counts = await run(source, { mode });
      expect(counts).toEqual({
        images: 0,
        boxesAdded: 0,
        boxesChanged: 0,
        boxesRemoved: 0,
        boxesKept: 0,
        labelled: 1,
        splitsKept: 0,
        suggestions: 0,
        classesCreated: 0,
        unchanged: 1,
        classesKept: 0,
        added: 0,
      });
    }
    expect(project.store.journal.list(null)).toEqual(history);
    expect(project.store.images.get(a).revision).toBe(1);
    expect(project.store.revision).toBeGreaterThanOrEqual(revision);
  });

  it('that merges keeps what is there and adds what is new; one that replaces leaves what the source says', async () => {
    const [a, b] = project.addImages(2) as [number, number];
    const cell = project.store.classes.create({ kind: 'object', name: 'RBC' });
    for (const id of [a, b]) {
      draw(project.store, id, box(cell.id, 1));
      draw(project.store, id, box(cell.id, 50));
    }
    const kept = project.store.annotations.get(a).boxes[0]!.id;
    const boxes = [importedBox('RBC', 1 + 5e-7), importedBox('WBC', 1)];
    expect(await run([about(a, { boxes })], { mode: 'merge' })).toMatchObject({ boxesAdded: 1 });
    expect(outline(a)).toEqual(['RBC 1', 'RBC 50', 'WBC 1']);
    await run([about(a, { boxes }), about(b, { boxes })], { mode: 'replace' });
    expect(outline(a)).toEqual(['RBC 1', 'WBC 1']);
    expect(outline(b)).toEqual(['RBC 1', 'WBC 1']);
    expect(project.store.annotations.get(a).boxes[0]!.id).toBe(kept);
    await run([about(a, { boxes: [] })], { mode: 'replace' });
    expect(project.store.images.get(a).state).toBe('unseen');
    project.store.journal.undoProject();
    project.store.journal.undoProject();
    project.store.journal.undoProject();
    expect(outline(a)).toEqual(['RBC 1', 'RBC 50']);
    expect(outline(b)).toEqual(['RBC 1', 'RBC 50']);
  });

  it('that merges keeps the class of an image where only one is allowed, and says so', async () => {
    const [a] = project.addImages(1) as [number];
    await run([about(a, { imageClassNames: ['healthy'] })]);
    expect(await run([about(a, { imageClassNames: ['sick'] })])).toMatchObject({ images: 0, classesKept: 1 });
    expect(await run([about(a, { imageClassNames: ['sick'] })], { mode: 'replace' })).toMatchObject({
      images: 1,
    });
    project.store.settings.update({ multipleImageClasses: true });
    await run([about(a, { imageClassNames: ['healthy'] })]);
    expect(project.store.images.get(a).imageClassIds).toHaveLength(2);
  });

  it('lets a label count for more than the word that nothing is there', async () => {
    const [a] = project.addImages(1) as [number];
    draw(project.store, a, box(project.store.classes.create({ kind: 'object', name: 'RBC' }).id));
    await run([about(a, { boxes: [], verifiedEmpty: true })]);
    expect(project.store.images.get(a).state).toBe('labelled');
  });

  it('of more boxes an image than one statement writes keeps their order, through undo and redo', async () => {
    const [a, b] = project.addImages(2) as [number, number];
    const boxes = (count: number) => Array.from({ length: count }, (_, x) => importedBox(`c${x % 3}`, x));
    await run([about(a, { boxes: boxes(37) }), about(b, { boxes: boxes(16) })]);
    const drawn = [outline(a), outline(b)];
    expect(drawn).toEqual(
      [37, 16].map((count) => boxes(count).map(({ className, x }) => `${className} ${x}`)),
    );
    const ids = [a, b].flatMap((id) => project.store.annotations.get(id).boxes.map((one) => one.id));
    expect(ids).toEqual(ids.map((_, index) => ids[0]! + index));
    const before = allLabels(project.store);
    project.store.journal.undoProject();
    expect([a, b].map((id) => project.store.annotations.get(id).boxes)).toEqual([[], []]);
    project.store.journal.redoProject();
    expect(allLabels(project.store)).toEqual(before);
    expect(project.store.fullCheck().problems).toEqual([]);
  });

  it('undone keeps what a person has changed since', async () => {
    const [a] = project.addImages(1) as [number];
    await run([about(a, { boxes: [importedBox('RBC', 1), importedBox('RBC', 20)] })]);
    const { boxes, image } = project.store.annotations.get(a);
    const geometry = { x: 30, y: 30, width: 5, height: 5 };
    project.store.annotations.edit(a, image.revision, [
      { type: 'update-box', boxId: boxes[1]!.id, changes: { geometry } },
    ]);
    project.store.journal.undoProject();
    expect(project.store.annotations.get(a).boxes).toMatchObject([{ id: boxes[1]!.id, ...geometry }]);
    expect(project.store.classes.find('object', 'RBC')?.uses).toBe(1);
    expect(project.store.fullCheck().problems).toEqual([]);
  });
});

describe('an import that is refused', () => {
  const wrong: [string, (id: number) => ImportedImage, string][] = [
    [
      'a box outside',
      (id) => about(id, { boxes: [importedBox('RBC'), importedBox('RBC', 98)] }),
      'images[300].boxes[1]',
    ],
    [
      'a score that is no number',
      (id) => about(id, { boxes: [importedBox('RBC', 1, { score: Number.NaN })] }),
      'images[300].boxes[0]',
    ],
    [
      'two classes on one image',
      (id) => about(id, { imageClassNames: ['a', 'b'] }),
      'images[300].imageClassNames',
    ],
    ['a class without a name', (id) => about(id, { boxes: [importedBox(' ')] }), 'images[300].boxes[0]'],
    ['an image that is not there', () => about(9999), 'images[300]'],
    ['an image twice', () => about(1), 'images[300]'],
  ];

  it.each(wrong)('for %s names the place and leaves everything as it was', async (_, image, place) => {
    const ids = project.addImages(400);
    project.store.splits.set([ids[0]!], 'val');
    const before = { labels: allLabels(project.store), steps: project.store.journal.projectSteps() };
    const images = ids.slice(0, 300).map((id) => about(id, { boxes: [importedBox('RBC')], split: 'train' }));
    await expect(run([...images, image(ids[300]!)])).rejects.toMatchObject({ details: { place } });
    expect({ labels: allLabels(project.store), steps: project.store.journal.projectSteps() }).toEqual(before);
    expect(project.store.classes.list()).toEqual([]);
    expect(project.store.fullCheck().problems).toEqual([]);
    expect(await run(images)).toMatchObject({ images: 300 });
  });

  it('by its source, or cancelled, does the same', async () => {
    const ids = project.addImages(500);
    const before = allLabels(project.store);
    const stop = new AbortController();
    function* source(fails: boolean) {
      for (const [place, id] of ids.entries()) {
        if (place === 450 && fails) throw new Error('cut off');
        yield about(id, { boxes: [importedBox('RBC')] });
      }
    }
    await expect(run(source(true))).rejects.toThrow('cut off');
    const cancelled = run(source(false), {
      signal: stop.signal,
      onProgress: (done) => done > 300 && stop.abort(),
    });
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    expect(allLabels(project.store)).toEqual(before);
    expect(project.store.classes.list()).toEqual([]);
  });
});

describe('while an import is under way', () => {
  const many = (ids: number[]) => ids.map((id) => about(id, { boxes: [importedBox('RBC')] }));

  it('images can be edited, and the import taken back keeps those edits', async () => {
    const ids = project.addImages(500);
    const mine = project.store.classes.create({ kind: 'object', name: 'mine' });
    const stop = new AbortController();
    const underWay = run(many(ids), { signal: stop.signal });
    const { boxes, image } = project.store.annotations.get(ids[0]!);
    const changes = { geometry: { x: 30, y: 2, width: 3, height: 4 } };
    project.store.annotations.edit(ids[0]!, image.revision, [
      { type: 'update-box', boxId: boxes[0]!.id, changes },
    ]);
    draw(project.store, ids[1]!, box(mine.id, 40));
    draw(project.store, ids[499]!, box(mine.id, 40));
    stop.abort();
    await expect(underWay).rejects.toMatchObject({ code: 'cancelled' });
    expect([0, 1, 2, 499].map((place) => outline(ids[place]!))).toEqual([
      ['RBC 30'],
      ['mine 40'],
      [],
      ['mine 40'],
    ]);
    expect(project.store.fullCheck().problems).toEqual([]);
  });

  it('other changes of the project wait for it', async () => {
    const ids = project.addImages(500);
    const cell = project.store.classes.create({ kind: 'object', name: 'RBC' });
    const underWay = run(many(ids));
    const refused = expect.objectContaining({ code: 'not-allowed' }) as Error;
    expect(() => project.store.classes.delete(cell.id, { reassignTo: null })).toThrow(refused);
    expect(() => project.store.splits.set(ids, 'train')).toThrow(refused);
    expect(() => project.store.journal.undoProject()).toThrow(refused);
    expect(() => project.store.journal.redoProject()).toThrow(refused);
    await expect(run(many(ids))).rejects.toMatchObject({ code: 'not-allowed' });
    expect(await underWay).toMatchObject({ images: 500 });
  });

  it('the project can be closed: the next opening takes the import back', async () => {
    const ids = project.addImages(500);
    const before = allLabels(project.store);
    const underWay = run(many(ids));
    project.reopen();
    await expect(underWay).rejects.toMatchObject({ code: 'cancelled' });
    expect(allLabels(project.store)).toEqual(before);
    expect(project.store.classes.list()).toEqual([]);
    expect(project.store.journal.list(null, 1)[0]?.summary).toEqual(saying(/not completed/));
    expect(project.store.journal.projectSteps()).toEqual({ undo: null, redo: null });
  });
});

describe('any two imports', () => {
  it('undone give the start, redone the end, and never break a count', async () => {
    const ids = project.addImages(3);
    const boxes = fc.option(
      fc.array(
        fc
          .record({ name: fc.constantFrom('a', 'b'), x: fc.constantFrom(0, 5, 9.5) })
          .map(({ name, x }) => importedBox(name, x)),
        { maxLength: 4 },
      ),
      { nil: null },
    );
    const image = fc.record({
      boxes,
      imageClassNames: fc.option(fc.subarray(['p'], { minLength: 0 }), { nil: null }),
      split: fc.constantFrom(null, 'train', 'val'),
      verifiedEmpty: fc.boolean(),
    });
    const step = fc.record({
      mode: fc.constantFrom('update', 'merge', 'replace', 'skip', 'suggest'),
      images: fc.tuple(image, image, image),
    });
    await fc.assert(
      fc.asyncProperty(step, step, async (first, second) => {
        const states = [allLabels(project.store)];
        let done = 0;
        for (const { mode, images } of [first, second]) {
          const counts = await run(
            images.map((one, place) => about(ids[place]!, one)),
            { mode },
          );
          if (counts.images + counts.classesCreated > 0) done += 1;
          states.push(allLabels(project.store));
        }
        for (let n = 0; n < done; n++) project.store.journal.undoProject();
        expect(allLabels(project.store)).toEqual(states[0]);
        for (let n = 0; n < done; n++) project.store.journal.redoProject();
        expect(allLabels(project.store)).toEqual(states[2]);
        expect(project.store.fullCheck().problems).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});
