import type { StoreContext } from '../database/context.ts';
import type { Writer } from '../database/database.ts';
import { knownEntry } from './edit-ids.ts';
import { abandonProjectRedo, lastProjectDone, ProjectEntry } from './entries.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Sentence } from '../../common/sentences/sentence.ts';

export interface AdditionOptions {
  readonly kind: 'add-images' | 'add-frames';
  /** Name of the folder or video, for the history. */
  readonly name: string;
  /** Id of the job: its first entry carries it. */
  readonly editId?: string;
}

/**
 * Images that one act adds, batch by batch: one step of the project's undo, or several where something else changed
 * the project in between. What a cancelled or killed act has added stays, and is a step all the same.
 */
export class Addition {
  readonly #context: StoreContext;
  readonly #options: AdditionOptions;
  #entryId: number | null = null;
  #images = 0;

  constructor(context: StoreContext, options: AdditionOptions) {
    this.#context = context;
    this.#options = options;
  }

  /** In the transaction that has added the images. */
  note(writer: Writer, imageIds: readonly number[]): void {
    if (imageIds.length === 0) return;
    const entry = this.#entry(writer);
    entry.noteAdded(imageIds);
    this.#images += imageIds.length;
    entry.describe(this.#summary, { images: this.#images, name: this.#options.name });
  }

  #entry(writer: Writer): ProjectEntry {
    if (this.#entryId !== null && lastProjectDone(writer)?.id === this.#entryId)
      return new ProjectEntry(writer, this.#entryId);
    abandonProjectRedo(writer);
    const { kind, editId } = this.#options;
    const entry = ProjectEntry.begin(writer, this.#context, {
      kind,
      summary: this.#summary,
      actor: this.#context.actor,
      operations: {},
      status: 'done',
      editId: knownEntry(writer, null, kind, editId) === undefined ? editId : undefined,
    });
    this.#entryId = entry.id;
    this.#images = 0;
    return entry;
  }

  get #summary(): Sentence {
    return say('history.addedImages', { count: this.#images, name: this.#options.name });
  }
}
