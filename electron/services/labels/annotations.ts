import type { Handlers } from '../scope/handlers.ts';

type AnnotationCalls =
  | 'annotations.get'
  | 'annotations.list'
  | 'annotations.edit'
  | 'annotations.undo'
  | 'annotations.redo'
  | 'annotations.restore'
  | 'history.list';

/** Edits of one image. Each is durable when the answer is sent; who reads `project.changes` hears of it. */
export function annotationHandlers(): Pick<Handlers, AnnotationCalls> {
  return {
    'annotations.get': async ({ imageId }, { project }) => project.store.annotations.get(imageId),
    'annotations.list': async ({ imageIds }, { project }) => ({
      items: project.store.annotations.list(imageIds),
    }),
    'annotations.edit': async ({ imageId, expectedRevision, editId, operations }, { project }) => {
      const { annotations } = project.store;
      const result = annotations.edit(imageId, expectedRevision, operations, { editId, actor: 'person' });
      project.changed('annotations', [imageId], editId);
      return result;
    },
    'annotations.undo': async ({ imageId, expectedRevision, editId }, { project }) => {
      const { annotations } = project.store;
      const after = annotations.undo(imageId, { expectedRevision, editId });
      project.changed('annotations', [imageId], editId);
      return { ...after, undone: annotations.undone(imageId) };
    },
    'annotations.redo': async ({ imageId, expectedRevision, editId }, { project }) => {
      const annotations = project.store.annotations.redo(imageId, { expectedRevision, editId });
      project.changed('annotations', [imageId], editId);
      return annotations;
    },
    'annotations.restore': async ({ imageId, expectedRevision, editId, entryId }, { project }) => {
      const annotations = project.store.annotations.restore(imageId, expectedRevision, entryId, { editId });
      project.changed('annotations', [imageId], editId);
      return annotations;
    },
    'history.list': async ({ imageId, limit }, { project }) => ({
      entries: project.store.journal.list(imageId, limit),
    }),
  };
}
