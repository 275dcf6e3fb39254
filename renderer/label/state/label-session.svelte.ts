import type { CopiedBox } from '../../editor/kernels/copies.ts';
import { NO_VIEW_AIDS } from '../../editor/tone.ts';
import type { ViewAids } from '../../editor/tone.ts';
import type { Marks } from '../../editor/types.ts';
import type { AppState } from '../../state/app.svelte.ts';
import { EditQueues } from './edit-queues.ts';
import { LabelNotices } from './label-notices.ts';
import { LiveAssist } from './live-assist.svelte.ts';
import { LastSteps } from './last-steps.svelte.ts';

/**
 * What a person has set up while labelling a project and expects to find again after a look at another page: kept
 * until the window is closed, with the edits that are on their way.
 */
export class LabelSession {
  readonly project: string;
  /** By image, with the ids that the store knows. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- bookkeeping that no template reads
  readonly marks = new Map<number, Marks>();
  clipboard: readonly CopiedBox[] = [];
  activeClassId: number | null = null;
  viewAids = $state.raw<ViewAids>(NO_VIEW_AIDS);
  /** Whether a person left the fields of the filter open, and over which filter; null: not touched yet. */
  filterFields: { readonly open: boolean; readonly filter: string } | null = null;
  readonly queues: EditQueues;
  readonly lastSteps: LastSteps;
  readonly assist: LiveAssist;

  constructor(app: AppState, project: string) {
    this.project = project;
    this.lastSteps = new LastSteps(app);
    this.assist = new LiveAssist(app);
    const notices = new LabelNotices(app);
    this.queues = new EditQueues(app, {
      changed: () => false,
      dropped: (steps) => notices.dropped(steps),
      undone: () => undefined,
    });
  }
}

const sessions = new WeakMap<AppState, LabelSession>();

/** The session of the open project. Another project starts a new one: its classes have other ids. */
export function labelSession(app: AppState): LabelSession {
  const project = app.project?.path ?? '';
  const known = sessions.get(app);
  if (known?.project === project) return known;
  const session = new LabelSession(app, project);
  sessions.set(app, session);
  return session;
}
