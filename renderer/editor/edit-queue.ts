import type { InputOf, OutputOf } from '../../electron/common/contract.ts';
import type { AnnotationOperation, Box, ImageAnnotations } from '../../electron/common/entities.ts';
import { stillApplies } from '../../electron/common/labels/conflicts.ts';
import type { LabelRules } from '../../electron/common/labels/operations.ts';
import { applyOperations } from './optimistic.ts';

type Request = InputOf<'annotations.undo'>;

/** The calls that a queue makes. Errors have a `code`, as the client's do. */
export interface EditPort {
  get(imageId: number): Promise<ImageAnnotations>;
  edit(request: InputOf<'annotations.edit'>): Promise<OutputOf<'annotations.edit'>>;
  undo(request: Request): Promise<ImageAnnotations>;
  redo(request: Request): Promise<ImageAnnotations>;
}

export interface QueueListener {
  /** Labels or saved state have changed. */
  changed(): void;
  /** The store has taken an edit, undo or redo: the image as stored before it, and after. */
  stored(before: ImageAnnotations, after: ImageAnnotations): void;
  /** Edits that could not be kept, and why: `stale` where someone else had changed what they change. */
  dropped(reason: { kind: 'stale' | 'refused'; edits: number; error: unknown }): void;
}

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
/** Codes that say that this edit will never be accepted: trying again is no use. */
const REFUSED = new Set(['invalid-input', 'not-found', 'not-allowed', 'no-project']);

let nextLocalId = -1;

/**
 * The edits of one image on their way to the store: shown at once, sent one after another on the revision that
 * they were made on, kept and sent again under the same id until they are acknowledged: the store does each id once.
 * Boxes made here keep their negative local id for as long as the image is open, so that a gesture or selection never
 * loses its box when the store names it.
 */
export class EditQueue {
  readonly imageId: number;
  readonly #port: EditPort;
  readonly #listener: QueueListener;
  readonly #localIds = new Map<number, number>();
  readonly #storedIds = new Map<number, number>();
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
    return this.#storedIds.get(id) ?? id;
  }

  /** The id that a stored box has for as long as the image is open. */
  localId(id: number): number {
    return this.#localIds.get(id) ?? id;
  }

  /** One step of undo. Returns the local ids of the added boxes. What the rules don't allow is refused at once. */
  apply(operations: readonly AnnotationOperation[]): number[] {
    if (operations.length === 0) return [];
    const newIds: number[] = [];
    const newId = (): number => newIds[newIds.push(nextLocalId--) - 1]!;
    try {
      this.#shown = applyOperations(this.#shown, operations, this.#rules(), newId);
    } catch (error) {
      this.#listener.dropped({ kind: 'refused', edits: 1, error });
      return [];
    }
    this.#push({ kind: 'edit', editId: crypto.randomUUID(), operations, newIds });
    return newIds;
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
    const stored = await this.#port.get(this.imageId);
    if (this.#steps.length > 0 || stored.image.revision === this.#confirmed.image.revision) return;
    this.#confirm(stored);
    this.#listener.changed();
  }

  /** Resolves when nothing is under way any more: saved, or waiting for another try. */
  async settled(): Promise<void> {
    while (this.#working) await new Promise((resolve) => setTimeout(resolve, 0));
  }

  /** The step on top of what is there; what the rules don't allow there any more is left to the store to refuse. */
  #applied(annotations: ImageAnnotations, { operations, newIds }: EditStep): ImageAnnotations {
    const ids = newIds.values();
    try {
      return applyOperations(annotations, operations, this.#rules(), () => ids.next().value ?? nextLocalId--);
    } catch {
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
      // Whoever can't be asked now is asked again when the connection is back.
      if (this.#outdated) await this.refresh().catch(() => undefined);
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

  /** Sends one step and takes over its answer. Throws where it has to be tried again. */
  async #send(step: Step): Promise<void> {
    const request = {
      imageId: this.imageId,
      expectedRevision: this.#confirmed.image.revision,
      editId: step.editId,
    };
    // Sent before: the answer is of then, and others may have been at it since.
    if (this.#failure !== null) this.#outdated = true;
    try {
      if (step.kind === 'edit') {
        const operations = step.operations.map((operation) => this.#toStored(operation));
        const answer = await this.#port.edit({ ...request, operations });
        this.#name(step.newIds, answer.createdBoxIds);
        this.#acknowledge(answer.annotations);
      } else {
        this.#acknowledge(await this.#port[step.kind](request));
      }
    } catch (error) {
      const code = codeOf(error);
      if (code === 'stale-revision') await this.#rebase(error);
      else if (code !== null && REFUSED.has(code)) await this.#drop('refused', error);
      else throw error;
    }
  }

  #acknowledge(stored: ImageAnnotations): void {
    const before = this.#confirmed;
    this.#steps.shift();
    this.#confirm(stored);
    this.#listener.stored(before, stored);
  }

  /**
   * Someone else was faster. Edits that touch nothing that they have changed are made on top of theirs; the others are
   * given up, with what was built on them, and said to be. So is an undo of what is no longer the last edit.
   */
  async #rebase(error: unknown): Promise<void> {
    const stored = await this.#port.get(this.imageId);
    const steps: Step[] = [];
    const gone = new Set<number>();
    let given = 0;
    for (const step of this.#steps) {
      // After an edit that is made again, undo takes back that.
      const turns = step.kind !== 'edit' && given === 0 && steps.length > 0;
      if (turns || (step.kind === 'edit' && this.#survives(step, stored, gone))) steps.push(step);
      else {
        given += 1;
        if (step.kind === 'edit') for (const id of step.newIds) gone.add(id);
      }
    }
    this.#steps = steps;
    this.#confirm(stored);
    if (given > 0) this.#listener.dropped({ kind: 'stale', edits: given, error });
  }

  #survives(step: EditStep, stored: ImageAnnotations, gone: ReadonlySet<number>): boolean {
    return step.operations.every(
      (operation) =>
        !('boxId' in operation && gone.has(operation.boxId)) &&
        stillApplies(this.#toStored(operation), this.#confirmed, stored, this.#rules().severalImageClasses),
    );
  }

  /** Gives up the edits that cannot be stored, shows what is, and says so. */
  async #drop(kind: 'stale' | 'refused', error: unknown): Promise<void> {
    const stored = await this.#port.get(this.imageId);
    const edits = this.#steps.length;
    this.#steps = [];
    this.#confirm(stored);
    this.#listener.dropped({ kind, edits, error });
  }

  #name(localIds: readonly number[], storedIds: readonly number[]): void {
    localIds.forEach((localId, index) => {
      const storedId = storedIds[index];
      if (storedId === undefined) return;
      this.#storedIds.set(localId, storedId);
      this.#localIds.set(storedId, localId);
    });
  }

  #confirm(stored: ImageAnnotations): void {
    this.#confirmed = stored;
    this.#shown = this.#toLocal(stored);
    for (const step of this.#steps) {
      if (step.kind !== 'edit') return;
      this.#shown = this.#applied(this.#shown, step);
    }
  }

  #toLocal(stored: ImageAnnotations): ImageAnnotations {
    const boxes = stored.boxes.map((b): Box => ({ ...b, id: this.localId(b.id) }));
    return { ...stored, boxes };
  }

  #toStored(operation: AnnotationOperation): AnnotationOperation {
    if (operation.type !== 'update-box' && operation.type !== 'delete-box') return operation;
    return { ...operation, boxId: this.storedId(operation.boxId) };
  }
}

function codeOf(error: unknown): string | null {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null;
}
