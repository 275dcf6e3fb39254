import type { Actor, ClassKind, OnConflict, Suggestion } from '../../common/entities.ts';
import type { ChangeOptions } from '../history/edit-ids.ts';
import type { BroughtFields } from './import-fields.ts';
import type { ImportedImage } from './import-plan.ts';

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

/** Kind of its entry in the journal. */
export function importKind({ suggestedBy }: ImportRequest): 'import' | 'suggest' {
  return suggestedBy === undefined ? 'import' : 'suggest';
}
