import type { SplitLeak } from '../../common/entities.ts';
import type { ProjectStore } from '../../store/index.ts';
import type { Handlers } from '../scope/handlers.ts';

type SplitCalls =
  | 'images.setSplit'
  | 'splits.kinOfTest'
  | 'splits.assign'
  | 'splits.leaks'
  | 'splits.mend'
  | 'testSets.add'
  | 'testSets.delete';
type Leak = Awaited<ReturnType<ProjectStore['leaks']>>[number];

const MOST_LEAKS = 200;

/** A leak by the first image of each split. */
function summarizeLeak(store: ProjectStore, { kinship, images }: Leak): SplitLeak {
  const first = images.filter(
    ({ split }, index) => images.findIndex((other) => other.split === split) === index,
  );
  return {
    kinship,
    count: images.length,
    images: first.map(({ id, split }) => {
      const { path, content } = store.images.get(id);
      return { id, path, content, split };
    }),
  };
}

/** How images are shared out for training and evaluation. */
export function splitHandlers(): Pick<Handlers, SplitCalls> {
  return {
    'images.setSplit': async ({ imageIds, split, editId }, { project }) => {
      const outcome = project.store.splits.set(imageIds, split, { editId });
      project.changed('images', imageIds);
      return outcome;
    },
    'splits.kinOfTest': async ({ keepTogether }, { project: { store } }) => {
      const similar = keepTogether.includes('similar') ? await store.similarPairs() : [];
      return { images: store.splits.kinOfTest({ keepTogether, similar }) };
    },
    'splits.assign': async ({ editId, ...shares }, { project }) => {
      const { store } = project;
      const similar = shares.keepTogether.includes('similar') ? await store.similarPairs() : [];
      const drawn = store.splits.assign({ ...shares, similar }, { editId });
      project.changed('images');
      return drawn;
    },
    'testSets.add': async ({ name, imageIds, editId }, { project }) => {
      const outcome = project.store.testSets.add(name, imageIds, { editId });
      project.changed('images', imageIds);
      return outcome;
    },
    'testSets.delete': async ({ name, editId }, { project }) => {
      project.store.testSets.delete(name, { editId });
      project.changed('images', []);
      return {};
    },
    'splits.leaks': async (_input, { project: { store } }) => {
      const leaks = await store.leaks();
      return {
        total: leaks.length,
        leaks: leaks.slice(0, MOST_LEAKS).map((leak) => summarizeLeak(store, leak)),
        unlooked: store.looks.pending().length,
      };
    },
    'splits.mend': async ({ imageIds, editId }, { project }) => {
      const { store } = project;
      const leaks = await store.leaks();
      const chosen =
        imageIds === null
          ? leaks
          : leaks.filter(({ images }) => imageIds.every((id) => images.some((image) => image.id === id)));
      const mended = store.splits.mend(chosen, { editId });
      project.changed('images');
      return mended;
    },
  };
}
