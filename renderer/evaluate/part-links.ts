import type { LabelClass } from '../../electron/common/entities.ts';
import { partText } from '../../electron/common/score-parts.ts';
import type { EvaluationPart } from '../../electron/common/score-parts.ts';

/** The numbers of an evaluation as links to what they count. */
export class PartLinks {
  readonly #classes: readonly LabelClass[];
  /** Whose list is shown. */
  readonly shown: EvaluationPart | null;
  readonly #show: (part: EvaluationPart) => void;

  constructor(
    classes: readonly LabelClass[],
    shown: EvaluationPart | null,
    show: (part: EvaluationPart) => void,
  ) {
    this.#classes = classes;
    this.shown = shown;
    this.#show = show;
  }

  /** Shows what a part counts; undefined for none. */
  opening(part: EvaluationPart | null): (() => void) | undefined {
    return part === null ? undefined : () => this.open(part);
  }

  open(part: EvaluationPart): void {
    this.#show(part);
  }

  isOpen(part: EvaluationPart | null): boolean {
    return part !== null && this.shown !== null && partText(part) === partText(this.shown);
  }

  /** A cell of the matrix of boxes. @param truth, found null: none */
  boxes(truth: string | null, found: string | null): EvaluationPart | null {
    const [one, other] = [truth, found].map((name) => (name === null ? null : this.#idOf('object', name)));
    return one === undefined || other === undefined ? null : { of: 'boxes', truth: one, found: other };
  }

  imageClasses(truth: string | undefined, found: string | undefined): EvaluationPart | null {
    const [one, other] = [truth, found].map((name) => this.#idOf('image', name));
    return one === undefined || other === undefined ? null : { of: 'imageClasses', truth: one, found: other };
  }

  ofClass(of: 'boxClass' | 'imageClass', name: string): EvaluationPart | null {
    const classId = this.#idOf(of === 'boxClass' ? 'object' : 'image', name);
    return classId === undefined ? null : { of, classId };
  }

  /** Undefined where the project has no such class any more. */
  #idOf(kind: LabelClass['kind'], name: string | undefined): number | undefined {
    return this.#classes.find((one) => one.kind === kind && one.name === name)?.id;
  }
}
