import { afterEach, describe, expect, it } from 'vitest';
import type { ImportedImage } from '../../electron/store/index.ts';
import { box, draw, useProject } from './support.ts';

const project = useProject();
const COCO = 'coco';

/** All that the project keeps of what imports in this format brought and nobody here knows. */
function kept(): unknown {
  const { store } = project;
  const images = [
    ...store.labelledImages({ imageIds: store.images.ids(), format: COCO, suggestions: false }),
  ].map(({ unknown }) => unknown);
  const classes = store.labelledClasses(COCO).map(({ name, unknown }) => [name, unknown]);
  return { images, classes, source: store.sourceFields(COCO) };
}

function image(imageId: number, fields: Record<string, unknown>, boxes = 1): ImportedImage {
  const found = { ...box(0), className: 'cell', extra: null };
  return {
    imageId,
    boxes: Array.from({ length: boxes }, () => found),
    imageClassNames: [],
    split: null,
    verifiedEmpty: false,
    extra: { [COCO]: fields },
  };
}

const first = (ids: readonly number[]) => ({
  title: 'first.json',
  classes: [{ kind: 'object' as const, name: 'cell', extra: { [COCO]: { supercategory: 'tissue' } } }],
  extra: { [COCO]: { info: { year: 2025 } } },
  images: [image(ids[0]!, { license: 3, taken: null }), image(ids[1]!, {}, 0)],
});
const second = (ids: readonly number[]) => ({
  title: 'second.json',
  classes: [
    { kind: 'object' as const, name: 'cell', extra: { [COCO]: { supercategory: 'blood', keypoints: [] } } },
    { kind: 'object' as const, name: 'dust', extra: { [COCO]: { supercategory: 'dirt' } } },
  ],
  extra: { [COCO]: { info: { year: 2026 } }, yolo: { nc: 2 } },
  images: [image(ids[0]!, { license: 4 }), image(ids[1]!, { url: 'b' }, 0)],
});

afterEach(() => expect(project.store.fullCheck().problems).toEqual([]));

describe('fields that nobody here knows', () => {
  it('are undone and redone with the import that brought them, to what was there before', async () => {
    const ids = project.addImages(2);
    const states = [kept()];
    for (const request of [first(ids), second(ids)]) {
      await project.store.importAnnotations(request);
      states.push(kept());
    }
    expect(states[1]).toEqual({
      images: [{ license: 3, taken: null }, {}],
      classes: [['cell', { supercategory: 'tissue' }]],
      source: { info: { year: 2025 } },
    });
    expect(states[2]).toEqual({
      images: [{ license: 4, taken: null }, { url: 'b' }],
      classes: [
        ['cell', { supercategory: 'blood', keypoints: [] }],
        ['dust', { supercategory: 'dirt' }],
      ],
      source: { info: { year: 2026 } },
    });
    for (const wanted of [states[1], states[0]]) {
      project.store.journal.undoProject();
      expect(kept()).toEqual(wanted);
    }
    project.reopen();
    for (const wanted of [states[1], states[2]]) {
      project.store.journal.redoProject();
      expect(kept()).toEqual(wanted);
    }
  });

  it('are a step of undo by themselves, and bring nothing a second time', async () => {
    const ids = project.addImages(2);
    await project.store.importAnnotations(first(ids));
    const { revision } = project.store;
    await project.store.importAnnotations(first(ids));
    expect(project.store.revision).toBe(revision + 1);
    expect(project.store.journal.steps()).toHaveLength(1);
    await project.store.importAnnotations({ title: 'file', extra: { [COCO]: { info: 1 } }, images: [] });
    expect(project.store.sourceFields(COCO)).toEqual({ info: 1 });
    project.store.journal.undoProject();
    expect(project.store.sourceFields(COCO)).toEqual({ info: { year: 2025 } });
  });

  it('come back with a class whose deletion is undone', async () => {
    const ids = project.addImages(2);
    await project.store.importAnnotations(first(ids));
    const before = kept();
    project.store.classes.delete(project.store.classes.list()[0]!.id, { reassignTo: null });
    project.store.journal.undoProject();
    expect(kept()).toEqual(before);
  });

  it('leave with an import that fails half way, and with its undo where the image was edited since', async () => {
    const ids = project.addImages(2);
    await project.store.importAnnotations(first(ids));
    const before = kept();
    const fails = { ...second(ids), images: [image(ids[0]!, { license: 9 }), image(ids[0]!, {})] };
    await expect(project.store.importAnnotations(fails)).rejects.toMatchObject({ code: 'invalid-input' });
    expect(kept()).toEqual(before);
    await project.store.importAnnotations(second(ids));
    draw(project.store, ids[0]!, box(1, 40));
    project.store.journal.undoProject();
    expect(kept()).toEqual(before);
  });
});
