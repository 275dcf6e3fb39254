import type { AnnotationOperation, Box, Suggestion } from '../../electron/common/entities.ts';
import type { Point, Rectangle, Size } from '../../electron/common/geometry.ts';
import { reduce } from '../../electron/common/labels/operations.ts';
import type { LabelRules } from '../../electron/common/labels/operations.ts';
import { Editor } from '../../renderer/editor/editor.ts';
import type { PointerInput, WheelInput } from '../../renderer/editor/types.ts';

type Held = Partial<Pick<PointerInput, 'shift' | 'control' | 'button' | 'id' | 'kind'>>;

/** Drives an editor as hands do, without a browser: the view is 1000×800 CSS pixels, the image lies at scale 1 in its corner. */
export class TestEditor {
  readonly editor: Editor;
  readonly applied: AnnotationOperation[][] = [];
  readonly asked: Rectangle[] = [];
  readonly menus: Point[] = [];
  /** How many boxes were refused a change, by occasion. */
  readonly refused: number[] = [];
  /** What undo goes back to, the newest last. */
  readonly past: (readonly Box[])[] = [];
  boxes: readonly Box[];
  suggestions: readonly Pick<Suggestion, 'id' | 'box'>[] = [];
  /** The suggestion that the next key decides on. */
  currentSuggestion: number | null = null;
  readonly image: Size;
  #nextId = -1;
  #time = 0;

  constructor(boxes: readonly Rectangle[] = [], image: Size = { width: 1000, height: 800 }) {
    this.image = image;
    this.boxes = boxes.map((r, index) => testBox(index + 1, r));
    const document = {
      image,
      apply: (operations: readonly AnnotationOperation[]) => this.#apply(operations),
    };
    Object.defineProperty(document, 'boxes', { get: () => this.boxes });
    Object.defineProperty(document, 'suggestions', { get: () => this.suggestions });
    this.editor = new Editor(document as typeof document & Pick<TestEditor, 'boxes' | 'suggestions'>, {
      requestClass: (drawn) => this.asked.push(drawn),
      openMenu: ({ x, y }) => this.menus.push({ x, y }),
      refused: (count) => this.refused.push(count),
      currentSuggestion: () => this.currentSuggestion,
      chooseSuggestion: (id) => (this.currentSuggestion = id),
      changed: () => undefined,
    });
    this.editor.activeClassId = 1;
    this.editor.view.resize({ width: 1000, height: 800 });
    this.editor.view.show({ scale: 1, x: 0, y: 0 });
  }

  #apply(operations: readonly AnnotationOperation[]): number[] {
    this.applied.push([...operations]);
    this.past.push(this.boxes);
    const newIds: number[] = [];
    const newId = (): number => newIds[newIds.push(this.#nextId--) - 1]!;
    const { width, height } = this.image;
    const { image, ...before } = annotationsOf(this.boxes);
    this.boxes = reduce(
      { ...before, image: { ...image, width, height } },
      operations,
      TEST_RULES,
      newId,
    ).boxes;
    return newIds;
  }

  #input(x: number, y: number, held: Held): PointerInput {
    return { x, y, id: 1, kind: 'mouse', button: 'left', shift: false, control: false, ...held };
  }

  down(x: number, y: number, held: Held = {}): this {
    this.editor.pointerDown(this.#input(x, y, held));
    return this;
  }

  move(x: number, y: number, held: Held = {}): this {
    this.editor.pointerMove(this.#input(x, y, held));
    return this;
  }

  up(x: number, y: number, held: Held = {}): this {
    this.editor.pointerUp(this.#input(x, y, held));
    return this;
  }

  click(x: number, y: number, held: Held = {}): this {
    return this.move(x, y, held).down(x, y, held).up(x, y, held);
  }

  drag(from: readonly [number, number], to: readonly [number, number], held: Held = {}): this {
    const middle = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2] as const;
    return this.move(...from, held)
      .down(...from, held)
      .move(...middle, held)
      .move(...to, held)
      .up(...to, held);
  }

  wheel(x: number, y: number, motion: Partial<WheelInput>): this {
    const still = { deltaX: 0, deltaY: 0, shift: false, control: false, coarse: false };
    this.editor.view.wheel({ x, y, ...still, time: (this.#time += 1000), ...motion });
    return this;
  }

  /** The store takes the last edit back, as undo does. */
  undo(): this {
    this.editor.interrupt();
    const before = this.past.pop();
    if (before) this.change(before);
    return this;
  }

  /** The document changes by itself: undone, or edited in another window. */
  change(boxes: readonly Box[]): this {
    this.boxes = boxes;
    this.editor.documentChanged();
    return this;
  }

  box(id: number): Box {
    const box = this.boxes.find((b) => b.id === id);
    if (!box) throw new Error(`no box ${id}`);
    return box;
  }

  rectangle(id: number): number[] {
    const { x, y, width, height } = this.box(id);
    return [x, y, width, height];
  }

  get selected(): number[] {
    return [...this.editor.selection].sort((a, b) => a - b);
  }
}

/** Object classes 1 to 9, image classes from 10 on. */
export const TEST_RULES: LabelRules = {
  classes: Array.from({ length: 20 }, (_, n) => ({
    id: n + 1,
    kind: n + 1 < 10 ? ('object' as const) : ('image' as const),
    name: `class ${n + 1}`,
  })),
  severalImageClasses: false,
  attributes: [],
};

export function testBox(id: number, r: Rectangle, classId = 1): Box {
  return { id, ...r, classId, source: 'person', score: null, attributes: {} };
}

export function annotationsOf(boxes: readonly Box[], revision = 1) {
  return {
    image: {
      id: 7,
      path: 'a/b.png',
      fileName: 'b.png',
      width: 1000,
      height: 800,
      state: boxes.length > 0 ? ('labelled' as const) : ('unseen' as const),
      verified: false,
      split: 'none' as const,
      group: null,
      boxCount: boxes.length,
      imageClassIds: [],
      flagged: false,
      noted: false,
      suggestionCount: 0,
      revision,
      content: '0123456789abcdef',
      missing: false,
    },
    boxes: [...boxes],
    suggestions: [],
    note: '',
    canUndo: false,
    canRedo: false,
  };
}
