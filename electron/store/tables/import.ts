import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Actor, ClassKind, OnConflict, Suggestion } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { StoreContext } from '../database/context.ts';
import { now, raiseRevision } from '../database/context.ts';
import type { Writer } from '../database/database.ts';
import { knownEntry } from '../history/edit-ids.ts';
import type { ChangeOptions } from '../history/edit-ids.ts';
import { abandonProjectRedo, ProjectEntry } from '../history/entries.ts';
import { ClassNames } from './import-classes.ts';
import { imageFields, keepFields } from './import-fields.ts';
import type { BroughtFields } from './import-fields.ts';
import { changeOf } from './import-image.ts';
import type { ImportedImage } from './import-plan.ts';
import { requireNoImport } from '../history/journal.ts';
import { insertBox } from '../history/apply-patch.ts';
import { rollBackSteps } from '../history/rollback.ts';
import type { ProjectPatch } from '../history/project-patch.ts';
import { readSettings } from './settings.ts';
import { isAcrossLock } from './splits.ts';
import { suggestionSourceId } from '../rows/suggestion-rows.ts';

interface ImportedClass {
  readonly kind: ClassKind;
  readonly name: string;
  /** Fields that nobody here knows, by the format that brought them. */
  readonly extra?: BroughtFields;
}

/** `editId`: of the job. */
export interface ImportRequest extends ChangeOptions {
  /** For the history: "Import of instances_train.json". */
  readonly title: string;
  /** `merge` where not given. */
  readonly mode?: OnConflict;
  /** What tells this source from others: labels of an earlier import of it may be corrected. */
  readonly source?: string;
  /** Made where they are missing, in this order, whether or not a label has them. */
  readonly classes?: readonly ImportedClass[];
  /** Fields that the source as a whole brought and nobody here knows, by its format. */
  readonly extra?: BroughtFields;
  /** Each image once. Read a chunk at a time, so it may be made as it goes. */
  readonly images: Iterable<ImportedImage>;
  /** Boxes and image classes come in as suggestions of this source, to be accepted or rejected; nothing else does. */
  readonly suggestedBy?: { readonly kind: Suggestion['source']; readonly name: string };
  /** Images that were registered for this import: they leave the project with its undo. */
  readonly added?: ReadonlySet<number>;
  readonly actor?: Actor;
  /** Takes back what was imported so far. */
  readonly signal?: AbortSignal;
  /** Images that are done so far. */
  readonly onProgress?: (images: number) => void;
}

export interface ImportCounts {
  /** Images that were changed. */
  readonly images: number;
  readonly boxesAdded: number;
  readonly boxesChanged: number;
  readonly boxesRemoved: number;
  /** Boxes of the source that were left out, since somebody has changed or deleted them here. */
  readonly boxesKept: number;
  /** Suggestions that were added: 0 where labels are imported. */
  readonly suggestions: number;
  readonly classesCreated: number;
  /** Images of the source that were so already. */
  readonly unchanged: number;
  /** Images of the source that had labels. */
  readonly labelled: number;
  /** Images that came into the project with it. */
  readonly added: number;
  /** Images that kept their own class, since the source says another one and the project allows only one. */
  readonly classesKept: number;
  /** Images whose split stayed as it is, since the test set is locked. */
  readonly splitsKept: number;
}

/** A chunk ends with whichever comes first: some ten milliseconds of work on a small machine. */
const CHUNK_IMAGES = 200;
const CHUNK_BOXES = 1000;
const CHUNK_CLASSES = 500;

/**
 * One import in progress: its entry is `open` until all is there, the images done so far are durable under it. Edits go on
 * between its chunks, and one that a crash cut short is taken back when the project is next opened.
 */
class Import {
  readonly #context: StoreContext;
  readonly #request: ImportRequest;
  readonly #entryId: number;
  readonly #classes: ClassNames;
  readonly #several: boolean;
  /** null: nothing comes as a suggestion. */
  readonly #sourceId: number | null;
  readonly #seen = new Set<number>();
  readonly #boxes = { added: 0, changed: 0, removed: 0, kept: 0 };
  #images = 0;
  #suggestions = 0;
  #classesKept = 0;
  #splitsKept = 0;
  #labelled = 0;
  #added = 0;

  constructor(context: StoreContext, request: ImportRequest) {
    this.#context = context;
    this.#request = request;
    const { suggestedBy } = request;
    [this.#entryId, this.#classes, this.#several, this.#sourceId] = context.db.write((writer) => {
      requireNoImport(writer);
      const entry = ProjectEntry.begin(writer, context, {
        kind: kindOf(request),
        summary: request.title,
        operations: { import: this.#described },
        actor: request.actor ?? suggestedBy?.kind ?? 'import',
        actorName: suggestedBy?.name,
        status: 'open',
        editId: request.editId,
      });
      const classes = new ClassNames(writer);
      this.#noteClasses(writer, entry.id, classes);
      const suggester =
        request.mode === 'suggest' ? { kind: 'import' as const, name: request.title } : suggestedBy;
      const sourceId =
        suggester === undefined
          ? null
          : suggestionSourceId(writer, suggester.kind, suggester.name, now(context));
      return [entry.id, classes, readSettings(writer).multipleImageClasses, sourceId];
    });
  }

  get #described(): Record<string, unknown> {
    const { suggestedBy, mode = 'merge', source } = this.#request;
    return suggestedBy === undefined ? { mode, source } : { suggestedBy };
  }

  /** Makes those that are missing, in one transaction. @param first index of the first of them in the request */
  addClasses(given: NonNullable<ImportRequest['classes']>, first: number): void {
    this.#context.db.write((writer) => {
      for (const [index, { kind, name }] of given.entries())
        this.#classes.id(writer, kind, name, `classes[${first + index}]`);
      this.#noteClasses(writer, this.#entryId, this.#classes);
    });
  }

  /** All of `images` in one transaction. */
  add(images: readonly ImportedImage[]): void {
    this.#context.db.write((writer) => {
      const entry = new ProjectEntry(writer, this.#entryId);
      const made = this.#classes.created.length;
      for (const image of images) this.#addImage(writer, entry, image);
      entry.uses.flush(writer);
      if (this.#classes.created.length > made) this.#noteClasses(writer, entry.id, this.#classes);
      if (entry.images > 0) raiseRevision(writer);
    });
    this.#request.onProgress?.(this.#seen.size);
  }

  /** It is one step of undo from now on; an import that changed nothing leaves no trace. */
  complete(): ImportCounts {
    const { added: boxesAdded, changed: boxesChanged, removed: boxesRemoved, kept: boxesKept } = this.#boxes;
    const counts = {
      images: this.#images,
      boxesAdded,
      boxesChanged,
      boxesRemoved,
      boxesKept,
      suggestions: this.#suggestions,
      classesCreated: this.#classes.created.length,
      unchanged: this.#seen.size - this.#images,
      classesKept: this.#classesKept,
      splitsKept: this.#splitsKept,
      labelled: this.#labelled,
      added: this.#added,
    };
    this.#context.db.write((writer) => {
      const fields = this.#keepFields(writer);
      if (
        Object.keys(fields).length === 0 &&
        counts.images === 0 &&
        counts.classesCreated === 0 &&
        counts.added === 0
      ) {
        writer.run('DELETE FROM journal WHERE id = ?', this.#entryId);
        return;
      }
      abandonProjectRedo(writer);
      writer.run(
        "UPDATE journal SET status = 'done', operations = ? WHERE id = ?",
        JSON.stringify({
          import: {
            ...this.#described,
            ...counts,
            boxes: boxesAdded + boxesChanged + boxesRemoved,
            seen: this.#seen.size,
          },
        }),
        this.#entryId,
      );
      new ProjectEntry(writer, this.#entryId).finish({ ...fields, remove: this.#classes.created });
    });
    return counts;
  }

  /** What of it concerns classes that the import has made goes with them. */
  #keepFields(writer: Writer): ProjectPatch {
    const { classes = [], extra = {} } = this.#request;
    const byClass = classes.map(({ kind, name, extra: brought = {} }, index): [number, BroughtFields] => {
      return [this.#classes.id(writer, kind, name, `classes[${index}]`), brought];
    });
    const { put = [], ...rest } = keepFields(writer, new Map(byClass), extra);
    const known = put.filter(({ id }) => !this.#classes.created.includes(id));
    return { ...rest, ...(known.length > 0 ? { put: known } : {}) };
  }

  async takeBack(): Promise<void> {
    for (const step of rollBackSteps(this.#context, this.#entryId)) {
      step();
      await nextTurn();
    }
  }

  #noteClasses(writer: Writer, entryId: number, classes: ClassNames): void {
    writer.run(
      'UPDATE journal SET inverse = ? WHERE id = ?',
      JSON.stringify({ remove: classes.created }),
      entryId,
    );
  }

  #addImage(writer: Writer, entry: ProjectEntry, given: ImportedImage): void {
    const { imageId } = given;
    const splitStays = given.split !== null && isAcrossLock(writer, imageId, given.split);
    const image = splitStays ? { ...given, split: null } : given;
    if (splitStays) this.#splitsKept += 1;
    const place = `images[${this.#seen.size}]`;
    if (this.#seen.has(imageId)) {
      throw new TwinheadError('invalid-input', say('store.imageTwice', { id: String(imageId) }), {
        place,
        remedy: say('store.imageTwice.remedy'),
      });
    }
    this.#seen.add(imageId);
    if (this.#request.added?.has(imageId) === true) {
      entry.noteAdded([imageId]);
      this.#added += 1;
    }
    const { suggestedBy, mode = 'merge', source = null, added } = this.#request;
    const { plan, suggest, labelled } = changeOf(
      writer,
      image,
      {
        // An image that has just come into the project has nothing that could be in the way.
        mode: added?.has(imageId) === true ? 'merge' : mode,
        suggestAll: suggestedBy !== undefined,
        several: this.#several,
        sourceId: this.#sourceId,
        source,
        place,
      },
      (kind, name, at) => this.#classes.id(writer, kind, name, at),
    );
    const created = plan.added.map((box) => insertBox(writer, imageId, box, entry.uses));
    if (plan.classKept) this.#classesKept += 1;
    if (labelled) this.#labelled += 1;
    this.#boxes.kept += plan.boxesKept;
    const extra = image.extra && imageFields(writer, imageId, image.extra);
    if (!entry.apply(imageId, { ...plan.patch, suggest, extra }, created)) return;
    this.#images += 1;
    this.#boxes.added += created.length;
    this.#boxes.changed += plan.patch.put?.length ?? 0;
    this.#boxes.removed += plan.patch.remove?.length ?? 0;
    this.#suggestions += suggest.length;
  }
}

function kindOf({ suggestedBy }: ImportRequest): 'import' | 'suggest' {
  return suggestedBy === undefined ? 'import' : 'suggest';
}

/** What an import of that id has come to. */
function madeBefore({ db }: StoreContext, request: ImportRequest): ImportCounts | undefined {
  return db.snapshot((reader) => {
    requireNoImport(reader);
    const known = knownEntry(reader, null, kindOf(request), request.editId);
    return known && (JSON.parse(known.operations) as { import: ImportCounts }).import;
  });
}

function requireGoingOn(context: StoreContext, signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true && context.db.open) return;
  throw new TwinheadError('cancelled', say('store.importCancelled'));
}

/** What a chunk throws after the project was closed is that: the next opening takes the import back. */
async function takeBack(context: StoreContext, underWay: Import): Promise<void> {
  if (context.db.open) await underWay.takeBack();
}

/**
 * Labels of many images as one step of the project's undo: all of them or none. The event loop gets its turn between
 * chunks; an import of one chunk is done when the call returns. One that was made under the same id is not made again.
 * @throws TwinheadError (rejects) `invalid-input` with `details.place`, `not-found`, `not-allowed` while another
 * import is under way, `cancelled`, `disk-full`; the project is then as it was
 */
export async function importAnnotations(
  context: StoreContext,
  request: ImportRequest,
): Promise<ImportCounts> {
  requireGoingOn(context, request.signal);
  const made = madeBefore(context, request);
  if (made !== undefined) return made;
  const underWay = new Import(context, request);
  try {
    const { classes = [] } = request;
    for (let first = 0; first < classes.length; first += CHUNK_CLASSES) {
      underWay.addClasses(classes.slice(first, first + CHUNK_CLASSES), first);
      if (classes.length <= CHUNK_CLASSES) break;
      await nextTurn();
      requireGoingOn(context, request.signal);
    }
    let chunk: ImportedImage[] = [];
    let boxes = 0;
    for (const image of request.images) {
      chunk.push(image);
      boxes += image.boxes?.length ?? 0;
      if (chunk.length < CHUNK_IMAGES && boxes < CHUNK_BOXES) continue;
      underWay.add(chunk);
      chunk = [];
      boxes = 0;
      await nextTurn();
      requireGoingOn(context, request.signal);
    }
    if (chunk.length > 0) underWay.add(chunk);
    return underWay.complete();
  } catch (error) {
    await takeBack(context, underWay);
    throw error;
  }
}
