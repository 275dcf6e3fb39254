import type { Box } from '../../../electron/common/entities.ts';
import type { Point, Rectangle } from '../../../electron/common/geometry.ts';
import type { BoxEdits } from '../box-edits.ts';
import type { Navigator } from '../navigator.ts';
import type { Sight } from '../sight.ts';
import type { EditorDocument, PointerInput } from '../types.ts';

/** What gestures and tools need of the editor. */
export interface GestureEditor {
  readonly document: EditorDocument;
  readonly view: Navigator;
  readonly sight: Sight;
  readonly edits: Pick<BoxEdits, 'setGeometries'>;
  readonly pointer: PointerInput | null;
  readonly panHeld: boolean;
  panUsed: boolean;
  readonly selection: ReadonlySet<number>;
  readonly onlySelected: Box | null;
  /** Tolerance of hits, in image pixels. */
  readonly tolerance: number;
  readonly coarseness: number;
  box(id: number): Box | undefined;
  /** The phase in which nothing is under way. */
  idle(): Phase;
  snapDistance(input: PointerInput): number;
  pointInImage(input: PointerInput): Point;
  cornerInImage(input: PointerInput): Point;
  openMenu(at: Point): void;
  addDrawn(drawn: Rectangle): void;
  select(ids: Iterable<number>): void;
  chooseSuggestionAt(at: Point, repeated: boolean): boolean;
}

/** What a gesture shows before it becomes an edit. */
export interface Preview {
  readonly draft?: Rectangle;
  readonly marquee?: Rectangle;
  readonly moved?: ReadonlyMap<number, Rectangle>;
}

export const NO_PREVIEW: Preview = {};

/** One phase of a gesture. A handler returns the phase that follows, often itself. */
export interface Phase {
  readonly name: string;
  readonly preview: Preview;
  cursor(editor: GestureEditor): string;
  pointerDown?(editor: GestureEditor, input: PointerInput): Phase;
  pointerMove?(editor: GestureEditor, input: PointerInput): Phase;
  pointerUp?(editor: GestureEditor, input: PointerInput): Phase;
  /** A finger has stayed where it was pressed. */
  held?(editor: GestureEditor): Phase;
  /** Escape, or the pointer was taken away: everything is as before the gesture. */
  cancel?(editor: GestureEditor): Phase;
  /** False once the boxes that the gesture is about are gone, or others have changed them. */
  isStillPossible?(editor: GestureEditor): boolean;
}
