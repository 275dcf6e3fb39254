import type { AnnotationOperation, Box } from '../../electron/common/entities.ts';
import type { Rectangle, Size } from '../../electron/common/geometry.ts';
import type { Editor } from './editor.ts';

/** A pointer event without the browser: CSS pixels from the view's top-left corner. */
export interface PointerInput {
  readonly x: number;
  readonly y: number;
  readonly button: 'left' | 'middle' | 'right';
  readonly shift: boolean;
  /** Ctrl, or ⌘ on a Mac. */
  readonly control: boolean;
}

export interface WheelInput {
  readonly x: number;
  readonly y: number;
  readonly deltaX: number;
  readonly deltaY: number;
  readonly shift: boolean;
}

/** What the editor edits. `apply` shows its effect at once and returns the local ids of added boxes. */
export interface EditorDocument {
  readonly image: Size;
  readonly boxes: readonly Box[];
  apply(operations: readonly AnnotationOperation[]): number[];
}

export interface EditorPorts {
  /** A box was drawn and no class is chosen yet: the interface asks for one, then adds the box. */
  requestClass(drawn: Rectangle): void;
  changed(): void;
}

/** What a gesture shows before it becomes an edit. */
export interface Preview {
  readonly draft?: Rectangle;
  readonly marquee?: Rectangle;
  readonly moved?: ReadonlyMap<number, Rectangle>;
}

/** One phase of a gesture. A handler returns the phase that follows, often itself. */
export interface Phase {
  readonly name: string;
  readonly preview: Preview;
  cursor(editor: Editor): string;
  pointerDown?(editor: Editor, input: PointerInput): Phase;
  pointerMove?(editor: Editor, input: PointerInput): Phase;
  pointerUp?(editor: Editor, input: PointerInput): Phase;
  /** Escape, or the pointer was taken away: everything is as before the gesture. */
  cancel?(editor: Editor): Phase;
}

export const NO_PREVIEW: Preview = {};

/** A press that moves less than this on the screen is a click. */
export const DRAG_DISTANCE = 3;

export function movedEnough(from: { x: number; y: number }, to: { x: number; y: number }): boolean {
  return Math.hypot(to.x - from.x, to.y - from.y) >= DRAG_DISTANCE;
}
