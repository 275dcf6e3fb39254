import { describe, expect, it } from 'vitest';
import { allLabels, box, draw, labels, useProject } from './support.ts';
import { saying } from '../support/in-english.ts';

const project = useProject();

function object(name: string): number {
  return project.store.classes.create({ kind: 'object', name }).id;
}

const names = (): string[] => project.store.classes.list().map(({ name }) => name);

describe('merging a class into another', () => {
  it('gives its boxes the other class on every image, and undo gives each back its own', () => {
    const [a, b] = project.addImages(2) as [number, number];
    const [red, white] = [object('RBC'), object('WBC')];
    draw(project.store, a, box(red, 1));
    draw(project.store, a, box(white, 2));
    draw(project.store, b, box(red, 3));
    const before = { labels: allLabels(project.store), classes: project.store.classes.list() };
    expect(project.store.classes.delete(red, { reassignTo: white })).toEqual({
      changedImages: 2,
      changedLabels: 2,
    });
    expect(project.store.classes.list()).toMatchObject([{ name: 'WBC', uses: 3 }]);
    expect(project.store.annotations.get(a).boxes.map(({ classId }) => classId)).toEqual([white, white]);
    expect(project.store.fullCheck().problems).toEqual([]);
    project.store.journal.undoProject();
    expect({ labels: allLabels(project.store), classes: project.store.classes.list() }).toEqual(before);
    project.store.journal.redoProject();
    expect(project.store.classes.list()).toMatchObject([{ name: 'WBC', uses: 3 }]);
  });

  it('of images leaves no image with the same class twice', () => {
    const [a] = project.addImages(1) as [number];
    const [sick, ill] = ['sick', 'ill'].map(
      (name) => project.store.classes.create({ kind: 'image', name }).id,
    );
    project.store.settings.update({ multipleImageClasses: true });
    project.store.annotations.edit(a, 0, [{ type: 'set-image-classes', classIds: [sick!, ill!] }]);
    project.store.classes.delete(ill!, { reassignTo: sick! });
    expect(project.store.images.get(a).imageClassIds).toEqual([sick]);
    expect(project.store.fullCheck().problems).toEqual([]);
    project.store.journal.undoProject();
    expect(project.store.images.get(a).imageClassIds).toEqual([sick, ill]);
  });

  it('of another kind, into itself or into none that is there is refused', () => {
    const [red, sick] = [object('RBC'), project.store.classes.create({ kind: 'image', name: 'sick' }).id];
    for (const reassignTo of [red, sick]) {
      expect(() => project.store.classes.delete(red, { reassignTo })).toThrow(
        expect.objectContaining({ code: 'invalid-input' }),
      );
    }
    expect(() => project.store.classes.delete(red, { reassignTo: 99 })).toThrow(
      expect.objectContaining({ code: 'not-found' }),
    );
    expect(names()).toEqual(['RBC', 'sick']);
  });
});

describe('reordering classes', () => {
  it('changes the order alone: ids, colours, keys and labels stay', () => {
    const [a] = project.addImages(1) as [number];
    const ids = ['RBC', 'WBC', 'Platelets'].map(object);
    draw(project.store, a, box(ids[0]!));
    const before = { labels: allLabels(project.store), classes: project.store.classes.list() };
    project.store.classes.reorder('object', ids.toReversed());
    expect(names()).toEqual(['Platelets', 'WBC', 'RBC']);
    expect(allLabels(project.store)).toEqual(before.labels);
    const kept = ({ id, name, color, hotkey, uses }: (typeof before.classes)[number]) => [
      id,
      name,
      color,
      hotkey,
      uses,
    ];
    const byId = project.store.classes.list().toSorted((x, y) => x.id - y.id);
    expect(byId.map(kept)).toEqual(before.classes.map(kept));
    project.store.journal.undoProject();
    expect(project.store.classes.list()).toEqual(before.classes);
  });

  it.each([[[1]], [[1, 2, 2]], [[1, 2, 9]], [[]]])('refuses the order %j of the classes 1 and 2', (ids) => {
    object('RBC');
    object('WBC');
    expect(() => project.store.classes.reorder('object', ids)).toThrow(
      expect.objectContaining({ code: 'invalid-input' }),
    );
  });
});

describe('undoing a change of the project', () => {
  it('keeps what single images were changed to since, and takes back the rest', () => {
    const [a, b] = project.addImages(2) as [number, number];
    const [red, white, other] = [object('RBC'), object('WBC'), object('other')];
    const first = draw(project.store, a, box(red, 1));
    const second = draw(project.store, a, box(red, 2));
    draw(project.store, b, box(red, 3));
    project.store.classes.delete(red, { reassignTo: white });
    const { revision } = project.store.images.get(a);
    project.store.annotations.edit(a, revision, [
      { type: 'update-box', boxId: first, changes: { classId: other } },
      { type: 'add-box', box: box(white, 50) },
    ]);
    project.store.journal.undoProject();
    const classes = new Map(
      project.store.annotations
        .get(a)
        .boxes.map(({ id, x, classId }) => [id === second ? 'second' : x, classId]),
    );
    expect(classes).toEqual(
      new Map<string | number, number>([
        [1, other],
        ['second', red],
        [50, white],
      ]),
    );
    expect(project.store.annotations.get(b).boxes).toMatchObject([{ classId: red }]);
    expect(project.store.fullCheck().problems).toEqual([]);
  });

  it('that made a class which is in use since is refused, and said so', () => {
    const [a] = project.addImages(1) as [number];
    const red = object('RBC');
    draw(project.store, a, box(red));
    expect(() => project.store.journal.undoProject()).toThrow(
      expect.objectContaining({ code: 'not-allowed' }),
    );
    expect(names()).toEqual(['RBC']);
  });

  it('goes back step by step after a restart, and a new change ends what can be redone', () => {
    const red = object('RBC');
    project.store.classes.update(red, { name: 'red cell' });
    project.reopen();
    expect(project.store.journal.projectSteps()).toMatchObject({
      undo: { summary: saying('Renamed class “RBC” to “red cell”') },
      redo: null,
    });
    project.store.journal.undoProject();
    expect(names()).toEqual(['RBC']);
    expect(project.store.journal.projectSteps().redo?.summary).toEqual(
      saying(/^Renamed class “RBC” to “red cell”$/),
    );
    object('WBC');
    expect(project.store.journal.redoProject()).toBeNull();
    project.store.journal.undoProject();
    project.store.journal.undoProject();
    expect(project.store.journal.undoProject()).toBeNull();
    expect(names()).toEqual([]);
  });

  it('brings removed labels back bit for bit', () => {
    const [a] = project.addImages(1) as [number];
    const red = object('RBC');
    draw(project.store, a, box(red, 0.1 + 0.2, 1 / 3, 10 / 7, Math.PI));
    const before = labels(project.store.annotations.get(a));
    project.store.classes.delete(red, { reassignTo: null });
    project.reopen();
    project.store.journal.undoProject();
    expect(labels(project.store.annotations.get(a))).toEqual(before);
  });
});

describe('a class', () => {
  it.each([
    [{ name: ' ' }, /at least one visible character/],
    [{ name: 'a\u0007' }, /control/],
    [{ name: 'RBC' }, /already/],
    [{ name: 'x', color: 'red' }, /colour/],
    [{ name: 'x', hotkey: 'ctrl' }, /key/],
    [{ name: 'x', hotkey: '1' }, /already used for/],
  ])('is refused as %j', (given, message) => {
    object('RBC');
    expect(() => project.store.classes.create({ kind: 'object', ...given })).toThrow(message);
  });

  it('of images may have the name and key of one of objects', () => {
    object('RBC');
    expect(project.store.classes.create({ kind: 'image', name: 'RBC', hotkey: '1' })).toMatchObject({
      uses: 0,
    });
  });
});

describe('a class name', () => {
  const create = (name: string) => project.store.classes.create({ kind: 'object', name });

  it.each([
    ['nothing', ''],
    ['blanks', ' \t\u3000'],
    ['invisible characters', '\u200B\u2060\u3164'],
    ['10,000 characters', 'n'.repeat(10_000)],
    ['a line break', 'red\ncell'],
    ['marks that turn the direction of text', 'a\u202Eb'],
    ['a mark of Arabic that can not be seen', 'a\u061Cb'],
    ['half a character', 'a\uD800'],
  ])('of %s is refused, and nothing is made', (_, name) => {
    expect(() => create(name)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
    expect(names()).toEqual([]);
  });

  it.each([
    [' \u200B', 'The class name “\u200B” needs at least one visible character.'],
    [
      'red\ncell',
      'The class name “red\uFFFDcell” has a line break or a control character; neither is allowed.',
    ],
    ['n'.repeat(201), `The class name “${'n'.repeat(60)}…” has 201 characters; at most 200 are allowed.`],
  ])('that is refused is named, with what is allowed: %j', (name, message) => {
    expect(() => create(name)).toThrow(message);
  });

  it.each([
    ['markup', '<img src=x onerror=alert(1)> & "quotes"'],
    ['right-to-left text', 'תא דם אדום'],
    ['Chinese', '红细胞'],
    ['joined emoji', '👩‍🔬'],
    ['200 characters outside of the first plane', '𝔸'.repeat(200)],
  ])('of %s is kept as it is', (_, name) => {
    expect(create(name).name).toBe(name);
    project.reopen();
    expect(names()).toEqual([name]);
  });

  it.each([
    ['case', 'RBC', 'rbc'],
    ['Unicode form', 'Zelle \u00E4', 'Zelle a\u0308'],
    ['width', 'ABC', '\uFF21\uFF22\uFF23'],
    ['blanks', 'red cell', '  red   cell'],
    ['an invisible character', 'cell', 'ce\u200Bll'],
    ['the German double s', 'Straße', 'STRASSE'],
  ])('that differs from another’s only by %s is refused by hand, naming that one', (_, first, second) => {
    create(first);
    expect(() => create(second)).toThrow(`A class named “${first}” already exists.`);
    const other = create('something else').id;
    expect(() => project.store.classes.update(other, { name: second })).toThrow(/already/);
    expect(names()).toEqual([first, 'something else']);
  });

  it('may be given to the same class in another case', () => {
    const { id } = create('rbc');
    expect(project.store.classes.update(id, { name: 'RBC' }).name).toBe('RBC');
  });

  it('that a source tells apart by case alone is kept apart, and both can be changed', async () => {
    const [a] = project.addImages(1) as [number];
    const letter = (className: string, x: number) => ({ ...box(0, x), className, extra: null });
    await project.store.importAnnotations({
      title: 'letters',
      images: [
        {
          imageId: a,
          boxes: [letter('a', 1), letter('A', 2)],
          imageClassNames: null,
          split: null,
          verifiedEmpty: false,
        },
      ],
    });
    expect(names()).toEqual(['a', 'A']);
    const { id } = project.store.classes.list()[0]!;
    expect(project.store.classes.update(id, { color: '#000000' }).color).toBe('#000000');
  });
});

describe('a new class', () => {
  it('gets the first colour that no class of its kind has', () => {
    const [first] = ['a', 'b', 'c'].map((name) => project.store.classes.create({ kind: 'object', name }));
    project.store.classes.delete(first!.id, { reassignTo: null });
    expect(project.store.classes.create({ kind: 'object', name: 'd' }).color).toBe(first!.color);
    const colors = project.store.classes.list().map(({ color }) => color);
    expect(new Set(colors).size).toBe(3);
  });

  it('still gets a colour where all are taken', () => {
    for (let n = 0; n < 40; n++) object(`class ${n}`);
    const colors = project.store.classes.list().map(({ color }) => color);
    expect(colors.every((color) => /^#[0-9A-F]{6}$/.test(color))).toBe(true);
    expect(new Set(colors.slice(0, 32)).size).toBe(32);
  });
});

describe('what deleting or merging a class would change', () => {
  it('is counted beforehand, and is what then happens', () => {
    const [a, b] = project.addImages(2) as [number, number];
    const [red, white] = [object('RBC'), object('WBC')];
    draw(project.store, a, box(red, 1));
    draw(project.store, a, box(red, 2));
    draw(project.store, b, box(red, 3));
    draw(project.store, b, box(white, 4));
    expect(project.store.classes.effect(red)).toEqual({ labels: 3, images: 2, suggestions: 0 });
    expect(project.store.classes.delete(red, { reassignTo: white })).toEqual({
      changedLabels: 3,
      changedImages: 2,
    });
    expect(() => project.store.classes.effect(red)).toThrow(expect.objectContaining({ code: 'not-found' }));
  });
});

it('a class named by a digit has that digit as its key, while it is free', () => {
  const key = (name: string): string | null => project.store.classes.create({ kind: 'object', name }).hotkey;
  expect(['cell', '0', '7', '1', 'other'].map(key)).toEqual(['1', '0', '7', '2', '3']);
});
