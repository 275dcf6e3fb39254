import type { AnnotationOperation, Suggestion } from '../entities.ts';
import { say } from '../sentences/sentence.ts';
import type { Said, Sentence } from '../sentences/sentence.ts';

/** Parts of a summary: each has words to begin with, and others that stand after another part. */
type Part =
  | {
      readonly what: 'addedBoxes' | 'changedBoxes' | 'deletedBoxes' | 'rejectedSuggestions';
      readonly count: number;
    }
  | { readonly what: 'accepted'; readonly count: number; readonly source: string }
  | {
      readonly what:
        'setClass' | 'note' | 'flagged' | 'unflagged' | 'unseen' | 'empty' | 'verified' | 'unverified';
    };

function partsOf(operations: readonly AnnotationOperation[], sources: ReadonlySet<string>): Part[] {
  const count = (type: AnnotationOperation['type']): number =>
    operations.filter((operation) => operation.type === type).length;
  const parts: Part[] = [
    { what: 'addedBoxes', count: count('add-box') },
    { what: 'changedBoxes', count: count('update-box') },
    { what: 'deletedBoxes', count: count('delete-box') },
  ];
  if (count('set-image-classes') > 0) parts.push({ what: 'setClass' });
  parts.push({ what: 'accepted', count: count('accept-suggestion'), source: [...sources].join(', ') });
  parts.push({ what: 'rejectedSuggestions', count: count('reject-suggestion') });
  if (count('set-note') > 0) parts.push({ what: 'note' });
  for (const operation of operations) {
    if (operation.type === 'set-flag') parts.push({ what: operation.flagged ? 'flagged' : 'unflagged' });
    if (operation.type === 'set-state') parts.push({ what: operation.state });
    if (operation.type === 'set-verified')
      parts.push({ what: operation.verified ? 'verified' : 'unverified' });
  }
  return parts.filter((part) => !('count' in part) || part.count > 0);
}

/** Operations in one line. @param suggestions those that it may accept */
export function summarise(
  operations: readonly AnnotationOperation[],
  suggestions: readonly Suggestion[],
): Said {
  const [first, ...others] = partsOf(operations, acceptedSources(operations, suggestions));
  if (first === undefined) return '';
  return others.reduce(
    (before, part) => say('history.and', { first: before, second: partText(part, 'history.also') }),
    partText(first, 'history'),
  );
}

function partText(part: Part, where: 'history' | 'history.also'): Sentence {
  if ('source' in part) return say(`${where}.${part.what}`, { count: part.count, source: part.source });
  return 'count' in part ? say(`${where}.${part.what}`, { count: part.count }) : say(`${where}.${part.what}`);
}

function acceptedSources(
  operations: readonly AnnotationOperation[],
  suggestions: readonly Suggestion[],
): Set<string> {
  const accepted = new Set(
    operations.map((operation) => (operation.type === 'accept-suggestion' ? operation.suggestionId : null)),
  );
  const sources = suggestions.filter(({ id }) => accepted.has(id));
  return new Set(sources.map(({ sourceName }) => sourceName));
}
