import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AnnotationOperation } from '../../electron/common/entities.ts';
import { box, draw, useProject } from './support.ts';

const project = useProject();

/** Three images: the first with a box, the second said to be empty, the third with a suggestion. */
async function fill(): Promise<{ ids: [number, number, number]; classId: number }> {
  const ids = project.addImages(3) as [number, number, number];
  const { id: classId } = project.store.classes.create({ kind: 'object', name: 'cell' });
  draw(project.store, ids[0], box(classId));
  edit(ids[1], [{ type: 'set-state', state: 'empty' }]);
  await project.store.importAnnotations({
    title: 'model',
    suggestedBy: { kind: 'model', name: 'run' },
    images: [
      {
        imageId: ids[2],
        boxes: [{ ...box(classId), className: 'cell', score: 0.5, extra: null }],
        imageClassNames: null,
        split: null,
        verifiedEmpty: false,
      },
    ],
  });
  return { ids, classId };
}

function edit(id: number, operations: AnnotationOperation[]): void {
  const { store } = project;
  store.annotations.edit(id, store.images.get(id).revision, operations);
}

type Filled = Awaited<ReturnType<typeof fill>>;
type Step = readonly [what: string, act: (filled: Filled) => unknown];

const LEAVES: readonly Step[] = [
  [
    'a file that was only touched',
    ({ ids }) => project.store.files.noteTouched([{ imageId: ids[0], bytes: 2, modifiedMs: 9 }]),
  ],
  [
    'a file that was found elsewhere',
    ({ ids }) => {
      const root = project.store.roots.add(path.join(project.folder, 'other'));
      project.store.files.relink([
        { imageId: ids[0], rootId: root.id, path: 'b.png', bytes: 1, modifiedMs: 0 },
      ]);
    },
  ],
  ['a folder that has moved', () => project.store.roots.relink(1, path.join(project.folder, 'moved'))],
  ['a note', ({ ids }) => edit(ids[0], [{ type: 'set-note', note: 'look again' }])],
  ['a flag', ({ ids }) => edit(ids[0], [{ type: 'set-flag', flagged: true }])],
  ['a verification', ({ ids }) => edit(ids[0], [{ type: 'set-verified', verified: true }])],
  ['flags of several images', ({ ids }) => project.store.images.change(ids, { flagged: true })],
  ['groups', ({ ids }) => project.store.images.setGroups([{ imageId: ids[0], group: 'a' }])],
  ['a setting', () => project.store.settings.update({ multipleImageClasses: true })],
  [
    'a suggestion that is rejected',
    ({ ids }) => {
      const suggestionId = project.store.annotations.get(ids[2]).suggestions[0]!.id;
      edit(ids[2], [{ type: 'reject-suggestion', suggestionId }]);
    },
  ],
];

const RAISES: readonly Step[] = [
  ['a box', ({ ids, classId }) => draw(project.store, ids[1], box(classId))],
  ['an undo', ({ ids }) => project.store.annotations.undo(ids[0])],
  [
    'an image that is said to be empty no more',
    ({ ids }) => edit(ids[1], [{ type: 'set-state', state: 'unseen' }]),
  ],
  ['a split', ({ ids }) => project.store.splits.set([ids[0]], 'val')],
  ['a new class', () => project.store.classes.create({ kind: 'image', name: 'sick' })],
  ['a new name of a class', ({ classId }) => project.store.classes.update(classId, { name: 'cells' })],
  ['a class that is deleted', ({ classId }) => project.store.classes.delete(classId, { reassignTo: null })],
  ['images that are removed', ({ ids }) => project.store.images.remove([ids[0]])],
  [
    'has changed since it was added',
    ({ ids }) =>
      project.store.files.acceptContent(ids[0], {
        sha256: 'f'.repeat(64),
        bytes: 3,
        modifiedMs: 0,
        width: 100,
        height: 80,
        orientation: 1,
        format: 'png',
      }),
  ],
  [
    'an import',
    async ({ ids }) =>
      project.store.importAnnotations({
        title: 'x',
        images: [
          {
            imageId: ids[1],
            boxes: [{ ...box(1, 50, 50), className: 'cell', score: null, extra: null }],
            imageClassNames: null,
            split: null,
            verifiedEmpty: false,
          },
        ],
      }),
  ],
  [
    'a suggestion that is accepted',
    ({ ids }) => {
      const suggestionId = project.store.annotations.get(ids[2]).suggestions[0]!.id;
      edit(ids[2], [{ type: 'accept-suggestion', suggestionId }]);
    },
  ],
];

describe('the revision of the labels', () => {
  it.each(LEAVES)('stays with %s', async (_what, act) => {
    const filled = await fill();
    const before = project.store.labelsRevision;
    await act(filled);
    expect(project.store.labelsRevision).toBe(before);
    expect(project.store.trainingSnapshot().labels.revision).toBe(before);
  });

  it.each(RAISES)('grows with %s', async (_what, act) => {
    const filled = await fill();
    const before = project.store.labelsRevision;
    await act(filled);
    expect(project.store.labelsRevision).toBeGreaterThan(before);
    expect(project.store.info().labelsRevision).toBe(project.store.labelsRevision);
  });

  it('grows again when a change of splits is undone and made again', async () => {
    const { ids } = await fill();
    project.store.splits.set([ids[0]], 'val');
    for (const turn of ['undoProject', 'redoProject'] as const) {
      const before = project.store.labelsRevision;
      project.store.journal[turn]();
      expect(project.store.labelsRevision).toBeGreaterThan(before);
    }
  });
});

describe('labels that a run has seen', () => {
  /** As a run or an evaluation keeps them. */
  function seen(): number {
    const { labels } = project.store.trainingSnapshot();
    project.store.noteLabels(labels);
    return labels.revision;
  }

  it('have not changed once a box that was drawn is undone', async () => {
    const { ids, classId } = await fill();
    const before = seen();
    draw(project.store, ids[0], box(classId, 20, 20));
    expect(project.store.labelsChanged(before)).toBe(true);
    project.store.annotations.undo(ids[0]);
    expect(project.store.labelsRevision).toBeGreaterThan(before);
    expect(project.store.labelsChanged(before)).toBe(false);
    expect(project.store.trainingSnapshot().labels.revision).toBe(before);
    project.reopen();
    expect(project.store.labelsChanged(before)).toBe(false);
    project.store.annotations.redo(ids[0]);
    expect(project.store.labelsChanged(before)).toBe(true);
  });

  it.each(RAISES.filter(([what]) => what !== 'an undo'))('have changed with %s', async (_what, act) => {
    const filled = await fill();
    const before = seen();
    await act(filled);
    expect(project.store.labelsChanged(before)).toBe(true);
  });

  it('are found again after a change of a whole class and its undo', async () => {
    const { classId } = await fill();
    const before = seen();
    const { id: other } = project.store.classes.create({ kind: 'object', name: 'other' });
    project.store.classes.delete(classId, { reassignTo: other });
    project.store.journal.undoProject();
    project.store.journal.undoProject();
    expect(project.store.classes.list().map(({ id }) => id)).toEqual([classId]);
    expect(project.store.labelsChanged(before)).toBe(false);
  });
});
