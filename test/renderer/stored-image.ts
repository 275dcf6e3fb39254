import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import type { AnnotationOperation, Box, ImageAnnotations } from '../../electron/common/entities.ts';
import type { LabelRules } from '../../electron/common/labels/operations.ts';
import type { Rectangle } from '../../electron/common/geometry.ts';
import { openProject } from '../../electron/store/index.ts';
import type { ProjectStore } from '../../electron/store/index.ts';
import { EditQueue } from '../../renderer/editor/edit-queue.ts';
import type { EditPort } from '../../renderer/editor/edit-port.ts';
import { newBox } from '../../renderer/editor/kernels/copies.ts';

/** lost: the request gets nowhere; answer-lost: it is done, and then nothing gets through any more. */
export type Fault = 'none' | 'lost' | 'answer-lost' | 'disk-full';
export type Dropped = Parameters<ConstructorParameters<typeof EditQueue>[1]['dropped']>[0];

function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** An image of 1000 × 800 pixels in a project of its own, as windows reach it over connections that may break. */
export class StoredImage {
  readonly #folder: string;
  readonly store: ProjectStore;
  readonly imageId: number;
  readonly cell: number;
  readonly sick: number;

  constructor() {
    this.#folder = mkdtempSync(path.join(os.tmpdir(), 'twinhead-queue-'));
    this.store = openProject(this.#folder, { create: true });
    const root = this.store.roots.add(path.join(this.#folder, 'images'));
    const file = { bytes: 1, modifiedMs: 0, width: 1000, height: 800, orientation: 1, format: 'png' };
    this.store.files.add(root.id, [{ ...file, path: 'a.png', sha256: '0'.repeat(64) }]);
    this.imageId = this.store.images.ids()[0]!;
    this.cell = this.store.classes.create({ kind: 'object', name: 'cell' }).id;
    this.sick = this.store.classes.create({ kind: 'image', name: 'sick' }).id;
  }

  get rules(): LabelRules {
    const { multipleImageClasses, attributes } = this.store.settings.get();
    return { classes: this.store.classes.list(), severalImageClasses: multipleImageClasses, attributes };
  }

  get stored(): ImageAnnotations {
    return this.store.annotations.get(this.imageId);
  }

  /** An edit of another window, whose connection is whole. Returns the ids of the boxes that it made. */
  editElsewhere(...operations: AnnotationOperation[]): number[] {
    const { revision } = this.stored.image;
    return this.store.annotations.edit(this.imageId, revision, operations).createdBoxIds;
  }

  /** Boxes that are there from the start. */
  draw(...rectangles: Rectangle[]): number[] {
    return this.editElsewhere(...rectangles.map((r) => this.add(r)));
  }

  add(r: Rectangle): AnnotationOperation {
    return { type: 'add-box', box: newBox(r, this.cell) };
  }

  /** What a model proposes for the image. */
  async suggest(
    boxes: readonly (Rectangle & { className: string; score: number })[],
    imageClassNames: string[] = [],
  ): Promise<void> {
    await this.store.importAnnotations({
      title: 'Suggestions of run-1',
      suggestedBy: { kind: 'model', name: 'run-1' },
      images: [
        {
          imageId: this.imageId,
          boxes: boxes.map((box) => ({ ...box, attributes: {}, extra: null })),
          imageClassNames,
          split: null,
          verifiedEmpty: false,
        },
      ],
    });
  }

  /** Ids in the journal, as often as they are there. */
  journaledIds(): string[] {
    const connection = new Database(path.join(this.#folder, 'project.db'), { readonly: true });
    const ids = connection.prepare('SELECT edit_id FROM journal WHERE edit_id IS NOT NULL').pluck().all();
    connection.close();
    return ids as string[];
  }

  close(): void {
    this.store.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The calls of one window. */
export class Connection implements EditPort {
  fault: Fault = 'none';
  /** Edits, undos and redos whose answer has come, by id; whether they have changed anything. */
  readonly acknowledged = new Map<string, boolean>();
  /** Edits that were sent. */
  edits = 0;
  readonly #image: StoredImage;

  constructor(image: StoredImage) {
    this.#image = image;
  }

  get(imageId: number): Promise<ImageAnnotations> {
    return this.#call(() => this.#image.store.annotations.get(imageId));
  }

  find(imageId: number): Promise<ImageAnnotations | null> {
    return this.#call(() => this.#image.store.annotations.list([imageId])[0] ?? null);
  }

  edit({ imageId, expectedRevision, operations, editId }: Parameters<EditPort['edit']>[0]) {
    this.edits += 1;
    return this.#change(editId, ({ annotations }) => {
      const answer = annotations.edit(imageId, expectedRevision, operations as AnnotationOperation[], {
        editId,
      });
      return { ...answer, changed: answer.annotations.image.revision > expectedRevision };
    });
  }

  undo({ imageId, ...options }: Parameters<EditPort['undo']>[0]): Promise<ImageAnnotations> {
    return this.#change(options.editId, ({ annotations }) => annotations.undo(imageId, options));
  }

  redo({ imageId, ...options }: Parameters<EditPort['redo']>[0]): Promise<ImageAnnotations> {
    return this.#change(options.editId, ({ annotations }) => annotations.redo(imageId, options));
  }

  #change<Value extends object>(editId: string, work: (store: ProjectStore) => Value): Promise<Value> {
    if (this.fault === 'disk-full') return Promise.reject(failure('disk-full'));
    return this.#call(() => {
      const value = work(this.#image.store);
      if (this.fault !== 'answer-lost') {
        this.acknowledged.set(editId, !('changed' in value && value.changed === false));
        return value;
      }
      this.fault = 'lost';
      throw failure('disconnected');
    });
  }

  async #call<Value>(work: () => Value): Promise<Value> {
    await Promise.resolve();
    if (this.fault === 'lost') throw failure('disconnected');
    return JSON.parse(JSON.stringify(work())) as Value;
  }
}

/** A window that shows the image. */
export class Page {
  readonly connection: Connection;
  readonly queue: EditQueue;
  readonly dropped: Dropped[] = [];
  readonly failures: unknown[] = [];

  constructor(image: StoredImage) {
    this.connection = new Connection(image);
    this.queue = new EditQueue(
      this.connection,
      {
        changed: () => undefined,
        stored: () => undefined,
        dropped: (reason) => this.dropped.push(reason),
        failed: (error) => this.failures.push(error),
      },
      image.stored,
      () => image.rules,
    );
  }

  get boxes(): readonly Box[] {
    return this.queue.annotations.boxes;
  }

  /** The connection is whole again, and what waited is sent. */
  async heal(): Promise<void> {
    this.connection.fault = 'none';
    this.queue.retryNow();
    await this.queue.settled();
  }
}
