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
