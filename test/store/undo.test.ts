import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AnnotationOperation, ImageAnnotations } from '../../electron/common/entities.ts';
import { openProject } from '../../electron/store/index.ts';
import type { ProjectStore } from '../../electron/store/index.ts';
import { saying } from '../support/in-english.ts';

let folder: string;
let store: ProjectStore;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'twinhead-store-'));
  store = openProject(folder, { create: true });
  const root = store.roots.add(path.join(folder, 'images'));
  const file = { bytes: 1, modifiedMs: 0, width: 100, height: 80, orientation: 1, format: 'png' };
  store.files.add(root.id, [{ ...file, path: 'a.png', sha256: '0'.repeat(64) }]);
});

afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What a person says about the image, without what every change moves on. */
function labels({ image, boxes }: ImageAnnotations): unknown {
  const { state, verified, imageClassIds, boxCount } = image;
  return { state, verified, imageClassIds, boxCount, boxes };
}

const geometry = fc.record({
  x: fc.double({ min: 0, max: 49, noNaN: true }),
  y: fc.double({ min: 0, max: 39, noNaN: true }),
  width: fc.double({ min: 1e-3, max: 50, noNaN: true }),
  height: fc.double({ min: 1e-3, max: 40, noNaN: true }),
});
const step = fc.record({ kind: fc.nat(5), pick: fc.nat(), geometry });

describe('undo of one image', () => {
  it('gives the start after full undo, the end after full redo, also after opening again', () => {
    const objectClass = store.classes.create({ kind: 'object', name: 'cell' });
    const imageClass = store.classes.create({ kind: 'image', name: 'sick' });

    const operation = (
      now: ImageAnnotations,
      { kind, pick, geometry: place }: typeof step extends fc.Arbitrary<infer Step> ? Step : never,
    ): AnnotationOperation | null => {
      const box = now.boxes[pick % Math.max(1, now.boxes.length)];
      const unlabelled = now.boxes.length === 0 && now.image.imageClassIds.length === 0;
      if (kind === 1 && box !== undefined)
        return { type: 'update-box', boxId: box.id, changes: { geometry: place } };
      if (kind === 2 && box !== undefined) return { type: 'delete-box', boxId: box.id };
      if (kind === 3) return { type: 'set-image-classes', classIds: pick % 2 === 0 ? [] : [imageClass.id] };
      if (kind === 4) return { type: 'set-verified', verified: pick % 2 === 0 };
      if (kind === 5)
        return unlabelled ? { type: 'set-state', state: pick % 2 === 0 ? 'empty' : 'unseen' } : null;
      return {
        type: 'add-box',
        box: { ...place, classId: objectClass.id, source: 'person', score: null, attributes: {} },
      };
    };

    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
        const start = labels(store.annotations.get(1));
        let edits = 0;
        for (const wanted of steps) {
          const before = store.annotations.get(1);
          const change = operation(before, wanted);
          if (change === null) continue;
          const { annotations } = store.annotations.edit(1, before.image.revision, [change]);
          if (annotations.image.revision > before.image.revision) edits += 1;
          const { state, verified, imageClassIds } = annotations.image;
          expect(state === 'labelled').toBe(annotations.boxes.length > 0 || imageClassIds.length > 0);
          if (change.type === 'set-verified') expect(verified).toBe(change.verified);
        }
        const end = labels(store.annotations.get(1));
        for (let n = 0; n < edits; n++) store.annotations.undo(1);
        expect(labels(store.annotations.get(1))).toEqual(start);
        store.close();
        store = openProject(folder);
        for (let n = 0; n < edits; n++) store.annotations.redo(1);
        expect(labels(store.annotations.get(1))).toEqual(end);
        expect(store.annotations.get(1).canRedo).toBe(false);
      }),
      { numRuns: 25 },
    );
  });

  it('is closed by a later change of the whole project, and opened again when that is undone', () => {
    const cell = store.classes.create({ kind: 'object', name: 'cell' });
    const box = {
      x: 0.1,
      y: 0.2,
      width: 3,
      height: 4,
      classId: cell.id,
      source: 'person',
      score: null,
      attributes: {},
    } as const;
    store.annotations.edit(1, 0, [{ type: 'add-box', box }]);
    const drawn = labels(store.annotations.get(1));
    expect(store.classes.delete(cell.id, { reassignTo: null })).toEqual({
      changedImages: 1,
      changedLabels: 1,
    });
    expect(store.annotations.get(1)).toMatchObject({ boxes: [], canUndo: false, image: { state: 'unseen' } });
    expect(store.journal.undoProject()?.summary).toEqual(saying(/^Deleted class “cell”$/));
    expect(labels(store.annotations.get(1))).toEqual(drawn);
    expect(store.annotations.get(1).canUndo).toBe(true);
  });
});

describe('edits', () => {
  it('on a stale revision are refused with the current one', () => {
    expect(() => store.annotations.edit(1, 7, [{ type: 'set-verified', verified: true }])).toThrow(
      expect.objectContaining({
        code: 'stale-revision',
        details: expect.objectContaining({ revision: 0 }) as unknown,
      }),
    );
  });

  it('with a box outside the image are refused whole', () => {
    const cell = store.classes.create({ kind: 'object', name: 'cell' });
    const add = (x: number): AnnotationOperation => ({
      type: 'add-box',
      box: {
        x,
        y: 0,
        width: 10,
        height: 10,
        classId: cell.id,
        source: 'person',
        score: null,
        attributes: {},
      },
    });
    expect(() => store.annotations.edit(1, 0, [add(0), add(90.1)])).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        details: expect.objectContaining({ place: 'operations[1]' }) as unknown,
      }),
    );
    expect(store.annotations.get(1)).toMatchObject({ boxes: [], image: { revision: 0, boxCount: 0 } });
  });
});

describe('a project', () => {
  it('that is open is refused to a second opener, and free again once closed', () => {
    expect(() => openProject(folder)).toThrow(expect.objectContaining({ code: 'project-in-use' }));
    store.close();
    store = openProject(folder);
    expect(store.info().images).toBe(1);
  });
});
