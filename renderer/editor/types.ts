import type { AnnotationOperation, Box, Suggestion } from '../../electron/common/entities.ts';
import type { Point, Rectangle, Size } from '../../electron/common/geometry.ts';
import type { WheelMotion } from './kernels/wheel.ts';

export type PointerKind = 'mouse' | 'pen' | 'touch';

/** A pointer event without the browser: CSS pixels from the view's top-left corner. */
export interface PointerInput {
  readonly x: number;
  readonly y: number;
  /** Tells fingers apart; the same from press to release. */
  readonly id: number;
  readonly kind: PointerKind;
  readonly button: 'left' | 'middle' | 'right';
  readonly shift: boolean;
  /** Ctrl, or ⌘ on a Mac. */
  readonly control: boolean;
}

export interface WheelInput extends WheelMotion {
  readonly x: number;
  readonly y: number;
  readonly shift: boolean;
}

/** What the editor edits. `apply` shows its effect at once and returns the local ids of added boxes. */
export interface EditorDocument {
  readonly image: Size;
  readonly boxes: readonly Box[];
  readonly suggestions: readonly Pick<Suggestion, 'id' | 'box'>[];
  apply(operations: readonly AnnotationOperation[]): number[];
}

/** Boxes that a person has put out of sight or out of reach while working on an image. */
export interface Marks {
  readonly hidden: ReadonlySet<number>;
  readonly locked: ReadonlySet<number>;
}

export const NO_MARKS: Marks = { hidden: new Set(), locked: new Set() };

export interface EditorPorts {
  /** A box was drawn and no class is chosen yet: the interface asks for one, then adds the box. */
  requestClass(drawn: Rectangle): void;
  /** A finger was held on one point and let go: the commands for what is there, at a point of the view. */
  openMenu(at: Point): void;
  /** Boxes were to be changed that are locked or hidden, and were left alone. */
  refused(boxes: number): void;
  /** The id of the suggestion that the next key decides on. */
  currentSuggestion(): number | null;
  /** A suggestion was pointed at: the next key decides on it. */
  chooseSuggestion(id: number): void;
  changed(): void;
}

/** A press that moves less than this on the screen is a click; fingers are less steady. */
const DRAG_DISTANCE: Record<PointerKind, number> = { mouse: 3, pen: 4, touch: 8 };
/** By how much hit areas are stretched. */
const COARSENESS: Record<PointerKind, number> = { mouse: 1, pen: 1.25, touch: 2.25 };

export function movedEnough(from: PointerInput, to: PointerInput): boolean {
  return Math.hypot(to.x - from.x, to.y - from.y) >= DRAG_DISTANCE[from.kind];
}

export function coarseness(kind: PointerKind): number {
  return COARSENESS[kind];
}
