import type {
  AnnotationOperation,
  AttributeDefinition,
  Box,
  ClassKind,
  ImageAnnotations,
  ImageState,
  LabelClass,
  Suggestion,
} from '../entities.ts';
import { TwinheadError } from '../errors.ts';
import { say } from '../sentences/sentence.ts';
import { requireAttributeValues, requireFiniteAttributes } from './attribute-values.ts';
import { DRAWN } from './box-fields.ts';
import { kit } from './kits.ts';

type Operation<Type extends AnnotationOperation['type']> = Extract<AnnotationOperation, { type: Type }>;

/** JSON of what a source brought and nobody here knows. Only the store has it: it goes where its label goes. */
interface Unknown {
  readonly extra?: string | null;
}
export type LabelledBox = Box & Unknown;

/** What one edit may change at once. */
export const MOST_OPERATIONS = 10_000;

/** What is said of one image, as an edit changes it. */
export interface Labels {
  readonly image: Pick<
    ImageAnnotations['image'],
    'width' | 'height' | 'imageClassIds' | 'state' | 'verified' | 'flagged'
  >;
  /** All of them, or those that the operations name: then `otherBoxes` are left out. */
  readonly boxes: readonly LabelledBox[];
  readonly otherBoxes?: number;
  readonly suggestions: readonly (Suggestion & Unknown)[];
  readonly note: string;
}

/** What the project allows. */
export interface LabelRules {
  readonly classes: readonly Pick<LabelClass, 'id' | 'kind' | 'name'>[];
  readonly severalImageClasses: boolean;
  readonly attributes: readonly AttributeDefinition[];
}

/**
 * The labels after an edit: all of its operations, in their order, or none. The one place that knows the rules; the
 * store plans by it, and the interface shows by it what is on its way.
 * @param newId gives the id of each box that the edit makes, in the order of the operations
 * @throws TwinheadError `invalid-input`, `not-found`, `not-allowed`; `details.place` names the operation
 */
export function reduce(
  labels: Labels,
  operations: readonly AnnotationOperation[],
  rules: LabelRules,
  newId: () => number,
): Labels {
  if (operations.length > MOST_OPERATIONS) {
    throw new TwinheadError('invalid-input', say('labels.tooMany', { most: MOST_OPERATIONS }), {
      place: 'operations',
      remedy: say('labels.tooMany.remedy'),
    });
  }
  const draft = new Draft(labels, rules, newId);
  operations.forEach((operation, index) => draft.follow(operation, `operations[${index}]`));
  return draft.finish();
}

/** The state that follows from what is there: that nothing is there is a statement, never a consequence. */
export function stateAfter(labelled: boolean, before: ImageState, said?: 'unseen' | 'empty'): ImageState {
  if (labelled) return 'labelled';
  return said ?? (before === 'labelled' ? 'unseen' : before);
}

/** The image's classes with one more: beside the others, or in their place where only one is allowed. */
export function withImageClass(classIds: readonly number[], classId: number, several: boolean): number[] {
  return several ? sorted([...classIds, classId]) : [classId];
}

const sorted = (classIds: readonly number[]): number[] => [...new Set(classIds)].sort((a, b) => a - b);

/** With all that is said of it; undefined says nothing. */
function changed<Thing extends object>(
  thing: Thing,
  said: { readonly [Name in keyof Thing]?: Thing[Name] | undefined },
): Thing {
  const after = { ...thing };
  for (const name of Object.keys(said) as (keyof Thing)[]) {
    const value = said[name];
    if (value !== undefined) after[name] = value;
  }
  return after;
}

class Draft {
  readonly #before: Labels;
  readonly #rules: LabelRules;
  readonly #newId: () => number;
  readonly #boxes: Map<number, LabelledBox>;
  readonly #suggestions: Map<number, Suggestion & Unknown>;
  #classIds: readonly number[];
  #said: 'unseen' | 'empty' | undefined;
  #verified: boolean;
  #flagged: boolean;
  #note: string;

  constructor(labels: Labels, rules: LabelRules, newId: () => number) {
    this.#before = labels;
    this.#rules = rules;
    this.#newId = newId;
    this.#boxes = new Map(labels.boxes.map((box) => [box.id, box]));
    this.#suggestions = new Map(labels.suggestions.map((suggestion) => [suggestion.id, suggestion]));
    this.#classIds = labels.image.imageClassIds;
    this.#verified = labels.image.verified;
    this.#flagged = labels.image.flagged;
    this.#note = labels.note;
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
        this.#boxes.delete(this.#box(operation.boxId, place).id);
        return;
      case 'set-image-classes':
        this.#setClasses(operation.classIds, place);
        return;
      case 'set-state':
        this.#said = operation.state;
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
        this.#accept(operation, place);
        return;
      case 'reject-suggestion':
        this.#decide(operation, place);
        return;
    }
  }

  finish(): Labels {
    const labelled = this.#boxCount > 0 || this.#classIds.length > 0;
    if (this.#said !== undefined && labelled) this.#refuseState(this.#said);
    return {
      image: {
        ...this.#before.image,
        imageClassIds: [...this.#classIds],
        state: stateAfter(labelled, this.#before.image.state, this.#said),
        verified: this.#verified,
        flagged: this.#flagged,
      },
      boxes: [...this.#boxes.values()],
      suggestions: [...this.#suggestions.values()],
      note: this.#note,
    };
  }

  get #boxCount(): number {
    return this.#boxes.size + (this.#before.otherBoxes ?? 0);
  }

  #box(id: number, place: string): LabelledBox {
    const box = this.#boxes.get(id);
    if (box !== undefined) return box;
    throw new TwinheadError('not-found', say('labels.noBox', { id: String(id) }), {
      place,
      remedy: say('labels.readImage'),
    });
  }

  #add({ box }: Operation<'add-box'>, place: string): void {
    kit.requireInside(box, this.#before.image, place);
    requireFiniteAttributes(box.attributes, box.score, place);
    this.#requireClass(box.classId, 'object', place);
    const id = this.#newId();
    this.#boxes.set(id, { ...box, id });
  }

  #update({ boxId, changes }: Operation<'update-box'>, place: string): void {
    const box = this.#box(boxId, place);
    const { geometry, ...said } = changes;
    const after = changed({ ...box, ...geometry }, said);
    if (geometry !== undefined) kit.requireInside(geometry, this.#before.image, place);
    if (after.classId !== box.classId) this.#requireClass(after.classId, 'object', place);
    requireFiniteAttributes(after.attributes, after.score, place);
    requireAttributeValues(after.attributes, box.attributes, this.#rules.attributes, place);
    this.#boxes.set(boxId, after);
  }

  #setClasses(classIds: readonly number[], place: string): void {
    const wanted = sorted(classIds);
    for (const classId of wanted) this.#requireClass(classId, 'image', place);
    if (wanted.length > 1 && !this.#rules.severalImageClasses) {
      throw new TwinheadError('invalid-input', say('labels.oneClass'), {
        place,
        remedy: say('labels.oneClass.remedy'),
      });
    }
    this.#classIds = wanted;
  }

  /** A suggestion that this edit decides on, once. */
  #decide({ suggestionId }: { readonly suggestionId: number }, place: string): Suggestion & Unknown {
    const suggestion = this.#suggestions.get(suggestionId);
    if (suggestion === undefined) {
      throw new TwinheadError('not-found', say('labels.noSuggestion', { id: String(suggestionId) }), {
        place,
        remedy: say('labels.noSuggestion.remedy'),
      });
    }
    this.#suggestions.delete(suggestionId);
    return suggestion;
  }

  /** It becomes a box, or a class of the image, that keeps its source, score and all else. */
  #accept(operation: Operation<'accept-suggestion'>, place: string): void {
    const { box, classId, source, score, attributes, extra } = this.#decide(operation, place);
    if (box === null) {
      const several = this.#rules.severalImageClasses;
      this.#setClasses(withImageClass(this.#classIds, classId, several), place);
      return;
    }
    kit.requireInside(box, this.#before.image, place);
    const id = this.#newId();
    const kept = { classId, source, score, attributes };
    this.#boxes.set(id, { ...DRAWN, ...box, ...kept, id, ...(extra === undefined ? {} : { extra }) });
  }

  #requireClass(classId: number, kind: ClassKind, place: string): void {
    const known = this.#rules.classes.find(({ id }) => id === classId);
    if (known === undefined) {
      throw new TwinheadError('not-found', say('labels.noClass', { id: String(classId) }), {
        place,
        remedy: say('labels.noClass.remedy'),
      });
    }
    if (known.kind === kind) return;
    throw new TwinheadError(
      'invalid-input',
      kind === 'object'
        ? say('labels.imageClass', { name: known.name })
        : say('labels.objectClass', { name: known.name }),
      { place, remedy: say(kind === 'object' ? 'labels.chooseObjectClass' : 'labels.chooseImageClass') },
    );
  }

  #refuseState(state: 'unseen' | 'empty'): never {
    const [boxes, classes] = [this.#boxCount, this.#classIds.length];
    const said =
      boxes > 0
        ? say(`labels.refuseState.boxes.${state}`, { count: boxes })
        : say(`labels.refuseState.class.${state}`);
    throw new TwinheadError('not-allowed', said, {
      remedy: say('labels.refuseState.remedy'),
      boxes,
      classes,
    });
  }
}
