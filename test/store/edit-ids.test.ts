import { describe, expect, it } from 'vitest';
import type { AnnotationOperation } from '../../electron/common/entities.ts';
import { box, draw, useProject } from './support.ts';

const project = useProject();
const [A, B] = ['11111111-0000-4000-8000-000000000000', '22222222-0000-4000-8000-000000000000'] as const;
const FLAG: AnnotationOperation = { type: 'set-flag', flagged: true };

function newImage(): { imageId: number; cell: number } {
  const [imageId] = project.addImages(1);
  return { imageId: imageId!, cell: project.store.classes.create({ kind: 'object', name: 'cell' }).id };
}

describe('an edit that is asked for again', () => {
  it('is made once and answered as it was, whatever has come since and after another start', () => {
    const { imageId, cell } = newImage();
    const operations: AnnotationOperation[] = [
      { type: 'add-box', box: { ...box(cell), attributes: { truncated: true } } },
      { type: 'add-box', box: box(cell, 50) },
      { type: 'set-note', note: 'two' },
    ];
    const ask = () => project.store.annotations.edit(imageId, 0, operations, { editId: A });
    const first = ask();
    expect(first.createdBoxIds).toHaveLength(2);
    expect(ask()).toEqual(first);
    const [id] = first.createdBoxIds;
    project.store.annotations.edit(imageId, 1, [{ type: 'delete-box', boxId: id! }, FLAG]);
    project.store.classes.delete(cell, { reassignTo: null });
    project.reopen();
    const { canUndo, canRedo } = project.store.annotations.get(imageId);
    expect(ask()).toEqual({ ...first, annotations: { ...first.annotations, canUndo, canRedo } });
    expect(project.store.annotations.get(imageId)).toMatchObject({ boxes: [], image: { revision: 3 } });
  });

  it('is another edit under another id, and refused where that id belongs to another', () => {
    const { imageId } = newImage();
    const [other] = project.addImages(2).slice(1);
    project.store.annotations.edit(imageId, 0, [FLAG], { editId: A });
    const refused = expect.objectContaining({ code: 'invalid-input' }) as unknown;
    expect(() => project.store.annotations.edit(other!, 0, [FLAG], { editId: A })).toThrow(refused);
    expect(() => project.store.annotations.undo(imageId, { editId: A })).toThrow(refused);
    expect(() => project.store.annotations.edit(imageId, 0, [FLAG], { editId: B })).toThrow(
      expect.objectContaining({ code: 'stale-revision' }),
    );
  });
});

describe('an undo that is asked for again', () => {
  it('is made once, and so is a redo', () => {
    const { imageId, cell } = newImage();
    draw(project.store, imageId, box(cell));
    draw(project.store, imageId, box(cell, 50));
    const both = project.store.annotations.get(imageId);
    const undo = () => project.store.annotations.undo(imageId, { expectedRevision: 2, editId: A });
    const undone = undo();
    expect(undone.boxes).toHaveLength(1);
    expect(undo()).toEqual(undone);
    const redo = () => project.store.annotations.redo(imageId, { expectedRevision: 3, editId: B });
    const redone = redo();
    expect(redone.boxes).toEqual(both.boxes);
    expect(redo()).toEqual(redone);
    expect(undo()).toMatchObject({ boxes: undone.boxes, image: { revision: 3, boxCount: 1 } });
    expect(project.store.annotations.get(imageId)).toEqual(redone);
  });
});

describe('a restored image that is asked for again', () => {
  it('is made once and answered as it was', () => {
    const { imageId, cell } = newImage();
    draw(project.store, imageId, box(cell));
    const ask = () => project.store.annotations.restore(imageId, 1, 0, { editId: A });
    const restored = ask();
    expect(restored.boxes).toEqual([]);
    draw(project.store, imageId, box(cell, 50));
    expect(ask()).toMatchObject({ boxes: [], image: { revision: 2 } });
    expect(project.store.annotations.get(imageId)).toMatchObject({ image: { revision: 3, boxCount: 1 } });
  });
});

describe('a change of the project that is asked for again', () => {
  it('is made once and answered by what happened, after another start too', () => {
    const [first, second, third] = project.addImages(3);
    const kept = project.store.classes.create({ kind: 'object', name: 'kept' }).id;
    const image = project.store.classes.create({ kind: 'image', name: 'sick' }).id;
    draw(project.store, first!, box(kept));
    draw(project.store, second!, box(kept));
    const changes: ((editId: string) => unknown)[] = [
      (editId) => project.store.classes.create({ kind: 'object', name: 'gone' }, { editId }),
      (editId) => project.store.classes.update(kept, { name: 'renamed' }, { editId }),
      (editId) => project.store.classes.reorder('object', [kept + 2, kept], { editId }),
      (editId) => project.store.settings.update({ multipleImageClasses: true }, { editId }),
      (editId) => project.store.splits.set([first!, second!], 'val', { editId }),
      (editId) =>
        project.store.splits.assign({ train: 1, val: 0, test: 0, seed: 1, reassign: true }, { editId }),
      (editId) => project.store.images.change([first!, third!], { imageClassId: image }, { editId }),
      (editId) => project.store.images.remove([first!], { editId }),
      (editId) => project.store.classes.delete(kept, { reassignTo: null }, { editId }),
      (editId) => project.store.journal.undoProject({ editId }),
      (editId) => project.store.journal.redoProject({ editId }),
    ];
    for (const ask of changes) {
      const id = crypto.randomUUID();
      const answer = ask(id);
      const { revision } = project.store;
      expect(ask(id)).toEqual(answer);
      project.reopen();
      expect(ask(id)).toEqual(answer);
      expect(project.store.revision).toBe(revision);
    }
    expect(project.store.annotations.get(second!).boxes).toEqual([]);
  });

  it('is refused under the id of another', () => {
    const [imageId] = project.addImages(1);
    project.store.splits.set([imageId!], 'val', { editId: A });
    expect(() => project.store.images.remove([imageId!], { editId: A })).toThrow(
      expect.objectContaining({ code: 'invalid-input' }),
    );
    expect(() => project.store.annotations.edit(imageId!, 0, [FLAG], { editId: A })).toThrow(
      expect.objectContaining({ code: 'invalid-input' }),
    );
  });
});

describe('an import that is asked for again', () => {
  const asked = (editId: string, signal?: AbortSignal) => {
    const added = {
      x: 1,
      y: 2,
      width: 3,
      height: 4,
      className: 'cell',
      score: null,
      attributes: {},
      extra: null,
    };
    const [imageId] = project.store.images.ids();
    return project.store.importAnnotations({
      title: 'labels.json',
      editId,
      signal,
      images: [
        { imageId: imageId!, boxes: [added], imageClassNames: ['sick'], split: null, verifiedEmpty: false },
      ],
    });
  };

  it('is made once and answered by its counts, after another start, its undo and its redo too', async () => {
    project.addImages(1);
    const counts = await asked(A);
    expect(counts).toMatchObject({ boxesAdded: 1, classesCreated: 2 });
    const { revision } = project.store;
    expect(await asked(A)).toMatchObject(counts);
    project.reopen();
    expect(await asked(A)).toMatchObject(counts);
    expect(project.store.revision).toBe(revision);
    project.store.journal.undoProject();
    expect(await asked(A)).toMatchObject(counts);
    expect(project.store.info().boxes).toBe(0);
    project.store.journal.redoProject();
    expect(await asked(A)).toMatchObject(counts);
    expect(project.store.info().boxes).toBe(1);
  });

  it('is made where it was taken back before it was whole', async () => {
    const [imageId] = project.addImages(1);
    const stop = new AbortController();
    const images = function* () {
      for (let n = 0; n < 1; n++) {
        yield { imageId: imageId!, boxes: [], imageClassNames: ['sick'], split: null, verifiedEmpty: false };
        stop.abort();
        throw new Error('the source ends');
      }
    };
    await expect(
      project.store.importAnnotations({ title: 'cut', editId: A, images: images(), signal: stop.signal }),
    ).rejects.toThrow('the source ends');
    expect(await asked(A)).toMatchObject({ boxesAdded: 1 });
  });
});
