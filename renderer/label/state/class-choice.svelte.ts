import type { Rectangle } from '../../../electron/common/geometry.ts';
import type { Editor } from '../../editor/editor.ts';
import { newBox } from '../../editor/kernels/copies.ts';

/** The question for a class: for a box that was drawn before one was chosen, or for the selected boxes. */
export class ClassChoice {
  /** A box that waits for its class. */
  drawn = $state.raw<Rectangle | null>(null);
  #forSelected = $state(false);
  readonly #editor: () => Editor;

  constructor(editor: () => Editor) {
    this.#editor = editor;
  }

  get asked(): boolean {
    return this.drawn !== null || this.#forSelected;
  }

  askForSelected(): void {
    this.#forSelected = true;
  }

  /** The drawn box gets its class, and later boxes too; without one, the selected boxes get it. */
  choose(classId: number): void {
    const editor = this.#editor();
    const { drawn } = this;
    this.end();
    if (!drawn) editor.edits.setClass(classId);
    else {
      editor.activeClassId = classId;
      editor.edits.addBoxes([newBox(drawn, classId)]);
    }
  }

  /** A class is no longer asked for; a box that was drawn for it was never made. */
  end(): void {
    this.drawn = null;
    this.#forSelected = false;
  }

  /** New boxes no longer get a class that is none of these: the next one asks for its class. */
  forgetBut(ids: ReadonlySet<number>): void {
    const editor = this.#editor();
    if (editor.activeClassId !== null && !ids.has(editor.activeClassId)) editor.activeClassId = null;
  }
}
