import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { ImageAnnotations, NewBox } from '../../electron/common/entities.ts';
import { openProject } from '../../electron/store/index.ts';
import type { OpenOptions, ProjectStore } from '../../electron/store/index.ts';

export interface TestProject {
  readonly folder: string;
  store: ProjectStore;
  /** Closes it and opens it again, as another start of the program. */
  reopen(options?: OpenOptions): void;
  /** Registers so many images of 100 × 80 pixels: a0.png, a1.png … Returns their ids. */
  addImages(count: number, groups?: (index: number) => string | null): number[];
}

/** A new project in a temporary folder for each test, or one for all that only look at it; removed afterwards. */
export function useProject(options: OpenOptions = {}, { forAll = false } = {}): TestProject {
  const project = {
    folder: '',
    store: undefined as unknown as ProjectStore,
    reopen(again: OpenOptions = options) {
      project.store.close();
      project.store = openProject(project.folder, again);
    },
    addImages(count: number, groups: (index: number) => string | null = () => null) {
      const root = project.store.roots.add(path.join(project.folder, 'images'));
      const images = Array.from({ length: count }, (_, index) => ({
        path: `a${index}.png`,
        sha256: index.toString(16).padStart(64, '0'),
        bytes: 1,
        modifiedMs: 0,
        width: 100,
        height: 80,
        orientation: 1,
        format: 'png',
        group: groups(index),
      }));
      return project.store.files.add(root.id, images).map(({ id }) => id);
    },
  };
  (forAll ? beforeAll : beforeEach)(() => {
    project.folder = mkdtempSync(path.join(os.tmpdir(), 'twinhead-store-'));
    project.store = openProject(project.folder, { ...options, create: true });
  });
  (forAll ? afterAll : afterEach)(() => {
    project.store.close();
    rmSync(project.folder, { recursive: true, force: true });
  });
  return project;
}

export function box(classId: number, x = 1, y = 2, width = 3, height = 4): NewBox {
  return { x, y, width, height, classId, source: 'person', score: null, attributes: {} };
}

/** Adds one box to an image as it is now and returns the box's id. */
export function draw(store: ProjectStore, imageId: number, given: NewBox): number {
  const { revision } = store.images.get(imageId);
  return store.annotations.edit(imageId, revision, [{ type: 'add-box', box: given }]).createdBoxIds[0]!;
}

/** What is said about an image, without what every change moves on. */
export function labels({ image, boxes }: ImageAnnotations) {
  const { state, verified, imageClassIds, boxCount, split } = image;
  return { state, verified, imageClassIds, boxCount, split, boxes };
}

export function allLabels(store: ProjectStore) {
  return store.images.ids().map((id) => labels(store.annotations.get(id)));
}
