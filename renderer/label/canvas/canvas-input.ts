import type { Editor } from '../../editor/editor.ts';
import { boxesAt } from '../../editor/kernels/boxes.ts';
import { rectangleToScreen, toImage } from '../../editor/kernels/viewport.ts';
import type { PointerInput, PointerKind } from '../../editor/types.ts';
import type { Point } from '../../../electron/common/geometry.ts';

const BUTTONS = ['left', 'middle', 'right'] as const;
/** The bit in `buttons` of each of them. */
const BUTTON_BITS = { left: 1, middle: 4, right: 2 } as const;
/** A finger that rests this long is held, milliseconds. */
const HOLD_TIME = 500;
/** CSS pixels of a wheel that counts lines or pages. */
const LINE = 20;
const PAGE = 400;

/** Turns the browser's pointer, touch and wheel events over the canvas into the editor's. */
export class CanvasInput {
  readonly #view: HTMLElement;
  readonly #editor: Editor;
  #pressed: PointerInput['button'] = 'left';
  #holding: ReturnType<typeof setTimeout> | null = null;
  #restedAt: Point = { x: 0, y: 0 };

  constructor(view: HTMLElement, editor: Editor) {
    this.#view = view;
    this.#editor = editor;
  }

  /** A point of the page, in CSS pixels of the view. */
  #point({ clientX, clientY }: MouseEvent): Point {
    const { left, top } = this.#view.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  }

  #input(event: PointerEvent): PointerInput {
    return {
      ...this.#point(event),
      id: event.pointerId,
      kind: kindOf(event),
      button: BUTTONS[event.button] ?? 'left',
      shift: event.shiftKey,
      control: event.ctrlKey || event.metaKey,
    };
  }

  down(event: PointerEvent): void {
    // The right button opens the menu; a pen's eraser and a mouse's fourth button have no meaning here.
    if (event.button > 1) return;
    event.preventDefault();
    this.#view.focus();
    this.#view.setPointerCapture(event.pointerId);
    const input = this.#input(event);
    this.#pressed = input.button;
    this.#editor.pointerDown(input);
    this.#endHold();
    if (input.kind === 'touch') {
      this.#restedAt = input;
      this.#holding = setTimeout(() => this.#editor.pointerHeld(), HOLD_TIME);
    }
  }

  move(event: PointerEvent): void {
    const input = this.#input(event);
    if (input.kind !== 'touch' && this.#editor.phaseName !== 'idle') {
      // The release went unseen, outside the window or under a dialog: nobody holds the gesture any more.
      if (event.buttons === 0) {
        this.#editor.pointerCancel();
        return;
      }
      // Let go while another button is still down: browsers tell that as a move.
      if ((event.buttons & BUTTON_BITS[this.#pressed]) === 0) {
        this.#editor.pointerUp(input);
        return;
      }
    }
    if (Math.hypot(input.x - this.#restedAt.x, input.y - this.#restedAt.y) > 8) this.#endHold();
    this.#editor.pointerMove(input);
  }

  up(event: PointerEvent): void {
    this.#endHold();
    this.#editor.pointerUp(this.#input(event));
  }

  cancel(): void {
    this.#endHold();
    this.#editor.pointerCancel();
  }

  /** Capture was taken away while the pointer is down: after a release it has no gesture to end. */
  lostCapture(event: PointerEvent): void {
    if (this.#editor.holdsPointer(event.pointerId)) this.cancel();
  }

  wheel(event: WheelEvent): void {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? LINE : event.deltaMode === 2 ? PAGE : 1;
    this.#editor.view.wheel({
      ...this.#point(event),
      deltaX: event.deltaX * unit,
      deltaY: event.deltaY * unit,
      coarse: event.deltaMode !== 0,
      time: event.timeStamp,
      shift: event.shiftKey,
      control: event.ctrlKey || event.metaKey,
    });
  }

  /**
   * Where the menu belongs: at the mouse, whose box (else suggestion) is chosen unless it is already, or, asked for by
   * key, at the selected box. Null for a finger, which the editor's own holding serves.
   */
  menuPoint(event: MouseEvent): Point | null {
    event.preventDefault();
    const editor = this.#editor;
    if (event instanceof PointerEvent && event.pointerType === 'touch') return null;
    editor.interrupt();
    if (event.button === 2) {
      const at = this.#point(event);
      const under = boxesAt(editor.sight.reachable, toImage(at, editor.view.viewport), editor.tolerance);
      const top = under[0];
      if (!top) editor.chooseSuggestionAt(at, false);
      else if (!under.some((box) => editor.selection.has(box.id))) editor.select([top.id]);
      return at;
    }
    const [selected] = editor.selectedBoxes;
    if (!selected) return { x: editor.view.size.width / 2, y: editor.view.size.height / 2 };
    const shown = rectangleToScreen(selected, editor.view.viewport);
    return { x: shown.x + shown.width / 2, y: shown.y + shown.height / 2 };
  }

  #endHold(): void {
    if (this.#holding !== null) clearTimeout(this.#holding);
    this.#holding = null;
  }
}

function kindOf({ pointerType }: PointerEvent): PointerKind {
  return pointerType === 'touch' || pointerType === 'pen' ? pointerType : 'mouse';
}
