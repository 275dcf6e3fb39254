import { initial } from './001-initial.ts';
import { suggestions } from './002-suggestions.ts';
import { changesOfAClass } from './003-changes-of-a-class.ts';
import { largeClasses } from './004-large-classes.ts';
import { editIds } from './005-edit-ids.ts';
import { removedImages } from './006-removed-images.ts';
import { sourceFields } from './007-source-fields.ts';
import { work } from './008-work.ts';
import { labelSums } from './009-label-sums.ts';
import { labelsRevision } from './010-labels-revision.ts';
import { labelContents } from './011-label-contents.ts';
import { snapshotsAndLooks } from './012-snapshots-and-looks.ts';
import { answers } from './013-answers.ts';
import { contentFound } from './014-content-found.ts';
import { classGuide } from './015-class-guide.ts';
import { savedFilterSets } from './016-saved-filter-sets.ts';
import { measurements } from './017-measurements.ts';

export interface Migration {
  /** The `user_version` that it leads to: 1, 2, 3 … without gaps. */
  readonly version: number;
  readonly sql: string;
}

export const MIGRATIONS: readonly Migration[] = [
  initial,
  suggestions,
  changesOfAClass,
  largeClasses,
  editIds,
  removedImages,
  sourceFields,
  work,
  labelSums,
  labelsRevision,
  labelContents,
  snapshotsAndLooks,
  answers,
  contentFound,
  classGuide,
  savedFilterSets,
  measurements,
];

export const NEWEST_SCHEMA = MIGRATIONS.at(-1)?.version ?? 0;
