import type { AnnotationOperation, Suggestion } from '../../../electron/common/entities.ts';
import type { Rectangle } from '../../../electron/common/geometry.ts';

/** What deciding on suggestions needs of the image that is open. */
export interface SuggestionPort {
  suggestions(): readonly Suggestion[];
  apply(operations: readonly AnnotationOperation[]): void;
  reveal(rectangle: Rectangle): void;
}

/** Which suggestion the next key decides on. Decisions are edits: durable, and taken back by undo. */
export class SuggestionState {
  #chosenId = $state<number | null>(null);
  readonly #port: SuggestionPort;

  constructor(port: SuggestionPort) {
    this.#port = port;
  }

  get list(): readonly Suggestion[] {
    return this.#port.suggestions();
  }

  /** The chosen one; the surest where none is chosen; null where nothing is suggested. */
  get current(): Suggestion | null {
    return this.list.find(({ id }) => id === this.#chosenId) ?? this.list[0] ?? null;
  }

  /** It was pointed at on the canvas: the view stays as it is under the pointer. */
  point(id: number): void {
    this.#chosenId = id;
  }

  /** Makes it the current one and brings it into view. */
  choose(id: number): void {
    this.point(id);
    const box = this.list.find((one) => one.id === id)?.box;
    if (box) this.#port.reveal(box);
  }

  step(by: 1 | -1): void {
    const { list, current } = this;
    if (!current) return;
    const next = list[(list.indexOf(current) + by + list.length) % list.length];
    if (next) this.choose(next.id);
  }

  accept(): void {
    this.#decide('accept-suggestion');
  }

  reject(): void {
    this.#decide('reject-suggestion');
  }

  /** All at once, as one step of undo: those without a score only where the threshold is 0. */
  acceptFrom(threshold: number): void {
    const sure = this.from(threshold);
    if (sure.length > 0)
      this.#port.apply(sure.map(({ id }) => ({ type: 'accept-suggestion', suggestionId: id })));
  }

  from(threshold: number): Suggestion[] {
    return this.list.filter(({ score }) => (score ?? 0) >= threshold);
  }

  rejectAll(): void {
    const { list } = this;
    if (list.length > 0)
      this.#port.apply(list.map(({ id }) => ({ type: 'reject-suggestion', suggestionId: id })));
  }

  /** Decides on the current one and goes on to the one after it. */
  #decide(type: 'accept-suggestion' | 'reject-suggestion'): void {
    const { list, current } = this;
    if (!current) return;
    const index = list.indexOf(current);
    const next = list[index + 1] ?? list[index - 1];
    this.#port.apply([{ type, suggestionId: current.id }]);
    if (next) this.choose(next.id);
  }
}
