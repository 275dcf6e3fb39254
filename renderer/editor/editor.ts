import type { AnnotationOperation, Box } from '../../electron/common/entities.ts';
import { clipToImage } from '../../electron/common/geometry.ts';
import type { Point, Rectangle, Size } from '../../electron/common/geometry.ts';
import { clampTranslation, largeEnough, translate } from './kernels/boxes.ts';
import { centred, constrain, fit, reveal, toImage, zoomAt } from './kernels/viewport.ts';
import type { Viewport } from './kernels/viewport.ts';
import { Idle } from './tools/idle.ts';
import type { EditorDocument, EditorPorts, Phase, PointerInput, Preview, WheelInput } from './types.ts';

/** A box without identity: what the clipboard holds. */
export type CopiedBox = Omit<Box, 'id'>;

const ZOOM_STEP = 1.25;
/** Wheel units (CSS pixels) for one doubling. */
const WHEEL_DOUBLING = 320;
/** How near to a box, in CSS pixels, a press still counts as on it. */
const HIT_TOLERANCE = 3;
/** Where a pasted or duplicated box lies from its original, in image pixels. */
const PASTE_OFFSET = 8;

/**
 * The canvas without the browser: tool, selection, viewport and the gesture under way over one image's document.
 * Pointer positions are CSS pixels of the view. Everything that changes labels goes through `document.apply`.
 */
export class Editor {
  document: EditorDocument;
  tool: 'select' | 'draw' = 'select';
  activeClassId: number | null = null;
  boxesHidden = false;
  panHeld = false;
  /** Whether the key that is or was last held for panning has moved the image: it is then no key press. */
  panUsed = false;
  /** Last place of the pointer in the view, null outside of it. */
  pointer: Point | null = null;
  viewport: Viewport = { scale: 1, x: 0, y: 0 };
  view: Size = { width: 1, height: 1 };

  readonly #ports: EditorPorts;
  #selection: ReadonlySet<number> = new Set();
  #phase: Phase = new Idle();
  #clipboard: readonly CopiedBox[] = [];
  /** Fitted images follow the view's size; a zoom by hand is kept. */
  #fitted = true;

  constructor(document: EditorDocument, ports: EditorPorts) {
    this.document = document;
    this.#ports = ports;
  }

  /** Shows another image: gesture and selection end, the view is fitted anew. */
  open(document: EditorDocument): void {
    this.document = document;
    this.#phase = new Idle();
    this.#selection = new Set();
    this.fit();
  }

  /** Called when the document has changed by itself (saved, undone, reloaded): forgets boxes that are gone. */
  documentChanged(): void {
    const ids = new Set(this.document.boxes.map((b) => b.id));
    if ([...this.#selection].some((id) => !ids.has(id)))
      this.#selection = new Set([...this.#selection].filter((id) => ids.has(id)));
    this.#ports.changed();
  }

  get phaseName(): string {
    return this.#phase.name;
  }

  get preview(): Preview {
    return this.#phase.preview;
  }

  get cursor(): string {
    return this.#phase.cursor(this);
  }

  get selection(): ReadonlySet<number> {
    return this.#selection;
  }

  get visibleBoxes(): readonly Box[] {
    return this.boxesHidden ? [] : this.document.boxes;
  }

  get selectedBoxes(): Box[] {
    return this.document.boxes.filter((b) => this.#selection.has(b.id));
  }

  get onlySelected(): Box | null {
    if (this.#selection.size !== 1 || this.boxesHidden) return null;
    return this.selectedBoxes[0] ?? null;
  }

  get clipboard(): readonly CopiedBox[] {
    return this.#clipboard;
  }

  /** Hit tolerance in image pixels at the current zoom. */
  get tolerance(): number {
    return HIT_TOLERANCE / this.viewport.scale;
  }

  /** Where the pointer is in the image, or null outside of it. */
  get cursorInImage(): Point | null {
    if (!this.pointer) return null;
    const at = toImage(this.pointer, this.viewport);
    const { width, height } = this.document.image;
    return at.x >= 0 && at.y >= 0 && at.x <= width && at.y <= height ? at : null;
  }

  box(id: number): Box | undefined {
    return this.document.boxes.find((b) => b.id === id);
  }

  idle(): Phase {
    return new Idle();
  }

  // Input

  pointerDown(input: PointerInput): void {
    this.pointer = input;
    this.#become(this.#phase.pointerDown?.(this, input));
  }

  pointerMove(input: PointerInput): void {
    this.pointer = input;
    this.#become(this.#phase.pointerMove?.(this, input));
  }

  pointerUp(input: PointerInput): void {
    this.pointer = input;
    this.#become(this.#phase.pointerUp?.(this, input));
  }

  pointerLeave(): void {
    this.pointer = null;
    this.#ports.changed();
  }

  /** The system took the pointer away (a dialog, a lost touch): the gesture never happened. */
  pointerCancel(): void {
    this.#become(this.#phase.cancel?.(this));
  }

  wheel(input: WheelInput): void {
    if (input.shift)
      this.setViewport({ ...this.viewport, x: this.viewport.x - (input.deltaX || input.deltaY) });
    else this.zoomTo(this.viewport.scale * 2 ** (-input.deltaY / WHEEL_DOUBLING), input);
  }

  /** Ends what is under way: the gesture, else the drawing tool, else the selection. False where nothing was. */
  escape(): boolean {
    if (this.#phase.cancel) this.#become(this.#phase.cancel(this));
    else if (this.tool === 'draw') this.setTool('select');
    else if (this.#selection.size > 0) this.select([]);
    else return false;
    return true;
  }

  setTool(tool: 'select' | 'draw'): void {
    this.tool = tool;
    this.#ports.changed();
  }

  holdPan(held: boolean): void {
    if (held === this.panHeld) return;
    this.panHeld = held;
    if (held) this.panUsed = false;
    this.#ports.changed();
  }

  #become(phase: Phase | undefined): void {
    if (phase) this.#phase = phase;
    this.#ports.changed();
  }

  // View

  resizeView(view: Size): void {
    this.view = view;
    if (this.#fitted) this.viewport = fit(this.document.image, view);
    else this.viewport = constrain(this.viewport, this.document.image, view);
    this.#ports.changed();
  }

  setViewport(viewport: Viewport): void {
    this.viewport = constrain(viewport, this.document.image, this.view);
    this.#fitted = false;
    this.#ports.changed();
  }

  fit(): void {
    this.viewport = fit(this.document.image, this.view);
    this.#fitted = true;
    this.#ports.changed();
  }

  zoomTo(
    scale: number,
    at: Point = this.pointer ?? { x: this.view.width / 2, y: this.view.height / 2 },
  ): void {
    this.setViewport(zoomAt(this.viewport, at, scale));
  }

  zoomIn(): void {
    this.zoomTo(this.viewport.scale * ZOOM_STEP);
  }

  zoomOut(): void {
    this.zoomTo(this.viewport.scale / ZOOM_STEP);
  }

  actualSize(): void {
    this.setViewport(centred(this.document.image, this.view, 1));
  }

  // Selection

  select(ids: Iterable<number>): void {
    this.#selection = new Set(ids);
    this.#ports.changed();
  }

  selectAll(): void {
    this.select(this.visibleBoxes.map((b) => b.id));
  }

  /** Selects the next (or, with −1, the previous) box in order and brings it into view. */
  cycle(step: 1 | -1): void {
    const boxes = this.visibleBoxes;
    if (boxes.length === 0) return;
    const current = boxes.findIndex((b) => this.#selection.has(b.id));
    const index =
      current < 0 ? (step === 1 ? 0 : boxes.length - 1) : (current + step + boxes.length) % boxes.length;
    const next = boxes[index];
    if (!next) return;
    this.select([next.id]);
    this.revealBox(next.id);
  }

  revealBox(id: number): void {
    const box = this.box(id);
    if (box) this.revealRectangle(box);
  }

  /** Moves the view as little as it takes to show the rectangle, in image pixels. */
  revealRectangle(rectangle: Rectangle): void {
    const shown = reveal(this.viewport, rectangle, this.view);
    if (shown !== this.viewport) this.setViewport(shown);
  }

  toggleHidden(): void {
    this.boxesHidden = !this.boxesHidden;
    this.#ports.changed();
  }

  // Edits

  /** A finished drawing: added with the chosen class, or held back until a class is chosen. */
  addDrawn(drawn: Rectangle): void {
    if (this.tool === 'draw') this.tool = 'select';
    if (this.activeClassId === null) {
      this.#ports.requestClass(drawn);
      return;
    }
    this.addBoxes([newBox(drawn, this.activeClassId)]);
  }

  /** Adds boxes in one step of undo and selects them. */
  addBoxes(boxes: readonly CopiedBox[]): void {
    if (boxes.length === 0) return;
    this.select(this.document.apply(boxes.map((box) => ({ type: 'add-box', box }))));
  }

  setGeometries(geometries: ReadonlyMap<number, Rectangle>): void {
    const operations: AnnotationOperation[] = [...geometries].map(([boxId, { x, y, width, height }]) => ({
      type: 'update-box',
      boxId,
      changes: { geometry: { x, y, width, height } },
    }));
    if (operations.length > 0) this.document.apply(operations);
    this.#ports.changed();
  }

  /** Chooses the class for new boxes; selected boxes change to it. */
  setClass(classId: number): void {
    this.activeClassId = classId;
    const operations = this.selectedBoxes
      .filter((b) => b.classId !== classId)
      .map((b): AnnotationOperation => ({ type: 'update-box', boxId: b.id, changes: { classId } }));
    if (operations.length > 0) this.document.apply(operations);
    this.#ports.changed();
  }

  deleteSelected(): void {
    const operations = this.selectedBoxes.map((b): AnnotationOperation => ({
      type: 'delete-box',
      boxId: b.id,
    }));
    if (operations.length === 0) return;
    this.#selection = new Set();
    this.document.apply(operations);
    this.#ports.changed();
  }

  /** Moves the selection by whole or part pixels, as far as the image goes. */
  nudge(dx: number, dy: number): void {
    const boxes = this.selectedBoxes;
    if (boxes.length === 0) return;
    const by = clampTranslation(boxes, dx, dy, this.document.image);
    if (by.x === 0 && by.y === 0) return;
    this.setGeometries(new Map(boxes.map((b) => [b.id, translate(b, by)])));
  }

  duplicateSelected(): void {
    this.#addOffset(this.selectedBoxes);
  }

  copySelected(): number {
    if (this.#selection.size > 0) this.#clipboard = this.selectedBoxes.map(withoutId);
    return this.#selection.size;
  }

  /** Pastes at the same place; where the same box lies there already, a little beside it. */
  paste(): void {
    this.#addOffset(this.#clipboard);
  }

  /** Boxes of another image at the same pixels, as far as they lie inside this one. */
  addCopies(boxes: readonly CopiedBox[]): void {
    this.addBoxes(
      boxes.flatMap((b) => {
        const inside = clipToImage(b, this.document.image);
        return inside && largeEnough(inside) ? [{ ...withoutId(b), ...geometry(inside) }] : [];
      }),
    );
  }

  #addOffset(boxes: readonly CopiedBox[]): void {
    const image = this.document.image;
    const taken = boxes.some((b) =>
      this.document.boxes.some((o) => o.x === b.x && o.y === b.y && o.width === b.width),
    );
    const by = taken ? clampTranslation(boxes, PASTE_OFFSET, PASTE_OFFSET, image) : { x: 0, y: 0 };
    this.addCopies(boxes.map((b) => ({ ...withoutId(b), ...translate(b, by) })));
  }
}

function geometry(r: Rectangle): Rectangle {
  return { x: r.x, y: r.y, width: r.width, height: r.height };
}

function withoutId(box: CopiedBox): CopiedBox {
  return {
    ...geometry(box),
    classId: box.classId,
    source: 'person',
    score: null,
    attributes: box.attributes,
  };
}

/** A person's box. */
export function newBox(r: Rectangle, classId: number): CopiedBox {
  return { ...geometry(r), classId, source: 'person', score: null, attributes: {} };
}
