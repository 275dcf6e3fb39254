import type { ProjectStep } from '../electron/common/entities.ts';
import { withinSentence } from '../electron/common/sentences/sentence.ts';
import { t, textOf } from './i18n/index.svelte.ts';
import type { AppState } from './state/app.svelte.ts';
import type { ToastAction } from './state/toasts.svelte.ts';

/** Subject of words on steps: only the newest is shown. */
export const STEP = 'step';

const NAMED = ['import', 'suggest', 'add-images', 'add-frames', 'relink'] as const;
const UNNAMED = ['remove-images', 'settings'] as const;

/** What a step did, to stand within a sentence: “import of bccd: 364 images, 4,886 boxes”. */
export function stepText(step: ProjectStep): string {
  const { kind, name, summary } = step;
  const named = NAMED.find((one) => one === kind);
  const unnamed = UNNAMED.find((one) => one === kind);
  if (named === undefined && unnamed === undefined) {
    const text = textOf(summary);
    return beginsWithName(text, step) ? text : withinSentence(text);
  }
  return sized(
    named === undefined ? t(`step.${unnamed!}`) : t(`step.${named}`, { name: textOf(name) }),
    step,
  );
}

/** The same to stand alone. */
export function stepTitle(step: ProjectStep): string {
  // Their summary counts the images already.
  const text = UNNAMED.some((one) => one === step.kind)
    ? sized(textOf(step.summary), { ...step, images: null })
    : stepText(step);
  if (beginsWithName(text, step)) return text;
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

/** A name is written as it is, also where a sentence begins with it. */
function beginsWithName(text: string, step: ProjectStep): boolean {
  const name = textOf(step.name);
  return name !== '' && text.startsWith(name);
}

function sized(what: string, { images, boxes, suggestions }: ProjectStep): string {
  const sizes = [
    images ? t('count.images', { count: images }) : '',
    boxes ? t('count.boxes', { count: boxes }) : '',
    suggestions ? t('count.suggestions', { count: suggestions }) : '',
  ].filter((size) => size !== '');
  return sizes.length === 0 ? what : t('step.sized', { what, sizes: sizes.join(t('step.and')) });
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
