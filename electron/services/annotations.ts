import type { ServiceContext } from './context.ts';
import type { Handlers } from './handlers.ts';

type AnnotationCalls =
  | 'annotations.get'
  | 'annotations.edit'
  | 'annotations.undo'
  | 'annotations.redo'
  | 'annotations.restore'
  | 'history.list';

/** Edits of one image. Each is durable when the answer is sent; who reads `project.changes` hears of it. */
export function annotationHandlers({ session }: ServiceContext): Pick<Handlers, AnnotationCalls> {
  return {
    'annotations.get': async ({ imageId }) => session.require().store.annotations.get(imageId),
    'annotations.edit': async ({ imageId, expectedRevision, editId, operations }) => {
      const { annotations } = session.require().store;
      const result = annotations.edit(imageId, expectedRevision, operations, { editId, actor: 'person' });
      session.changed('annotations', [imageId], editId);
      return result;
    },
    'annotations.undo': async ({ imageId, expectedRevision, editId }) => {
      const { annotations } = session.require().store;
      const after = annotations.undo(imageId, { expectedRevision, editId });
      session.changed('annotations', [imageId], editId);
      return { ...after, undone: annotations.undone(imageId) };
    },
    'annotations.redo': async ({ imageId, expectedRevision, editId }) => {
      const annotations = session.require().store.annotations.redo(imageId, { expectedRevision, editId });
      session.changed('annotations', [imageId], editId);
      return annotations;
    },
    'annotations.restore': async ({ imageId, expectedRevision, entryId }) => {
      const annotations = session.require().store.annotations.restore(imageId, expectedRevision, entryId);
      session.changed('annotations', [imageId]);
      return annotations;
    },
    'history.list': async ({ imageId, limit }) => ({
      entries: session.require().store.journal.list(imageId, limit),
    }),
  };
}
