import type { AnnotationOperation, Box } from '../../electron/common/entities.ts';
import { clampTranslation } from '../../electron/common/geometry.ts';
import type { Rectangle } from '../../electron/common/geometry.ts';
import { kit } from '../../electron/common/labels/kits.ts';
import { copiesBeside, copiesInside, copyOf } from './kernels/copies.ts';
import type { CopiedBox } from './kernels/copies.ts';
import type { Sight } from './sight.ts';
import type { EditorDocument, EditorPorts } from './types.ts';

/** What edits need of the editor that they belong to. */
export interface EditedSelection {
  readonly document: EditorDocument;
  readonly sight: Sight;
  activeClassId: number | null;
  readonly selection: ReadonlySet<number>;
  readonly selectedBoxes: Box[];
  select(ids: Iterable<number>): void;
  /** Ends the gesture under way: what it is about changes. */
  interrupt(): void;
}

/** What is done to boxes at the end of a gesture or by keys, menus and panels. Each is one step of undo. */
export class BoxEdits {
  /** Copied boxes, the same for every image. */
  clipboard: readonly CopiedBox[] = [];
  readonly #editor: EditedSelection;
  readonly #ports: EditorPorts;

  constructor(editor: EditedSelection, ports: EditorPorts) {
    this.#editor = editor;
    this.#ports = ports;
  }

  /** Adds boxes in one step of undo, shows and selects them. */
  addBoxes(boxes: readonly CopiedBox[]): void {
    if (boxes.length === 0) return;
    const { document, sight } = this.#editor;
    sight.allHidden = false;
    this.#editor.select(document.apply(boxes.map((box) => ({ type: 'add-box', box }))));
  }

  setGeometries(geometries: ReadonlyMap<number, Rectangle>): void {
    this.#apply(
      [...geometries].map(([boxId, shape]) => ({
        type: 'update-box',
        boxId,
        changes: { geometry: kit.encode(shape) },
      })),
    );
  }

  /** Chooses the class for new boxes; selected boxes change to it. */
  setClass(classId: number): void {
    const editor = this.#editor;
    editor.activeClassId = classId;
    const boxes = editor.selection.size > 0 ? this.#changeable() : [];
    this.#apply(
      boxes
        .filter((b) => b.classId !== classId)
        .map((b) => ({ type: 'update-box', boxId: b.id, changes: { classId } })),
    );
  }

  deleteSelected({ lockedToo = false } = {}): void {
    const editor = this.#editor;
    editor.interrupt();
    const boxes = lockedToo ? editor.selectedBoxes : this.#changeable();
    if (boxes.length === 0) return;
    editor.select([]);
    this.#apply(boxes.map((b) => ({ type: 'delete-box', boxId: b.id })));
  }

  /** Moves the selection by whole or part pixels, as far as the image goes. */
  nudge(dx: number, dy: number): void {
    this.#editor.interrupt();
    const boxes = this.#changeable();
    const { image } = this.#editor.document;
    const by = clampTranslation(
      boxes.map((b) => kit.bounds(b)),
      dx,
      dy,
      image,
    );
    if (boxes.length === 0 || (by.x === 0 && by.y === 0)) return;
    this.setGeometries(new Map(boxes.map((b) => [b.id, kit.move(b, by, image)])));
  }

  /** Sets one figure of a box, held inside the image. A position moves the box, a size its right or lower side. */
  setField(id: number, field: keyof Rectangle, value: number): void {
    const editor = this.#editor;
    editor.interrupt();
    const box = editor.sight.reachable.find((b) => b.id === id);
    if (!box) return;
    const changed = kit.withField(box, field, value, editor.document.image);
    if (!kit.equals(changed, box)) this.setGeometries(new Map([[id, changed]]));
  }

  /** Moves the right and lower sides of the selection, each box as far as the image and its own size go. */
  growSelected(byWidth: number, byHeight: number): void {
    this.#editor.interrupt();
    const changed = new Map<number, Rectangle>();
    for (const box of this.#changeable()) {
      const grown = kit.grow(box, byWidth, byHeight, this.#editor.document.image);
      if (!kit.equals(grown, box)) changed.set(box.id, grown);
    }
    this.setGeometries(changed);
  }

  duplicateSelected(): void {
    this.#addBeside(this.#editor.selectedBoxes);
  }

  /** Returns how many boxes were copied. */
  copySelected(): number {
    const { selection, selectedBoxes } = this.#editor;
    if (selection.size > 0) this.clipboard = selectedBoxes.map(copyOf);
    return selection.size;
  }

  /** Pastes at the same position; where the same box lies there already, a little beside it. */
  paste(): void {
    this.#addBeside(this.clipboard);
  }

  /** Boxes of another image at the same pixels, as far as they lie inside this one. */
  addCopies(boxes: readonly CopiedBox[]): void {
    this.#editor.interrupt();
    this.addBoxes(copiesInside(boxes, this.#editor.document.image));
  }

  #addBeside(boxes: readonly CopiedBox[]): void {
    this.#editor.interrupt();
    const { document } = this.#editor;
    this.addBoxes(copiesBeside(boxes, document.boxes, document.image));
  }

  #apply(operations: readonly AnnotationOperation[]): void {
    if (operations.length > 0) this.#editor.document.apply(operations);
    this.#ports.changed();
  }

  /** The selected boxes that may be changed. Says so where others are left out. */
  #changeable(): Box[] {
    const { sight, selection } = this.#editor;
    const boxes = sight.reachable.filter((b) => selection.has(b.id));
    if (boxes.length < selection.size) this.refuse();
    return boxes;
  }

  /** Says that selected boxes are hidden or locked, and left as they are. */
  refuse(): void {
    const reachable = new Set(this.#editor.sight.reachable.map((b) => b.id));
    const refused = this.#editor.selectedBoxes.filter((b) => !reachable.has(b.id)).length;
    if (refused > 0) this.#ports.refused(refused);
  }
}
