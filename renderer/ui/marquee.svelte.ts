/** CSS pixels within the content that is dragged over. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A press that moves less is a click. */
const SLACK = 4;

interface Marquee {
  /** The content, which moves with the scrolling. */
  readonly content: () => HTMLElement | undefined;
  /** @param add to what is chosen: Ctrl or Shift was held */
  readonly onend: (area: Area, add: boolean) => void;
}

/** An area dragged with the mouse over a scrolling list: from empty space, or from anywhere with Shift. */
export class AreaDrag {
  /** What is dragged now. */
  area = $state.raw<Area | null>(null);
  readonly #options: Marquee;
  #start: { readonly x: number; readonly y: number } | null = null;

  constructor(options: Marquee) {
    this.#options = options;
  }

  down(event: PointerEvent): void {
    if (event.button !== 0 || event.pointerType === 'touch') return;
    const onItem = event.target instanceof Element && event.target.closest('button') !== null;
    if (onItem && !event.shiftKey) return;
    const at = this.#at(event);
    // The scroll bar is no place to begin.
    if (at === null || at.x > (this.#options.content()?.clientWidth ?? 0)) return;
    this.#start = at;
  }

  move(event: PointerEvent): void {
    const at = this.#start === null ? null : this.#at(event);
    if (at === null || this.#start === null) return;
    const { x, y } = this.#start;
    const area = {
      left: Math.min(x, at.x),
      top: Math.min(y, at.y),
      width: Math.abs(at.x - x),
      height: Math.abs(at.y - y),
    };
    if (this.area === null && Math.max(area.width, area.height) < SLACK) return;
    if (this.area === null && event.currentTarget instanceof Element)
      event.currentTarget.setPointerCapture(event.pointerId);
    this.area = area;
  }

  up(event: PointerEvent): void {
    const { area } = this;
    this.cancel();
    if (area !== null) this.#options.onend(area, event.shiftKey || event.ctrlKey || event.metaKey);
  }

  /** As Escape does, and a pointer that is lost. */
  cancel(): void {
    this.#start = null;
    this.area = null;
  }

  #at(event: PointerEvent): { x: number; y: number } | null {
    const box = this.#options.content()?.getBoundingClientRect();
    return box === undefined ? null : { x: event.clientX - box.left, y: event.clientY - box.top };
  }
}
