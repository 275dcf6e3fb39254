import type { Box } from '../../electron/common/entities.ts';
import { NO_MARKS } from './types.ts';
import type { Marks } from './types.ts';

const NONE: readonly Box[] = [];

/** What sight needs of the editor that it belongs to. */
export interface SightPort {
  boxes(): readonly Box[];
  /** A gesture must not go on over boxes that are about to go out of sight or out of reach. */
  interrupt(): void;
  changed(): void;
}

/** Which boxes of the open image are seen, and which of those a person can take hold of. */
export class Sight {
  /** All boxes are out of sight, whatever the marks say. */
  allHidden = false;
  readonly #port: SightPort;
  #marks: Marks = NO_MARKS;
  #visible: { of: readonly Box[]; without: ReadonlySet<number>; boxes: readonly Box[] } = {
    of: NONE,
    without: NO_MARKS.hidden,
    boxes: NONE,
  };

  constructor(port: SightPort) {
    this.#port = port;
  }

  get marks(): Marks {
    return this.#marks;
  }

  /** Another image is shown, with its own marks. */
  open(marks: Marks): void {
    this.#marks = marks;
  }

  /** The same array for as long as it holds the same boxes: what is painted from it need not be painted again. */
  get visible(): readonly Box[] {
    if (this.allHidden) return NONE;
    const boxes = this.#port.boxes();
    const { hidden } = this.#marks;
    if (hidden.size === 0) return boxes;
    if (this.#visible.of !== boxes || this.#visible.without !== hidden)
      this.#visible = { of: boxes, without: hidden, boxes: boxes.filter((b) => !hidden.has(b.id)) };
    return this.#visible.boxes;
  }

  /** Boxes that the pointer can take hold of. */
  get reachable(): readonly Box[] {
    const { locked } = this.#marks;
    return locked.size === 0 ? this.visible : this.visible.filter((b) => !locked.has(b.id));
  }

  get hidesAny(): boolean {
    return this.allHidden || this.#marks.hidden.size > 0;
  }

  /** All boxes out of sight, or back. */
  toggleAll(): void {
    this.#port.interrupt();
    this.allHidden = !this.allHidden;
    this.#port.changed();
  }

  showAll(): void {
    this.allHidden = false;
    this.#mark('hidden', []);
  }

  /** Hides these boxes, or shows them where all of them are hidden. */
  toggleHidden(ids: Iterable<number>): void {
    this.#mark('hidden', toggled(this.#marks.hidden, [...ids]));
  }

  /** Locks these boxes against every change, or unlocks them where all of them are locked. */
  toggleLocked(ids: Iterable<number>): void {
    this.#mark('locked', toggled(this.#marks.locked, [...ids]));
  }

  #mark(kind: keyof Marks, ids: Iterable<number>): void {
    this.#port.interrupt();
    this.#marks = { ...this.#marks, [kind]: new Set(ids) };
    this.#port.changed();
  }
}

/** The set with these added, or, where it has all of them, without them. */
function toggled(set: ReadonlySet<number>, ids: readonly number[]): Set<number> {
  const all = ids.every((id) => set.has(id));
  return new Set(all ? [...set].filter((id) => !ids.includes(id)) : [...set, ...ids]);
}
