import type { Handlers } from '../scope/handlers.ts';

type ClassCalls =
  | 'classes.list'
  | 'classes.guide'
  | 'classes.effect'
  | 'classes.create'
  | 'classes.update'
  | 'classes.delete'
  | 'classes.reorder';

/** The names that people give to images and objects. */
export function classHandlers(): Pick<Handlers, ClassCalls> {
  return {
    'classes.list': async (_input, { project }) => ({ classes: project.store.classes.list() }),
    'classes.guide': async ({ id }, { project }) => ({ examples: project.store.classes.examples(id) }),
    'classes.effect': async ({ id }, { project }) => project.store.classes.effect(id),
    'classes.create': async ({ editId, ...given }, { project }) => {
      const created = project.store.classes.create(given, { editId });
      project.changed('classes');
      return created;
    },
    'classes.update': async ({ id, editId, ...changes }, { project }) => {
      const updated = project.store.classes.update(id, changes, { editId });
      project.changed('classes');
      return updated;
    },
    'classes.delete': async ({ id, reassignTo, editId }, { project }) => {
      const result = project.store.classes.delete(id, { reassignTo }, { editId });
      project.changed('classes');
      return result;
    },
    'classes.reorder': async ({ kind, ids, editId }, { project }) => {
      project.store.classes.reorder(kind, ids, { editId });
      project.changed('classes');
      return { classes: project.store.classes.list() };
    },
  };
}
