import type { Box } from '../../electron/common/entities.ts';
import { clampPoint } from '../../electron/common/geometry.ts';
import type { Point, Rectangle } from '../../electron/common/geometry.ts';
import { boxesAt, onFineGrid, snapPoint } from './kernels/boxes.ts';
import { newBox } from './kernels/copies.ts';
import { boxInMiddle } from './kernels/placing.ts';
import { reveal, toImage } from './kernels/viewport.ts';
import { Idle } from './gestures/idle.ts';
import type { GestureEditor, Phase, Preview } from './gestures/phase.ts';
import { Pinching } from './gestures/pinching.ts';
import { coarseness, NO_MARKS } from './types.ts';
import type { EditorDocument, EditorPorts, Marks, PointerInput } from './types.ts';
import { tools } from './tools/index.ts';
import type { ToolId } from './tools/index.ts';
import { BoxEdits } from './box-edits.ts';
import type { EditedSelection } from './box-edits.ts';
import { Navigator } from './navigator.ts';
import { Pointers } from './pointers.ts';
import { Sight } from './sight.ts';

/** How near to a box, in CSS pixels, a press still counts as on it. */
const HIT_TOLERANCE = 3;
/** How near to the image's edge, in CSS pixels, a side is brought onto it. */
const SNAP_DISTANCE = 5;

/**
 * The canvas without the browser: tool, selection, view and the gesture under way over one image's document. Pointer
 * positions are CSS pixels of the view. Everything that changes labels goes through `document.apply`.
 */
export class Editor implements EditedSelection, GestureEditor {
  document: EditorDocument;
  tool: ToolId = 'select';
  activeClassId: number | null = null;
  /** Sides close to the image's edge are brought onto it. */
  snaps = true;
  /** The drawing tool stays after a box, until Escape. */
  keepsDrawing = false;
  panHeld = false;
  /** Whether the key that is or was last held for panning has moved the image: it is then no key press. */
  panUsed = false;
  /** Last position of the pointer in the view, null outside of it. */
  pointer: PointerInput | null = null;
  readonly view: Navigator;
  readonly sight: Sight;
  readonly edits: BoxEdits;

  readonly #ports: EditorPorts;
  readonly #pointers = new Pointers();
  #selection: ReadonlySet<number> = new Set();
  #phase: Phase = this.idle();
  /** The box that the next drawing replaces. */
  #redrawn: number | null = null;

  constructor(document: EditorDocument, ports: EditorPorts) {
    this.document = document;
    this.#ports = ports;
    this.view = new Navigator(
      () => this.document.image,
      () => ports.changed(),
    );
    this.sight = new Sight({
      boxes: () => this.document.boxes,
      interrupt: () => this.interrupt(),
      changed: () => ports.changed(),
    });
    this.edits = new BoxEdits(this, ports);
  }

  /** Shows another image: gesture and selection end. The caller decides where the view goes. */
  open(document: EditorDocument, marks: Marks = NO_MARKS): void {
    this.document = document;
    this.sight.open(marks);
    this.#phase = this.idle();
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

  /** Whether the next press on the picture, or the one under way, makes a box. */
  get isDrawing(): boolean {
    return tools[this.tool].draws || this.phaseName === 'drawing';
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

  get selectedBoxes(): Box[] {
    return this.document.boxes.filter((b) => this.#selection.has(b.id));
  }

  /** The box whose handles are shown. */
  get onlySelected(): Box | null {
    if (this.#selection.size !== 1) return null;
    return this.sight.reachable.find((b) => this.#selection.has(b.id)) ?? null;
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
    return new Idle(() => tools[this.tool]);
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
    else if (this.tool !== 'select') this.setTool('select');
    else if (this.#selection.size > 0) this.select([]);
    else return false;
    return true;
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

  // Drawing

  setTool(tool: ToolId): void {
    this.interrupt();
    this.tool = tool;
    this.#redrawn = null;
    this.#ports.changed();
  }

  /** The next drawing replaces the selected box and keeps its class. */
  redrawSelected(): void {
    const box = this.onlySelected;
    if (!box) {
      this.edits.refuse();
      return;
    }
    this.setTool('draw');
    this.#redrawn = box.id;
  }

  /** A finished drawing: added with the chosen class, or held back until a class is chosen. */
  addDrawn(drawn: Rectangle): void {
    const redrawn = this.#redrawn;
    if (!this.keepsDrawing || redrawn !== null) this.tool = 'select';
    this.#redrawn = null;
    if (redrawn !== null && this.box(redrawn)) this.edits.setGeometries(new Map([[redrawn, drawn]]));
    else if (this.activeClassId === null) this.#ports.requestClass(drawn);
    else this.edits.addBoxes([newBox(drawn, this.activeClassId)]);
  }

  /** A new box in the middle of what is seen, to be moved and resized by keys. */
  placeBox(): void {
    this.interrupt();
    this.addDrawn(boxInMiddle(this.view.viewport, this.view.size, this.document.image));
  }

  // Selection

  select(ids: Iterable<number>): void {
    const selection = new Set(ids);
    // The same set for the same boxes: an area that grows over empty ground selects nothing new.
    if (!sameSet(selection, this.#selection)) this.#selection = selection;
    this.#ports.changed();
  }

  selectAll(): void {
    this.interrupt();
    this.select(this.sight.reachable.map((b) => b.id));
  }

  /**
   * Makes the smallest suggestion under a point of the view the one that the next key decides on; a repeated click goes to
   * the next below. Nothing is selected then. False where no suggestion is shown there.
   */
  chooseSuggestionAt(at: Point, repeated: boolean): boolean {
    if (this.sight.allHidden) return false;
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
    const boxes = this.sight.visible;
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
}

function sameSet(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  return a.size === b.size && [...a].every((id) => b.has(id));
}
