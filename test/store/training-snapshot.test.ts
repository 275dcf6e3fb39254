import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { box, draw, useProject } from './support.ts';

const project = useProject();

describe('the snapshot to train on', () => {
  it('has images with absolute files, labels by class id, and classes in the order of their lists', () => {
    const [a, b, c] = project.addImages(3) as [number, number, number];
    const [red, white] = ['RBC', 'WBC'].map(
      (name) => project.store.classes.create({ kind: 'object', name }).id,
    );
    const sick = project.store.classes.create({ kind: 'image', name: 'sick' }).id;
    project.store.classes.reorder('object', [white!, red!]);
    draw(project.store, a, { ...box(red!, 0.1), attributes: { crowd: true } });
    draw(project.store, a, box(white!));
    project.store.annotations.edit(a, 2, [{ type: 'set-image-classes', classIds: [sick] }]);
    project.store.annotations.edit(b, 0, [{ type: 'set-state', state: 'empty' }]);
    project.store.splits.set([a, b], 'val');
    const snapshot = project.store.trainingSnapshot();
    expect(snapshot).toMatchObject({
      labels: { revision: project.store.labelsRevision },
      imageClasses: [{ id: sick, name: 'sick' }],
      objectClasses: [
        { id: white, name: 'WBC' },
        { id: red, name: 'RBC' },
      ],
    });
    expect(snapshot.images).toEqual([
      {
        id: a,
        file: path.join(project.folder, 'images', 'a0.png'),
        sha256: '0'.repeat(64),
        width: 100,
        height: 80,
        split: 'val',
        missing: false,
        state: 'labelled',
        imageClassIds: [sick],
        boxes: [
          { x: 0.1, y: 2, width: 3, height: 4, classId: red, crowd: true },
          { x: 1, y: 2, width: 3, height: 4, classId: white, crowd: false },
        ],
      },
      expect.objectContaining({ id: b, state: 'empty', split: 'val', boxes: [], imageClassIds: [] }),
      expect.objectContaining({ id: c, state: 'unseen', split: 'none', boxes: [] }),
    ]);
  });

  it('has images whose file is missing, too, with their labels, and says which they are', () => {
    const [a, b] = project.addImages(2) as [number, number];
    const red = project.store.classes.create({ kind: 'object', name: 'RBC' }).id;
    draw(project.store, a, box(red));
    project.store.files.markMissing([a], true);
    const { images } = project.store.trainingSnapshot();
    expect(images.map(({ id, missing, boxes }) => [id, missing, boxes.length])).toEqual([
      [a, true, 1],
      [b, false, 0],
    ]);
  });

  it('has every box, also more than are read at once', async () => {
    const ids = project.addImages(120);
    const boxes = Array.from({ length: 100 }, (_, n) => ({
      ...box(0, n / 2, 1, 1, 1),
      className: 'RBC',
      extra: null,
    }));
    await project.store.importAnnotations({
      title: 'many',
      images: ids.map((imageId) => ({
        imageId,
        boxes,
        imageClassNames: null,
        split: null,
        verifiedEmpty: false,
      })),
    });
    const { images } = project.store.trainingSnapshot();
    for (const image of images) expect(image.boxes.map(({ x }) => x)).toEqual(boxes.map(({ x }) => x));
  });
});
