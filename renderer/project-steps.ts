import type { ProjectStep } from '../electron/common/entities.ts';
import { isSentence, say, withinSentence } from '../electron/common/sentences/sentence.ts';
import { t, textOf } from './i18n/index.svelte.ts';
import type { AppState } from './state/app.svelte.ts';
import type { ToastAction } from './state/toasts.svelte.ts';

/** Subject of words on steps: only the newest is shown. */
export const STEP = 'step';

/** Steps of a source that has a name: their sizes stand beside it. */
const NAMED: Partial<
  Record<string, 'history.imported' | 'history.suggested' | 'history.addedFolder' | 'history.addedFrames'>
> = {
  import: 'history.imported',
  suggest: 'history.suggested',
  'add-images': 'history.addedFolder',
  'add-frames': 'history.addedFrames',
};

/** What a step did: “Imported bccd: 364 images, 4,886 boxes”, “Removed 3 images with 53 boxes”. */
export function stepTitle(step: ProjectStep): string {
  const { kind, name, summary } = step;
  if (kind === 'suggest' && name !== '' && step.suggestions && step.images)
    return t('step.suggested', {
      name: textOf(name),
      count: step.suggestions,
      images: t('count.images', { count: step.images }),
    });
  if (isSentence(summary) && summary.key === 'history.removedImages' && step.images && step.boxes)
    return t('step.removed', { count: step.images, boxes: t('count.boxes', { count: step.boxes }) });
  const named = name === '' ? undefined : NAMED[kind];
  if (named !== undefined) return sized('step.sized', textOf(say(named, { name })), step);
  // Their summary is a clause of its own, and counts the images already.
  const counted = kind === 'remove-images' || kind === 'settings';
  return counted ? sized('step.counted', textOf(summary), { ...step, images: null }) : textOf(summary);
}

/** The same to stand within a sentence. */
export function stepText(step: ProjectStep): string {
  const text = stepTitle(step);
  return beginsWithName(text, step) ? text : withinSentence(text);
}

/** A name is written as it is, also where the text of an older version begins with it. */
function beginsWithName(text: string, step: ProjectStep): boolean {
  const name = textOf(step.name);
  return name !== '' && text.startsWith(name);
}

function sized(
  as: 'step.sized' | 'step.counted',
  what: string,
  { images, boxes, suggestions }: ProjectStep,
): string {
  const sizes = [
    images ? t('count.images', { count: images }) : '',
    boxes ? t('count.boxes', { count: boxes }) : '',
    suggestions ? t('count.suggestions', { count: suggestions }) : '',
  ].filter((size) => size !== '');
  return sizes.length === 0 ? what : t(as, { what, sizes: sizes.join(t('step.and')) });
}

/**
 * Takes back the newest step, as it was shown: none that another window has made meanwhile. One from before this session
 * only after a question.
 */
export async function undoStep(app: AppState, asked = false): Promise<void> {
  const next = app.project?.undo ?? null;
  if (!asked && next !== null && app.isEarlier(next.at)) {
    app.dialog = 'undo';
    return;
  }
  const { undone } = await app.client.call('project.undo', next === null ? {} : { stepId: next.id });
  if (undone === null && next === null) app.toast(t('project.undo.nothing'));
  else sayUndone(app, undone);
}

/** @param undone null where another step has been made meanwhile */
function sayUndone(app: AppState, undone: ProjectStep | null): void {
  if (undone === null) app.toast(t('project.undo.other'), 'plain', null, STEP);
  else app.toast(t('project.undone', { what: stepText(undone) }), 'plain', redoOffer(app, undone), STEP);
}

/** For the word on an undone step: its redo makes that step again, and no other that has been undone meanwhile. */
function redoOffer(app: AppState, undone: ProjectStep): ToastAction {
  return {
    label: t('project.redo.do'),
    run: () =>
      app.attempt(async () => {
        await redoStep(app, undone.id);
      }),
  };
}

/** For the word on a step just made: its undo takes back that step, and no other that has been made meanwhile. */
export function undoOffer(app: AppState, editId: string): ToastAction {
  return {
    label: t('project.undo.do'),
    run: () => app.attempt(() => undoOf(app, editId)),
  };
}

/** Takes back the step that was made under an id, where it is the newest. */
export async function undoOf(app: AppState, editId: string): Promise<void> {
  const { undone } = await app.client.call('project.undo', { of: editId });
  sayUndone(app, undone);
}

/** Makes the step again that was shown as the next one. */
export async function redoStep(app: AppState, stepId = app.project?.redo?.id): Promise<void> {
  const { redone } = await app.client.call('project.redo', stepId === undefined ? {} : { stepId });
  if (redone !== null) app.toast(t('project.redone', { what: stepText(redone) }), 'plain', null, STEP);
  else app.toast(t(stepId === undefined ? 'project.redo.nothing' : 'project.redo.other'));
}
