import { MOST_EXAMPLES } from '../../common/entities.ts';
import type { ClassExample, ClassKind, LabelClass } from '../../common/entities.ts';
import { classNameKey } from '../../common/class-names.ts';
import { classColor, freeColor } from '../../common/class-colors.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Sentence } from '../../common/sentences/sentence.ts';
import { examplesAmong } from '../queries/class-guide.ts';
import { firstRows, putClasses, readClass, readClasses, removeUnusedClasses } from '../rows/class-rows.ts';
import type { ClassRow } from '../rows/class-rows.ts';
import { requireClassName, requireColor, requireDescription, requireHotkey } from './class-rules.ts';
import { changeMuch } from '../database/context.ts';
import type { StoreContext } from '../database/context.ts';
import type { Reader, Writer } from '../database/database.ts';
import { countImages, knownEntry } from '../history/edit-ids.ts';
import type { ChangeOptions, KnownEntry } from '../history/edit-ids.ts';
import type { ProjectEntry } from '../history/entries.ts';
import { readProjectPatch } from '../history/patch-text.ts';
import type { Journal } from '../history/journal.ts';
import { SUGGESTION_COLUMNS } from '../rows/suggestion-rows.ts';
import type { SuggestionRow } from '../rows/suggestion-rows.ts';

export interface NewClass {
  readonly kind: ClassKind;
  readonly name: string;
  readonly color?: string;
  readonly hotkey?: string | null;
  readonly description?: string;
}

export interface ClassChanges {
  readonly name?: string;
  readonly color?: string;
  readonly hotkey?: string | null;
  readonly description?: string;
  /** See LabelClass. */
  readonly examples?: readonly number[];
}

function requireRow(reader: Reader, id: number): LabelClass {
  const row = readClass(reader, id);
  if (row === undefined) {
    throw new TwinheadError('not-found', say('labels.noClass', { id: String(id) }), {
      remedy: say('labels.noClass.remedy'),
    });
  }
  return row;
}

/**
 * By hand, a name that a person would take for another class's is a slip; a source that tells two such names apart
 * (letters in both cases) is believed.
 */
function requireFree(
  reader: Reader,
  kind: ClassKind,
  name: string,
  { exceptId, exactly }: { readonly exceptId: number | null; readonly exactly: boolean },
): void {
  const key = classNameKey(name);
  const [which, values] = exactly ? ['AND name = ?', [name]] : ['', []];
  const taken = reader
    .all<{ id: number; name: string }>(
      `SELECT id, name FROM classes WHERE kind = ? ${which}`,
      kind,
      ...values,
    )
    .find((other) => other.id !== exceptId && classNameKey(other.name) === key);
  if (taken !== undefined) {
    throw new TwinheadError('invalid-input', say('store.class.taken', { name: taken.name }), {
      place: 'name',
      remedy: say('store.anotherName'),
    });
  }
}

/** Two classes of a kind can't have one key; a key that another has is refused, never taken away. */
function requireFreeHotkey(
  reader: Reader,
  kind: ClassKind,
  hotkey: string | null,
  exceptId: number | null,
): void {
  if (hotkey === null) return;
  const taken = reader.get<{ id: number; name: string }>(
    'SELECT id, name FROM classes WHERE kind = ? AND hotkey = ?',
    kind,
    hotkey,
  );
  if (taken !== undefined && taken.id !== exceptId) {
    throw new TwinheadError('invalid-input', say('store.class.keyTaken', { key: hotkey, name: taken.name }), {
      place: 'hotkey',
      remedy: say('store.class.keyTaken.remedy'),
    });
  }
}

/** Classes of a kind after which all that tells them apart is taken: keys and colours are not searched for any more. */
const DISTINCT = 1000;

function nextPosition(reader: Reader, kind: ClassKind): number {
  return reader.get<{ position: number }>(
    'SELECT coalesce(max(position) + 1, 0) AS position FROM classes WHERE kind = ?',
    kind,
  )!.position;
}

/** The digit that is the class's name, else the first of 1-9 and 0, that no class of the kind has. */
function freeDigit(reader: Reader, kind: ClassKind, name: string): string | null {
  const taken = new Set(
    reader
      .all<{ hotkey: string }>('SELECT hotkey FROM classes WHERE kind = ? AND hotkey IS NOT NULL', kind)
      .map((row) => row.hotkey),
  );
  const free = Array.from('1234567890').filter((digit) => !taken.has(digit));
  return free.find((digit) => digit === name) ?? free[0] ?? null;
}

/** Classes of a kind. */
function takenColors(reader: Reader, kind: ClassKind): ReadonlySet<string> {
  return new Set(reader.values<string>('SELECT upper(color) FROM classes WHERE kind = ?', kind));
}

/**
 * Inserts a class at the end of its kind's list; the caller writes the journal.
 * @param options.exactly only the very same name counts as taken
 * @param options.position where the caller knows it
 * @throws TwinheadError `invalid-input`
 */
export function insertClass(
  writer: Writer,
  given: NewClass,
  options: { readonly exactly?: boolean; readonly position?: number } = {},
): LabelClass {
  const { exactly = false, position = nextPosition(writer, given.kind) } = options;
  const many = position >= DISTINCT;
  const name = requireClassName(given.name);
  requireFree(writer, given.kind, name, { exceptId: null, exactly });
  const hotkey =
    given.hotkey !== undefined
      ? requireHotkey(given.hotkey)
      : many
        ? null
        : freeDigit(writer, given.kind, name);
  requireFreeHotkey(writer, given.kind, hotkey, null);
  const color =
    given.color !== undefined
      ? requireColor(given.color)
      : many
        ? classColor(position)
        : freeColor(takenColors(writer, given.kind), position);
  const description = requireDescription(given.description ?? '');
  const { lastId } = writer.run(
    'INSERT INTO classes (kind, name, color, hotkey, position, description) VALUES (?, ?, ?, ?, ?, ?)',
    given.kind,
    name,
    color,
    hotkey,
    position,
    description,
  );
  return { id: lastId, kind: given.kind, name, color, hotkey, position, uses: 0, description, examples: [] };
}

/** The wanted examples, each once. @throws TwinheadError `invalid-input` where one is not there, or of another class */
function requireExamples(reader: Reader, labelClass: LabelClass, wanted: readonly number[]): number[] {
  const ids = [...new Set(wanted)];
  const { length } = examplesAmong(reader, labelClass, ids);
  if (length < ids.length || length > MOST_EXAMPLES) {
    throw new TwinheadError('invalid-input', say('store.class.examples', { name: labelClass.name }), {
      place: 'examples',
      remedy: say('store.class.examples.remedy', { most: MOST_EXAMPLES }),
    });
  }
  return ids;
}

/** What explains a class into which another is merged: its own sentence, or the other's, and the examples of both. */
function mergedGuide(
  reader: Reader,
  target: LabelClass,
  old: LabelClass,
): Pick<LabelClass, 'description' | 'examples'> {
  const there = (one: LabelClass): number[] => examplesAmong(reader, one, one.examples).map(({ id }) => id);
  const brought = there(old);
  const examples = brought.length === 0 ? target.examples : [...new Set([...there(target), ...brought])];
  return { description: target.description || old.description, examples: examples.slice(0, MOST_EXAMPLES) };
}

/** Gives a class another guide and returns what takes that back, nothing where it has it already. */
function explain(
  writer: Writer,
  labelClass: LabelClass,
  guide: Pick<LabelClass, 'description' | 'examples'>,
): readonly ClassRow[] {
  const same =
    guide.description === labelClass.description && guide.examples.join() === labelClass.examples.join();
  return same ? [] : putClasses(writer, [{ ...labelClass, ...guide }]).put;
}

/** What a change of a class's guide did. */
function guideSummary(
  reader: Reader,
  old: LabelClass,
  { description, examples }: Pick<LabelClass, 'description' | 'examples'>,
): Sentence {
  const { name } = old;
  const mixed = say('history.classGuide', { name });
  if (description !== old.description)
    return examples.join() === old.examples.join() ? say('history.classDescription', { name }) : mixed;
  const there = examplesAmong(reader, old, old.examples).map(({ id }) => id);
  const added = examples.filter((id) => !there.includes(id)).length;
  const removed = there.filter((id) => !examples.includes(id)).length;
  if (added > 0 && removed > 0) return mixed;
  if (added > 0) return say('history.addedExamples', { count: added, name });
  if (removed > 0) return say('history.removedExamples', { count: removed, name });
  return say('history.reorderedExamples', { name });
}

/** The class list of the project. Every change is one step of the project's undo. */
export class Classes {
  readonly #context: StoreContext;
  readonly #journal: Journal;

  constructor(context: StoreContext, journal: Journal) {
    this.#context = context;
    this.#journal = journal;
  }

  /** By kind (objects first) and position. */
  list(): LabelClass[] {
    return readClasses(this.#context.db.read);
  }

  /** @throws TwinheadError `not-found` */
  get(id: number): LabelClass {
    return requireRow(this.#context.db.read, id);
  }

  /** The examples of a class that are there, in their order. @throws TwinheadError `not-found` */
  examples(id: number): ClassExample[] {
    return this.#context.db.snapshot((reader) => {
      const labelClass = requireRow(reader, id);
      return examplesAmong(reader, labelClass, labelClass.examples);
    });
  }

  find(kind: ClassKind, name: string): LabelClass | undefined {
    return this.list().find((item) => item.kind === kind && item.name === name.normalize('NFC').trim());
  }

  /** @throws TwinheadError `invalid-input` for a name that is taken or not allowed */
  create(given: NewClass, { editId }: ChangeOptions = {}): LabelClass {
    return this.#context.db.write((writer) => {
      const known = this.#known(writer, editId);
      if (known !== undefined)
        return requireRow(writer, readProjectPatch(known.inverse, known.id).remove![0]!);
      const created = insertClass(writer, given);
      this.#entry(writer, editId, say('history.newClass', { name: created.name }), { create: given }).finish({
        remove: [created.id],
      });
      return created;
    });
  }

  /** @throws TwinheadError `not-found`, `invalid-input` */
  update(id: number, changes: ClassChanges, { editId }: ChangeOptions = {}): LabelClass {
    return this.#context.db.write((writer) => {
      const old = requireRow(writer, id);
      if (this.#known(writer, editId) !== undefined) return old;
      const name = changes.name === undefined ? old.name : requireClassName(changes.name);
      const color = changes.color === undefined ? old.color : requireColor(changes.color);
      const hotkey = changes.hotkey === undefined ? old.hotkey : requireHotkey(changes.hotkey);
      const description =
        changes.description === undefined ? old.description : requireDescription(changes.description);
      const examples =
        changes.examples === undefined ? old.examples : requireExamples(writer, old, changes.examples);
      const looksSame = name === old.name && color === old.color && hotkey === old.hotkey;
      const guideSame = description === old.description && examples.join() === old.examples.join();
      if (looksSame && guideSame) return old;
      if (name !== old.name) requireFree(writer, old.kind, name, { exceptId: id, exactly: false });
      requireFreeHotkey(writer, old.kind, hotkey, id);
      const what =
        name !== old.name
          ? say('history.renamedClass', { old: old.name, name })
          : looksSame
            ? guideSummary(writer, old, { description, examples })
            : say('history.changedClass', { name });
      const entry = this.#entry(writer, editId, what, { update: { id, ...changes } });
      const { kind, position } = old;
      entry.finish(putClasses(writer, [{ id, kind, name, color, hotkey, position, description, examples }]));
      return requireRow(writer, id);
    });
  }

  /**
   * `ids` are all classes of the kind in their new order.
   * @throws TwinheadError `invalid-input` where one is missing, doubled or foreign
   */
  reorder(kind: ClassKind, ids: readonly number[], { editId }: ChangeOptions = {}): LabelClass[] {
    return this.#context.db.write((writer) => {
      if (this.#known(writer, editId) !== undefined) return readClasses(writer);
      const known = new Map(
        readClasses(writer)
          .filter((item) => item.kind === kind)
          .map((item) => [item.id, item]),
      );
      const complete = ids.length === known.size && new Set(ids).size === ids.length;
      if (!complete || !ids.every((id) => known.has(id))) {
        throw new TwinheadError('invalid-input', say('store.class.order'), {
          place: 'ids',
          remedy: say('store.class.order.remedy'),
        });
      }
      const moved = ids.flatMap((id, position): ClassRow[] => {
        const item = known.get(id)!;
        const { name, color, hotkey } = item;
        return item.position === position ? [] : [{ id, kind, name, color, hotkey, position }];
      });
      if (moved.length > 0) {
        this.#entry(writer, editId, say('history.reorderedClasses'), { reorder: { kind, ids } }).finish(
          putClasses(writer, moved),
        );
      }
      return readClasses(writer);
    });
  }

  /** What deleting or merging the class would change. @throws TwinheadError `not-found` */
  effect(id: number): { labels: number; images: number; suggestions: number } {
    return this.#context.db.snapshot((reader) => {
      const { kind, uses } = requireRow(reader, id);
      const count = (sql: string): number => reader.get<{ n: number }>(sql, id)!.n;
      return {
        labels: uses,
        images:
          kind === 'image'
            ? uses
            : count('SELECT count(DISTINCT image_id) AS n FROM boxes WHERE class_id = ?'),
        suggestions: count('SELECT count(*) AS n FROM suggestions WHERE class_id = ?'),
      };
    });
  }

  /**
   * Deletes the class; its labels get the class `reassignTo` (of the same kind) or, where that is null, are removed.
   * All of it is one step of undo.
   * @throws TwinheadError `not-found`, `invalid-input`
   */
  delete(
    id: number,
    { reassignTo }: { readonly reassignTo: number | null },
    { editId }: ChangeOptions = {},
  ): { changedImages: number; changedLabels: number } {
    return changeMuch(this.#context, (writer) => {
      const known = this.#known(writer, editId);
      if (known !== undefined) {
        const { labels } = (JSON.parse(known.operations) as { delete: { labels: number } }).delete;
        return { changedImages: countImages(writer, known.id), changedLabels: labels };
      }
      const old = requireRow(writer, id);
      const target = reassignTo === null ? null : requireRow(writer, reassignTo);
      if (target !== null && (target.kind !== old.kind || target.id === id)) {
        throw new TwinheadError(
          'invalid-input',
          say('store.class.merge', { old: old.name, target: target.name }),
          {
            place: 'reassignTo',
            remedy: say('store.class.merge.remedy'),
          },
        );
      }
      const changedLabels = old.uses;
      const suggested = this.#suggestedOn(writer, id);
      const guide = target === null ? null : mergedGuide(writer, target, old);
      const summary =
        target === null
          ? say('history.deletedClass', { name: old.name })
          : say('history.mergedClass.labels', { name: old.name, target: target.name, count: changedLabels });
      // bulk-changes.ts reads it again to take the change back.
      const entry = this.#entry(writer, editId, summary, {
        delete: { id, reassignTo, labels: changedLabels },
      });
      for (const [imageId, rows] of suggested) {
        entry.apply(
          imageId,
          reassignTo === null
            ? { unsuggest: rows.map((row) => row.id) }
            : { suggest: rows.map((row) => ({ ...row, classId: reassignTo })) },
        );
      }
      if (old.kind === 'image') this.#replaceImageClass(writer, entry, id, reassignTo);
      else if (reassignTo === null) entry.removeAll(id);
      else entry.reclassAll(id, reassignTo);
      entry.uses.flush(writer);
      const gone = removeUnusedClasses(writer, [id]);
      const explained = target === null || guide === null ? [] : explain(writer, target, guide);
      entry.finish({ put: firstRows(explained, gone), remove: [] });
      return { changedImages: entry.countImages(), changedLabels };
    });
  }

  #known(reader: Reader, editId: string | undefined): KnownEntry | undefined {
    return knownEntry(reader, null, 'class-change', editId);
  }

  #entry(writer: Writer, editId: string | undefined, summary: Sentence, operations: unknown): ProjectEntry {
    return this.#journal.begin(writer, { kind: 'class-change', summary, operations, editId });
  }

  /** Suggestions of a class, by image. */
  #suggestedOn(reader: Reader, classId: number): Map<number, SuggestionRow[]> {
    const rows = reader.all<SuggestionRow & { image_id: number }>(
      `SELECT image_id, ${SUGGESTION_COLUMNS} FROM suggestions WHERE class_id = ? ORDER BY image_id, id`,
      classId,
    );
    const byImage = new Map<number, SuggestionRow[]>();
    for (const { image_id, ...row } of rows) {
      const found = byImage.get(image_id);
      if (found === undefined) byImage.set(image_id, [row]);
      else found.push(row);
    }
    return byImage;
  }

  #replaceImageClass(writer: Writer, entry: ProjectEntry, id: number, by: number | null): void {
    const rows = writer.all<{ image_id: number; ids: string }>(
      `SELECT image_id, json_group_array(class_id) AS ids FROM image_classes
       WHERE image_id IN (SELECT image_id FROM image_classes WHERE class_id = ?) GROUP BY image_id`,
      id,
    );
    for (const row of rows) {
      const rest = (JSON.parse(row.ids) as number[]).filter((classId) => classId !== id && classId !== by);
      const imageClassIds = (by === null ? rest : [...rest, by]).sort((a, b) => a - b);
      entry.apply(row.image_id, { imageClassIds });
    }
  }
}
