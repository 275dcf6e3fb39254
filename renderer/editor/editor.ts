import type { AnnotationOperation, Box } from '../../electron/common/entities.ts';
import type { Point, Rectangle } from '../../electron/common/geometry.ts';
import {
  boxesAt,
  clampPoint,
  clampTranslation,
  grow,
  onFineGrid,
  sameRectangle,
  snapPoint,
  translate,
  withField,
} from './kernels/boxes.ts';
import { copiesBeside, copiesInside, copyOf, newBox } from './kernels/copies.ts';
import type { CopiedBox } from './kernels/copies.ts';
import { boxInMiddle } from './kernels/placing.ts';
import { reveal, toImage } from './kernels/viewport.ts';
import { Idle } from './tools/idle.ts';
import { Pinching } from './tools/pinching.ts';
import { coarseness, NO_MARKS } from './types.ts';
import type { EditorDocument, EditorPorts, Marks, Phase, PointerInput, Preview } from './types.ts';
import { Navigator } from './navigator.ts';
import { Pointers } from './pointers.ts';

/** How near to a box, in CSS pixels, a press still counts as on it. */
const HIT_TOLERANCE = 3;
/** How near to the image's edge, in CSS pixels, a side is brought onto it. */
const SNAP_DISTANCE = 5;
const NONE: readonly Box[] = [];

/**
 * The canvas without the browser: tool, selection, view and the gesture under way over one image's document. Pointer
 * positions are CSS pixels of the view. Everything that changes labels goes through `document.apply`.
 */
export class Editor {
  document: EditorDocument;
  tool: 'select' | 'draw' = 'select';
  activeClassId: number | null = null;
  boxesHidden = false;
  /** Copied boxes, the same for every image. */
  clipboard: readonly CopiedBox[] = [];
  /** Sides close to the image's edge are brought onto it. */
  snaps = true;
  panHeld = false;
  /** Whether the key that is or was last held for panning has moved the image: it is then no key press. */
  panUsed = false;
  /** Last place of the pointer in the view, null outside of it. */
  pointer: PointerInput | null = null;
  readonly view: Navigator;

  readonly #ports: EditorPorts;
  readonly #pointers = new Pointers();
  #marks: Marks = NO_MARKS;
  #visible: { of: readonly Box[]; without: ReadonlySet<number>; boxes: readonly Box[] } = {
    of: NONE,
    without: NO_MARKS.hidden,
    boxes: NONE,
  };
  #selection: ReadonlySet<number> = new Set();
  #phase: Phase = new Idle();
  /** The box that the next drawing replaces. */
  #redrawn: number | null = null;

  constructor(document: EditorDocument, ports: EditorPorts) {
    this.document = document;
    this.#ports = ports;
    this.view = new Navigator(
      () => this.document.image,
      () => ports.changed(),
    );
  }

  /** Shows another image: gesture and selection end. The caller decides where the view goes. */
  open(document: EditorDocument, marks: Marks = NO_MARKS): void {
    this.document = document;
    this.#marks = marks;
    this.#phase = new Idle();
    this.#pointers.clear();
    this.#selection = new Set();
    this.#redrawn = null;
    this.#ports.changed();
  }

  /**
   * Called when the document has changed by itself (saved, undone, reloaded): forgets boxes that are gone, and ends a
   * gesture on what others have changed in the meantime, so that it overwrites nothing.
   */
  documentChanged(): void {
    if (this.#phase.isStillPossible?.(this) === false) this.interrupt();
    const ids = new Set(this.document.boxes.map((b) => b.id));
    const kept = (set: ReadonlySet<number>): ReadonlySet<number> =>
      [...set].every((id) => ids.has(id)) ? set : new Set([...set].filter((id) => ids.has(id)));
    this.#selection = kept(this.#selection);
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

  get marks(): Marks {
    return this.#marks;
  }

  /** The same array for as long as it holds the same boxes: what is painted from it need not be painted again. */
  get visibleBoxes(): readonly Box[] {
    if (this.boxesHidden) return NONE;
    const { boxes } = this.document;
    const { hidden } = this.#marks;
    if (hidden.size === 0) return boxes;
    if (this.#visible.of !== boxes || this.#visible.without !== hidden)
      this.#visible = { of: boxes, without: hidden, boxes: boxes.filter((b) => !hidden.has(b.id)) };
    return this.#visible.boxes;
  }

  /** Boxes that the pointer can take hold of. */
  get reachableBoxes(): readonly Box[] {
    const { locked } = this.#marks;
    return locked.size === 0 ? this.visibleBoxes : this.visibleBoxes.filter((b) => !locked.has(b.id));
  }

  get selectedBoxes(): Box[] {
    return this.document.boxes.filter((b) => this.#selection.has(b.id));
  }

  /** The box whose handles are shown. */
  get onlySelected(): Box | null {
    if (this.#selection.size !== 1) return null;
    return this.reachableBoxes.find((b) => this.#selection.has(b.id)) ?? null;
  }

  /** Hit tolerance in image pixels at the current zoom, for the pointer in use. */
  get tolerance(): number {
    return (HIT_TOLERANCE * this.coarseness) / this.view.viewport.scale;
  }

  /** By how much hit areas are stretched for the pointer in use: fingers hide what they point at. */
  get coarseness(): number {
    return coarseness(this.pointer?.kind ?? 'mouse');
  }

  /** Where the pointer is in the image, or null outside of it. */
  get cursorInImage(): Point | null {
    if (!this.pointer) return null;
    const at = toImage(this.pointer, this.view.viewport);
    const { width, height } = this.document.image;
    return at.x >= 0 && at.y >= 0 && at.x <= width && at.y <= height ? at : null;
  }

  box(id: number): Box | undefined {
    return this.document.boxes.find((b) => b.id === id);
  }

  // For the phases of gestures

  idle(): Phase {
    return new Idle();
  }

  /** In image pixels how near a side has to be to snap; none while Ctrl is held. */
  snapDistance(input: PointerInput): number {
    return this.snaps && !input.control ? SNAP_DISTANCE / this.view.viewport.scale : 0;
  }

  /** The pointer in image pixels, which may be outside of the image. */
  pointInImage(input: PointerInput): Point {
    return onFineGrid(toImage(input, this.view.viewport));
  }

  /** The pointer in image pixels, held inside the image and brought onto an edge that is close. */
  cornerInImage(input: PointerInput): Point {
    const { image } = this.document;
    return snapPoint(clampPoint(this.pointInImage(input), image), image, this.snapDistance(input));
  }

  openMenu(at: Point): void {
    this.#ports.openMenu(at);
  }

  // Input

  pointerDown(input: PointerInput): void {
    const whose = this.#pointers.down(input);
    if (whose === 'ignored') return;
    this.pointer = input;
    if (whose !== 'own') this.#cancelGesture();
    this.#become(whose instanceof Pinching ? whose : this.#phase.pointerDown?.(this, input));
  }

  pointerMove(input: PointerInput): void {
    if (!this.#pointers.follows(input)) return;
    this.pointer = input;
    this.#become(this.#phase.pointerMove?.(this, input));
  }

  pointerUp(input: PointerInput): void {
    if (!this.#pointers.up(input)) return;
    this.pointer = input;
    this.#become(this.#phase.pointerUp?.(this, input));
  }

  pointerLeave(): void {
    this.pointer = null;
    this.#ports.changed();
  }

  /** Whether this pointer is pressed, as far as the editor knows. */
  holdsPointer(id: number): boolean {
    return this.#pointers.has(id);
  }

  /** A finger rests where it was pressed. */
  pointerHeld(): void {
    this.#become(this.#phase.held?.(this));
  }

  /** The system took the pointer away (a dialog, a lost touch, another window): the gesture never happened. */
  pointerCancel(): void {
    this.#pointers.clear();
    this.#cancelGesture();
    this.#ports.changed();
  }

  /** Ends the gesture under way, if any, without its effect; a command is about to change what it is about. */
  interrupt(): void {
    const selection = this.#selection;
    this.#cancelGesture();
    this.#selection = selection;
    this.#ports.changed();
  }

  #cancelGesture(): void {
    if (this.#phase.cancel) this.#phase = this.#phase.cancel(this);
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
    this.interrupt();
    this.tool = tool;
    this.#redrawn = null;
    this.#ports.changed();
  }

  /** The next drawing replaces the selected box and keeps its class. */
  redrawSelected(): void {
    const box = this.onlySelected;
    if (!box) {
      this.#refuse();
      return;
    }
    this.setTool('draw');
    this.#redrawn = box.id;
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

  // Selection and marks

  select(ids: Iterable<number>): void {
    const selection = new Set(ids);
    // The same set for the same boxes: an area that grows over empty ground selects nothing new.
    if (!sameSet(selection, this.#selection)) this.#selection = selection;
    this.#ports.changed();
  }

  selectAll(): void {
    this.interrupt();
    this.select(this.reachableBoxes.map((b) => b.id));
  }

  /**
   * The suggestion under a point of the view, the smallest first, becomes the one that the next key decides on; where
   * that is so already, a repeated click goes to the next below. Nothing is selected then, so that the keys mean it.
   * False where no suggestion is shown there.
   */
  chooseSuggestionAt(at: Point, repeated: boolean): boolean {
    if (this.boxesHidden) return false;
    const shown = this.document.suggestions.flatMap(({ id, box }) => (box ? [{ ...box, id }] : []));
    const under = boxesAt(shown, toImage(at, this.view.viewport), this.tolerance);
    const currentId = this.#ports.currentSuggestion();
    const current = under.findIndex(({ id }) => id === currentId);
    const chosen = current >= 0 && !repeated ? under[current] : under[(current + 1) % under.length];
    if (!chosen) return false;
    this.#ports.chooseSuggestion(chosen.id);
    this.select([]);
    return true;
  }

  /** Selects the next (or, with −1, the previous) box in order and brings it into view. */
  cycle(step: 1 | -1): void {
    this.interrupt();
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
    this.view.show(reveal(this.view.viewport, rectangle, this.view.size));
  }

  /** All boxes out of sight, or back. */
  toggleHidden(): void {
    this.interrupt();
    this.boxesHidden = !this.boxesHidden;
    this.#ports.changed();
  }

  get hidesAny(): boolean {
    return this.boxesHidden || this.#marks.hidden.size > 0;
  }

  showAll(): void {
    this.boxesHidden = false;
    this.#mark('hidden', []);
  }

  /** Hides these boxes, or shows them where all of them are hidden. */
  toggleBoxesHidden(ids: Iterable<number>): void {
    this.#mark('hidden', toggled(this.#marks.hidden, [...ids]));
  }

  /** Locks these boxes against every change, or unlocks them where all of them are locked. */
  toggleLocked(ids: Iterable<number>): void {
    this.#mark('locked', toggled(this.#marks.locked, [...ids]));
  }

  #mark(kind: keyof Marks, ids: Iterable<number>): void {
    this.interrupt();
    this.#marks = { ...this.#marks, [kind]: new Set(ids) };
    this.#ports.changed();
  }

  // Edits

  /** A finished drawing: added with the chosen class, or held back until a class is chosen. */
  addDrawn(drawn: Rectangle): void {
    const redrawn = this.#redrawn;
    if (this.tool === 'draw') this.tool = 'select';
    this.#redrawn = null;
    if (redrawn !== null && this.box(redrawn)) this.setGeometries(new Map([[redrawn, drawn]]));
    else if (this.activeClassId === null) this.#ports.requestClass(drawn);
    else this.addBoxes([newBox(drawn, this.activeClassId)]);
  }

  /** A new box in the middle of what is seen, to be moved and resized by keys. */
  placeBox(): void {
    this.interrupt();
    this.addDrawn(boxInMiddle(this.view.viewport, this.view.size, this.document.image));
  }

  /** Adds boxes in one step of undo, shows and selects them. */
  addBoxes(boxes: readonly CopiedBox[]): void {
    if (boxes.length === 0) return;
    this.boxesHidden = false;
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
    const boxes = this.#selection.size > 0 ? this.#changeable() : [];
    const operations = boxes
      .filter((b) => b.classId !== classId)
      .map((b): AnnotationOperation => ({ type: 'update-box', boxId: b.id, changes: { classId } }));
    if (operations.length > 0) this.document.apply(operations);
    this.#ports.changed();
  }

  deleteSelected({ lockedToo = false } = {}): void {
    this.interrupt();
    const boxes = lockedToo ? this.selectedBoxes : this.#changeable();
    if (boxes.length === 0) return;
    this.#selection = new Set();
    this.document.apply(boxes.map((b) => ({ type: 'delete-box', boxId: b.id })));
    this.#ports.changed();
  }

  /** Moves the selection by whole or part pixels, as far as the image goes. */
  nudge(dx: number, dy: number): void {
    this.interrupt();
    const boxes = this.#changeable();
    const { image } = this.document;
    const by = clampTranslation(boxes, dx, dy, image);
    if (boxes.length === 0 || (by.x === 0 && by.y === 0)) return;
    this.setGeometries(new Map(boxes.map((b) => [b.id, translate(b, by, image)])));
  }

  /** Sets one figure of a box, held inside the image. A position moves the box, a size its right or lower side. */
  setField(id: number, field: keyof Rectangle, value: number): void {
    this.interrupt();
    const box = this.reachableBoxes.find((b) => b.id === id);
    if (!box) return;
    const changed = withField(box, field, value, this.document.image);
    if (!sameRectangle(changed, box)) this.setGeometries(new Map([[id, changed]]));
  }

  /** Moves the right and lower sides of the selection, each box as far as the image and its own size go. */
  growSelected(byWidth: number, byHeight: number): void {
    this.interrupt();
    const changed = new Map<number, Rectangle>();
    for (const box of this.#changeable()) {
      const grown = grow(box, byWidth, byHeight, this.document.image);
      if (grown.width !== box.width || grown.height !== box.height) changed.set(box.id, grown);
    }
    this.setGeometries(changed);
  }

  duplicateSelected(): void {
    this.interrupt();
    this.addBoxes(copiesBeside(this.selectedBoxes, this.document.boxes, this.document.image));
  }

  copySelected(): number {
    if (this.#selection.size > 0) this.clipboard = this.selectedBoxes.map(copyOf);
    return this.#selection.size;
  }

  /** Pastes at the same place; where the same box lies there already, a little beside it. */
  paste(): void {
    this.interrupt();
    this.addBoxes(copiesBeside(this.clipboard, this.document.boxes, this.document.image));
  }

  /** Boxes of another image at the same pixels, as far as they lie inside this one. */
  addCopies(boxes: readonly CopiedBox[]): void {
    this.interrupt();
    this.addBoxes(copiesInside(boxes, this.document.image));
  }

  /** The selected boxes that may be changed. Says so where others are left out. */
  #changeable(): Box[] {
    const boxes = this.reachableBoxes.filter((b) => this.#selection.has(b.id));
    if (boxes.length < this.#selection.size) this.#refuse();
    return boxes;
  }

  #refuse(): void {
    const reachable = new Set(this.reachableBoxes.map((b) => b.id));
    const refused = this.selectedBoxes.filter((b) => !reachable.has(b.id)).length;
    if (refused > 0) this.#ports.refused(refused);
  }
}

function sameSet(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  return a.size === b.size && [...a].every((id) => b.has(id));
}

/** The set with these added, or, where it has all of them, without them. */
function toggled(set: ReadonlySet<number>, ids: readonly number[]): Set<number> {
  const all = ids.every((id) => set.has(id));
  return new Set(all ? [...set].filter((id) => !ids.includes(id)) : [...set, ...ids]);
}
