import type { Handlers } from '../scope/handlers.ts';

type SnapshotCalls =
  'snapshots.list' | 'snapshots.create' | 'snapshots.delete' | 'snapshots.diff' | 'snapshots.restore';

/** Named moments of the labels: kept, compared, gone back to. */
export function snapshotHandlers(): Pick<Handlers, SnapshotCalls> {
  return {
    'snapshots.list': async (_input, { project }) => ({ snapshots: project.store.snapshots.list() }),
    'snapshots.create': async ({ name }, { project }) => {
      const snapshot = project.store.snapshots.add(name);
      project.changed('images');
      return snapshot;
    },
    'snapshots.delete': async ({ id }, { project }) => {
      project.store.snapshots.delete(id);
      project.changed('images');
      return {};
    },
    'snapshots.diff': async ({ from, to }, { project: { store } }) => {
      const entries = [store.snapshots.entryOf(from), store.snapshots.entryOf(to)] as const;
      return store.diff(Math.min(...entries), Math.max(...entries));
    },
    'snapshots.restore': async ({ id, editId }, { project }) => {
      const restored = await project.store.snapshots.restore(id, { editId });
      project.changed('images');
      project.changed('classes');
      return restored;
    },
  };
}
