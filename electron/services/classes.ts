import type { ServiceContext } from './context.ts';
import type { Handlers } from './handlers.ts';

type ClassCalls =
  | 'classes.list'
  | 'classes.effect'
  | 'classes.create'
  | 'classes.update'
  | 'classes.delete'
  | 'classes.reorder';

/** The names that people give to images and objects. */
export function classHandlers({ session }: ServiceContext): Pick<Handlers, ClassCalls> {
  const store = (): ReturnType<typeof session.require>['store'] => session.require().store;
  return {
    'classes.list': async () => ({ classes: store().classes.list() }),
    'classes.effect': async ({ id }) => store().classes.effect(id),
    'classes.create': async (input) => {
      const created = store().classes.create(input);
      session.changed('classes');
      return created;
    },
    'classes.update': async ({ id, ...changes }) => {
      const updated = store().classes.update(id, changes);
      session.changed('classes');
      return updated;
    },
    'classes.delete': async ({ id, reassignTo }) => {
      const result = store().classes.delete(id, { reassignTo });
      session.changed('classes');
      return result;
    },
    'classes.reorder': async ({ kind, ids }) => {
      store().classes.reorder(kind, ids);
      session.changed('classes');
      return { classes: store().classes.list() };
    },
  };
}
