import { setImmediate as nextTurn } from 'node:timers/promises';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { StoreContext } from '../database/context.ts';
import { now, raiseRevision } from '../database/context.ts';
import type { Writer } from '../database/database.ts';
import { insertBoxes } from '../history/replace-boxes.ts';
import { abandonProjectRedo, ProjectEntry } from '../history/entries.ts';
import { requireNoImport } from '../history/journal.ts';
import type { ProjectPatch } from '../history/project-patch.ts';
import { rollBackSteps } from '../history/rollback.ts';
import { suggestionSourceId } from '../rows/suggestion-rows.ts';
import { ClassNames } from './import-classes.ts';
import { imageFields, keepFields } from './import-fields.ts';
import type { BroughtFields } from './import-fields.ts';
import { changeOf } from './import-image.ts';
import type { ImportedImage } from './import-plan.ts';
import { importKind } from './import-request.ts';
import type { ImportCounts, ImportRequest } from './import-request.ts';
import { readSettings } from './settings.ts';
import { isAcrossTest } from './splits.ts';

/**
 * One import in progress: its entry is `open` until all is there, the images done so far are durable under it. Edits go on
 * between its chunks, and one that a crash cut short is taken back when the project is next opened.
 */
export class OpenImport {
  readonly #context: StoreContext;
  readonly #request: ImportRequest;
  readonly #entryId: number;
  readonly #classes: ClassNames;
  readonly #several: boolean;
  readonly #testLocked: boolean;
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
    const [entryId, classes, settings, source] = context.db.write((writer) => {
      requireNoImport(writer);
      const entry = ProjectEntry.begin(writer, context, {
        kind: importKind(request),
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
      return [entry.id, classes, readSettings(writer), sourceId] as const;
    });
    this.#entryId = entryId;
    this.#classes = classes;
    // No setting changes while an import is under way.
    this.#several = settings.multipleImageClasses;
    this.#testLocked = settings.testLocked;
    this.#sourceId = source;
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
    const splitStays = this.#testLocked && given.split !== null && isAcrossTest(writer, imageId, given.split);
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
    const created = insertBoxes(writer, imageId, plan.added, entry.uses);
    if (plan.classKept) this.#classesKept += 1;
    if (labelled) this.#labelled += 1;
    this.#boxes.kept += plan.boxesKept;
    if (typeof image.group === 'string') joinGroup(writer, imageId, image.group);
    const extra = image.extra && imageFields(writer, imageId, image.extra);
    if (!entry.apply(imageId, { ...plan.patch, suggest, extra }, created)) return;
    this.#images += 1;
    this.#boxes.added += created.length;
    this.#boxes.changed += plan.patch.put?.length ?? 0;
    this.#boxes.removed += plan.patch.remove?.length ?? 0;
    this.#suggestions += suggest.length;
  }
}

/** An image that has a group (frames of a video, pages of a file) stays in it. */
function joinGroup(writer: Writer, imageId: number, group: string): void {
  const { changes } = writer.run(
    'UPDATE images SET split_group = ? WHERE id = ? AND split_group IS NULL',
    group,
    imageId,
  );
  if (changes > 0) raiseRevision(writer);
}
