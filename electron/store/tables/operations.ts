import type { AnnotationOperation, Box, ClassKind } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import type { Size } from '../../common/geometry.ts';
import { requireAttributeValues } from './attribute-rules.ts';
import type { ProjectSettings } from './settings.ts';
import { requireBoxInside, requireFiniteAttributes } from './box-rules.ts';
import type { Reader } from '../database.ts';
import type { ImagePatch } from '../history/patch.ts';
import { boxTuple, imageClassIds } from '../history/apply-patch.ts';
import { acceptedBox, suggestionOf } from './suggestion-rows.ts';
import type { SourcedSuggestion } from './suggestion-rows.ts';
import { attributesText } from './rows.ts';
import type { BoxTuple } from './rows.ts';

type Change<Type extends AnnotationOperation['type']> = Extract<AnnotationOperation, { type: Type }>;

/** What a list of operations comes to: new boxes without ids (0), and a patch of what is there. */
export interface PlannedEdit {
  readonly added: readonly BoxTuple[];
  readonly patch: ImagePatch;
  /** Where the accepted suggestions came from. */
  readonly sources: ReadonlySet<string>;
}

interface ClassRow {
  readonly kind: ClassKind;
  readonly name: string;
}

/** @throws TwinheadError `not-found`; `invalid-input` where the class is of the other kind */
export function requireClass(reader: Reader, classId: number, kind: ClassKind, place: string): void {
  const row = reader.get<ClassRow>('SELECT kind, name FROM classes WHERE id = ?', classId);
  if (row === undefined) {
    throw new TwinheadError('not-found', `There is no class with the id ${classId}.`, {
      place,
      remedy: 'It may have been deleted: read the classes again.',
    });
  }
  if (row.kind !== kind) {
    throw new TwinheadError(
      'invalid-input',
      kind === 'object'
        ? `${row.name} is a class of images: a box can't have it.`
        : `${row.name} is a class of objects: an image can't have it.`,
      { place, remedy: `Choose a class of ${kind === 'object' ? 'objects' : 'images'}.` },
    );
  }
}

/** Follows the operations of one edit in their order, checks each, and remembers what the boxes come to. */
class Plan {
  readonly #reader: Reader;
  readonly #imageId: number;
  readonly #size: Size;
  readonly #settings: ProjectSettings;
  /** null: deleted. */
  readonly #boxes = new Map<number, BoxTuple | null>();
  readonly #added: BoxTuple[] = [];
  #classIds: number[] | undefined;
  #state: 'unseen' | 'empty' | undefined;
  #verified: boolean | undefined;
  #note: string | undefined;
  #flagged: boolean | undefined;
  readonly #decided = new Set<number>();
  readonly #sources = new Set<string>();

  constructor(reader: Reader, imageId: number, size: Size, settings: ProjectSettings) {
    this.#reader = reader;
    this.#imageId = imageId;
    this.#size = size;
    this.#settings = settings;
  }

  follow(operation: AnnotationOperation, place: string): void {
    switch (operation.type) {
      case 'add-box':
        this.#add(operation, place);
        return;
      case 'update-box':
        this.#update(operation, place);
        return;
      case 'delete-box':
        this.#existing(operation.boxId, place);
        this.#boxes.set(operation.boxId, null);
        return;
      case 'set-image-classes':
        this.#setClasses(operation, place);
        return;
      case 'set-state':
        this.#state = operation.state;
        return;
      case 'set-verified':
        this.#verified = operation.verified;
        return;
      case 'set-note':
        this.#note = operation.note;
        return;
      case 'set-flag':
        this.#flagged = operation.flagged;
        return;
      case 'accept-suggestion':
        this.#accept(operation.suggestionId, place);
        return;
      case 'reject-suggestion':
        this.#suggestion(operation.suggestionId, place);
        return;
    }
  }

  finish(boxCount: number, classCount: number): PlannedEdit {
    const removed = [...this.#boxes].filter(([, box]) => box === null).map(([id]) => id);
    const left = boxCount + this.#added.length - removed.length;
    if (this.#state !== undefined) this.#requireUnlabelled(left, this.#classIds?.length ?? classCount);
    return {
      added: this.#added,
      patch: {
        put: [...this.#boxes.values()].filter((box) => box !== null),
        remove: removed,
        imageClassIds: this.#classIds,
        state: this.#state,
        verified: this.#verified,
        note: this.#note,
        flagged: this.#flagged,
        unsuggest: [...this.#decided],
      },
      sources: this.#sources,
    };
  }

  #existing(boxId: number, place: string): BoxTuple {
    const known = this.#boxes.get(boxId);
    const box = known === undefined ? boxTuple(this.#reader, this.#imageId, boxId) : known;
    if (box === undefined || box === null) {
      throw new TwinheadError('not-found', `The image has no box with the id ${boxId}.`, {
        place,
        remedy: 'It may have been deleted: read the image again.',
      });
    }
    return box;
  }

  #add({ box }: Change<'add-box'>, place: string): void {
    requireBoxInside(box, this.#size, place);
    requireFiniteAttributes(box.attributes, box.score, place);
    requireClass(this.#reader, box.classId, 'object', place);
    const { x, y, width, height, source, score } = box;
    this.#added.push([
      0,
      box.classId,
      x,
      y,
      width,
      height,
      source,
      score,
      attributesText(box.attributes),
      null,
    ]);
  }

  #update({ boxId, changes }: Change<'update-box'>, place: string): void {
    const [id, classId, x, y, width, height, source, score, attributes, extra] = this.#existing(boxId, place);
    const geometry = changes.geometry ?? { x, y, width, height };
    if (changes.geometry !== undefined) requireBoxInside(geometry, this.#size, place);
    if (changes.classId !== undefined) requireClass(this.#reader, changes.classId, 'object', place);
    const newScore = changes.score === undefined ? score : changes.score;
    requireFiniteAttributes(changes.attributes ?? {}, newScore, place);
    if (changes.attributes !== undefined) {
      const before = attributes === null ? {} : (JSON.parse(attributes) as Box['attributes']);
      requireAttributeValues(changes.attributes, before, this.#settings.attributes, place);
    }
    this.#boxes.set(boxId, [
      id,
      changes.classId ?? classId,
      geometry.x,
      geometry.y,
      geometry.width,
      geometry.height,
      changes.source ?? source,
      newScore,
      changes.attributes === undefined ? attributes : attributesText(changes.attributes),
      extra,
    ]);
  }

  #setClasses({ classIds }: Change<'set-image-classes'>, place: string): void {
    const wanted = [...new Set(classIds)].sort((a, b) => a - b);
    for (const classId of wanted) requireClass(this.#reader, classId, 'image', place);
    if (wanted.length > 1 && !this.#settings.multipleImageClasses) {
      throw new TwinheadError('invalid-input', 'In this project an image has one class.', {
        place,
        remedy: 'Choose one, or allow several image classes in the project settings.',
      });
    }
    this.#classIds = wanted;
  }

  /** A suggestion that this edit decides on, once. */
  #suggestion(id: number, place: string): SourcedSuggestion {
    const found = this.#decided.has(id) ? undefined : suggestionOf(this.#reader, this.#imageId, id);
    if (found === undefined) {
      throw new TwinheadError('not-found', `The image has no suggestion with the id ${id}.`, {
        place,
        remedy: 'It may have been accepted or rejected already: read the image again.',
      });
    }
    this.#decided.add(id);
    return found;
  }

  #accept(id: number, place: string): void {
    const found = this.#suggestion(id, place);
    this.#sources.add(found.sourceName);
    const box = acceptedBox(found);
    if (box !== null) {
      const [, , x, y, width, height] = box;
      requireBoxInside({ x, y, width, height }, this.#size, place);
      this.#added.push(box);
      return;
    }
    const classId = found.tuple[1];
    const there = this.#classIds ?? imageClassIds(this.#reader, this.#imageId);
    const classIds = this.#settings.multipleImageClasses ? [...there, classId] : [classId];
    this.#setClasses({ type: 'set-image-classes', classIds }, place);
  }

  #requireUnlabelled(boxes: number, classes: number): void {
    if (boxes === 0 && classes === 0) return;
    const what = boxes > 0 ? `${boxes} ${boxes === 1 ? 'box' : 'boxes'}` : 'an image class';
    throw new TwinheadError(
      'not-allowed',
      `The image has ${what}: it can't be set to ${this.#state ?? ''}.`,
      {
        remedy: 'Remove its boxes and classes first.',
        boxes,
        classes,
      },
    );
  }
}

/**
 * Checks the operations of one edit, changing nothing.
 * @throws TwinheadError `invalid-input`, `not-found`, `not-allowed`; `details.place` names the operation
 */
export function planEdit(
  reader: Reader,
  image: { readonly id: number; readonly boxCount: number; readonly classCount: number } & Size,
  operations: readonly AnnotationOperation[],
  settings: ProjectSettings,
): PlannedEdit {
  const plan = new Plan(reader, image.id, image, settings);
  operations.forEach((operation, index) => plan.follow(operation, `operations[${index}]`));
  return plan.finish(image.boxCount, image.classCount);
}

const quantity = (count: number, one: string): string => (count === 1 ? `a ${one}` : `${count} ${one}es`);

/** One line for the history panel. */
export function summarise(
  operations: readonly AnnotationOperation[],
  sources: ReadonlySet<string> = new Set(),
): string {
  const count = (type: AnnotationOperation['type']): number =>
    operations.filter((operation) => operation.type === type).length;
  const parts: string[] = [];
  if (count('add-box') > 0) parts.push(`added ${quantity(count('add-box'), 'box')}`);
  if (count('update-box') > 0) parts.push(`changed ${quantity(count('update-box'), 'box')}`);
  if (count('delete-box') > 0) parts.push(`deleted ${quantity(count('delete-box'), 'box')}`);
  if (count('set-image-classes') > 0) parts.push('set the image class');
  const suggestions = (number: number): string => (number === 1 ? 'a suggestion' : `${number} suggestions`);
  if (count('accept-suggestion') > 0) {
    const names = [...sources].join(', ');
    parts.push(`accepted ${suggestions(count('accept-suggestion'))} of ${names}`);
  }
  if (count('reject-suggestion') > 0) parts.push(`rejected ${suggestions(count('reject-suggestion'))}`);
  if (count('set-note') > 0) parts.push('changed the note');
  for (const operation of operations) {
    if (operation.type === 'set-flag') parts.push(operation.flagged ? 'flagged' : 'no longer flagged');
    if (operation.type === 'set-state') parts.push(`set to ${operation.state}`);
    if (operation.type === 'set-verified') parts.push(operation.verified ? 'verified' : 'no longer verified');
  }
  const text = parts.join(', ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
