import type { AnnotationOperation, ImageAnnotations } from '../../electron/common/entities.ts';
import { stillApplies } from '../../electron/common/labels/conflicts.ts';
import type { LabelRules } from '../../electron/common/labels/operations.ts';
import { summarise } from '../../electron/common/labels/summary.ts';
import { BoxNames, newLocalId } from './box-names.ts';
import { codeOf, isRefusal } from './edit-port.ts';
import type { DroppedSteps, EditPort, QueueListener } from './edit-port.ts';
import { applyOperations } from './optimistic.ts';

interface EditStep {
  readonly kind: 'edit';
  readonly editId: string;
  readonly operations: readonly AnnotationOperation[];
  readonly newIds: readonly number[];
}
interface JournalStep {
  readonly kind: 'undo' | 'redo';
  readonly editId: string;
}
type Step = EditStep | JournalStep;

export type SaveState = 'saved' | 'saving' | 'failed';

const FIRST_RETRY = 500;
const LAST_RETRY = 8000;

/**
 * The edits of one image on their way to the store: shown at once, sent one after another on the revision that
 * they were made on, kept and sent again under the same id until they are acknowledged: the store does each id once.
 */
export class EditQueue {
  readonly imageId: number;
  readonly #port: EditPort;
  readonly #listener: QueueListener;
  readonly #names = new BoxNames();
  #confirmed: ImageAnnotations;
  #shown: ImageAnnotations;
  #steps: Step[] = [];
  #working = false;
  #failure: unknown = null;
  /** The store may have more than the last answer said: it is looked at once nothing is under way. */
  #outdated = false;
  #retry = FIRST_RETRY;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** What the project allows now. */
  readonly #rules: () => LabelRules;

  constructor(
    port: EditPort,
    listener: QueueListener,
    annotations: ImageAnnotations,
    rules: () => LabelRules,
  ) {
    this.imageId = annotations.image.id;
    this.#rules = rules;
    this.#port = port;
    this.#listener = listener;
    this.#confirmed = annotations;
    this.#shown = annotations;
  }

  /** Labels as the person sees them: stored ones with the edits under way on top. */
  get annotations(): ImageAnnotations {
    return this.#shown;
  }

  get saveState(): SaveState {
    if (this.#steps.length === 0) return 'saved';
    return this.#failure === null ? 'saving' : 'failed';
  }

  get failure(): unknown {
    return this.#failure;
  }

  get unsavedEdits(): number {
    return this.#steps.length;
  }

  get canUndo(): boolean {
    return this.#shown.canUndo;
  }

  get canRedo(): boolean {
    return this.#shown.canRedo;
  }

  /** The store's id of a box, the local one where it isn't stored yet. */
  storedId(id: number): number {
    return this.#names.stored(id);
  }

  /** The id that a stored box has for as long as the image is open. */
  localId(id: number): number {
    return this.#names.local(id);
  }

  /** One step of undo. Returns the local ids of the added boxes. What the rules don't allow is refused at once. */
  apply(operations: readonly AnnotationOperation[]): number[] {
    if (operations.length === 0) return [];
    const newIds: number[] = [];
    const newId = (): number => newIds[newIds.push(newLocalId()) - 1]!;
    try {
      this.#shown = applyOperations(this.#shown, operations, this.#rules(), newId);
    } catch (error) {
      if (isRefusal(error)) this.#listener.dropped({ kind: 'refused', edits: 1, what: '', error });
      else this.#listener.failed(error);
      return [];
    }
    this.#push({ kind: 'edit', editId: crypto.randomUUID(), operations, newIds });
    return newIds;
  }

  /** The id that the store has given a box; the one it has here where it isn't stored yet. */
  storedBoxId(id: number): number {
    return this.#names.stored(id);
  }

  undo(): void {
    if (this.canUndo) this.#push({ kind: 'undo', editId: crypto.randomUUID() });
  }

  redo(): void {
    if (this.canRedo) this.#push({ kind: 'redo', editId: crypto.randomUUID() });
  }

  /** Sends again at once what failed. */
  retryNow(): void {
    this.#retry = FIRST_RETRY;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    void this.#work();
  }

  /** Takes over what another window has changed, once no edits are under way: those are checked by their revision. */
  async refresh(): Promise<void> {
    this.#outdated = this.#steps.length > 0;
    if (this.#outdated) return;
    const stored = await this.#port.find(this.imageId);
    if (stored === null || this.#steps.length > 0) return;
    if (stored.image.revision === this.#confirmed.image.revision) return;
    this.#confirm(stored);
    this.#listener.changed();
  }

  /** Resolves when nothing is under way any more: saved, or waiting for another try. */
  async settled(): Promise<void> {
    while (this.#working) await new Promise((resolve) => setTimeout(resolve, 0));
  }

  /** The step on top of what is there. What no longer applies is left out: the store refuses it, and says so. */
  #applied(annotations: ImageAnnotations, { operations, newIds }: EditStep): ImageAnnotations {
    const ids = newIds.values();
    try {
      return applyOperations(annotations, operations, this.#rules(), () => ids.next().value ?? newLocalId());
    } catch (error) {
      if (!isRefusal(error)) this.#listener.failed(error);
      return annotations;
    }
  }

  #push(step: Step): void {
    this.#steps.push(step);
    this.#listener.changed();
    if (this.#timer === null) void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    try {
      for (let step = this.#steps[0]; step; step = this.#steps[0]) {
        await this.#send(step);
        this.#failure = null;
        this.#retry = FIRST_RETRY;
        this.#listener.changed();
      }
      if (this.#outdated) await this.#catchUp();
    } catch (error) {
      this.#failure = error;
      this.#timer = setTimeout(() => {
        this.#timer = null;
        void this.#work();
      }, this.#retry);
      this.#retry = Math.min(LAST_RETRY, this.#retry * 2);
      this.#listener.changed();
    } finally {
      this.#working = false;
    }
  }

  /** Looks at what others have stored. Whoever can't be asked now is asked again when the connection is back. */
  async #catchUp(): Promise<void> {
    try {
      await this.refresh();
    } catch (error) {
      if (codeOf(error) !== 'disconnected') this.#listener.failed(error);
    }
  }

  /** Sends one step and takes over its answer. Throws where it has to be tried again. */
  async #send(step: Step): Promise<void> {
    const request = {
      imageId: this.imageId,
      expectedRevision: this.#confirmed.image.revision,
      editId: step.editId,
    };
    // Sent before: the answer is of then, and others may have been at it since.
    if (this.#failure !== null) this.#outdated = true;
    else if (step.kind === 'edit') {
      const missing = this.#missing(step);
      if (missing !== null) return this.#rebase('refused', missing);
    }
    try {
      if (step.kind === 'edit') {
        const operations = step.operations.map((operation) => this.#names.toStored(operation));
        const answer = await this.#port.edit({ ...request, operations });
        this.#names.pair(step.newIds, answer.createdBoxIds);
        this.#acknowledge(answer.annotations);
      } else {
        this.#acknowledge(await this.#port[step.kind](request));
      }
    } catch (error) {
      if (codeOf(error) === 'stale-revision') await this.#rebase('stale', error);
      else if (isRefusal(error)) await this.#rebase('refused', error);
      else throw error;
    }
  }

  /** The refusal of a step of whose box nothing is there since an undo before it; null where the store is to say. */
  #missing({ operations }: EditStep): unknown {
    try {
      applyOperations(this.#names.toLocal(this.#confirmed), operations, this.#rules(), newLocalId);
      return null;
    } catch (error) {
      return codeOf(error) === 'not-found' ? error : null;
    }
  }

  #acknowledge(stored: ImageAnnotations): void {
    const before = this.#confirmed;
    this.#steps.shift();
    this.#confirm(stored);
    this.#listener.stored(before, stored);
  }

  /**
   * Someone else was faster, or the first step was refused: edits that touch nothing that others have changed are made on top
   * of theirs; the others, and an undo of what is no longer the last edit, are dropped and said to be.
   */
  async #rebase(kind: DroppedSteps['kind'], error: unknown): Promise<void> {
    const stored = await this.#port.get(this.imageId);
    const refused = kind === 'refused' ? this.#steps[0] : undefined;
    const steps: Step[] = [];
    const dropped: Step[] = [];
    const gone = new Set<number>();
    for (const step of this.#steps) {
      // After an edit that is made again, undo takes back that.
      const turns = step.kind !== 'edit' && dropped.length === 0 && steps.length > 0;
      const survives = turns || (step.kind === 'edit' && this.#survives(step, stored, gone));
      if (survives && step !== refused) steps.push(step);
      else {
        dropped.push(step);
        if (step.kind === 'edit') for (const id of step.newIds) gone.add(id);
      }
    }
    // Among the suggestions of before: what an edit accepted may be gone.
    const what = summarise(
      dropped.flatMap((step) => (step.kind === 'edit' ? step.operations : [])),
      this.#confirmed.suggestions,
    );
    this.#steps = steps;
    this.#confirm(stored);
    if (dropped.length > 0) this.#listener.dropped({ kind, edits: dropped.length, what, error });
  }

  #survives(step: EditStep, stored: ImageAnnotations, gone: ReadonlySet<number>): boolean {
    return step.operations.every(
      (operation) =>
        !('boxId' in operation && gone.has(operation.boxId)) &&
        stillApplies(
          this.#names.toStored(operation),
          this.#confirmed,
          stored,
          this.#rules().severalImageClasses,
        ),
    );
  }

  #confirm(stored: ImageAnnotations): void {
    this.#confirmed = stored;
    this.#shown = this.#names.toLocal(stored);
    for (const step of this.#steps) {
      if (step.kind !== 'edit') return;
      this.#shown = this.#applied(this.#shown, step);
    }
  }
}
