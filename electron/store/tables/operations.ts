import type { AnnotationOperation } from '../../common/entities.ts';
import { reduce } from '../../common/labels/operations.ts';
import type { LabelledBox, Labels } from '../../common/labels/operations.ts';
import type { Reader } from '../database.ts';
import type { ImagePatch } from '../history/patch.ts';
import { readContent } from '../history/rewind.ts';
import { readClasses } from './classes.ts';
import { attributesText, boxOf } from './rows.ts';
import type { BoxRow, ImageRow } from './rows.ts';
import { readSettings } from './settings.ts';
import { suggestionsOf } from './suggestion-rows.ts';

interface Identified {
  readonly id: number;
}

/** What a list of operations comes to: new boxes without ids (0), and a patch of what is there. */
export interface PlannedEdit {
  readonly added: readonly BoxRow[];
  readonly patch: ImagePatch;
  /** Where the accepted suggestions came from. */
  readonly sources: ReadonlySet<string>;
}

/**
 * What the operations of one edit come to by the rules of common/labels. Changes nothing.
 * @throws TwinheadError as `reduce` does
 */
export function planEdit(
  reader: Reader,
  { id, width, height }: ImageRow,
  operations: readonly AnnotationOperation[],
): PlannedEdit {
  const content = readContent(reader, id);
  const { imageClassIds, state, verified, flagged, note } = content;
  const before: Labels = {
    image: { width, height, imageClassIds: [...imageClassIds], state, verified, flagged },
    boxes: [...content.boxes.values()].map((row) => ({ ...boxOf(row), extra: row.extra })),
    suggestions: suggestionsOf(reader, content.suggestions.values()).map((suggestion) => ({
      ...suggestion,
      extra: content.suggestions.get(suggestion.id)?.extra ?? null,
    })),
    note,
  };
  const { multipleImageClasses, attributes } = readSettings(reader);
  const rules = { classes: readClasses(reader), severalImageClasses: multipleImageClasses, attributes };
  let made = 0;
  const after = reduce(before, operations, rules, () => --made);
  const known = new Map(before.boxes.map((box) => [box.id, box]));
  const rowOf = ({ id: boxId, attributes: said, ...box }: LabelledBox): BoxRow => {
    const old = known.get(boxId)?.attributes === said ? content.boxes.get(boxId) : undefined;
    const text = old === undefined ? attributesText(said) : old.attributes;
    return { ...box, id: Math.max(0, boxId), attributes: text, extra: box.extra ?? null };
  };
  const changed = after.boxes.filter((box) => known.get(box.id) !== box);
  return {
    added: changed.filter((box) => box.id < 0).map(rowOf),
    patch: {
      put: changed.filter((box) => box.id > 0).map(rowOf),
      remove: missing(before.boxes, after.boxes),
      unsuggest: missing(before.suggestions, after.suggestions),
      imageClassIds: after.image.imageClassIds,
      state: after.image.state === 'labelled' ? undefined : after.image.state,
      verified: after.image.verified,
      flagged: after.image.flagged,
      note: after.note,
    },
    sources: acceptedSources(before, operations),
  };
}

function missing(before: readonly Identified[], after: readonly Identified[]): number[] {
  const left = new Set(after.map((item) => item.id));
  return before.map((item) => item.id).filter((id) => !left.has(id));
}

function acceptedSources(before: Labels, operations: readonly AnnotationOperation[]): Set<string> {
  const accepted = new Set(
    operations.map((operation) => (operation.type === 'accept-suggestion' ? operation.suggestionId : null)),
  );
  const sources = before.suggestions.filter(({ id }) => accepted.has(id));
  return new Set(sources.map(({ sourceName }) => sourceName));
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
