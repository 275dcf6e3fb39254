import { MOST_EXAMPLES } from '../../../electron/common/entities.ts';
import { t } from '../../i18n/index.svelte.ts';
import { STEP } from '../../project-steps.ts';
import { unqueuedEdits } from '../history/unqueued-edits.ts';
import type { LabelState } from '../state/label-state.svelte.ts';

/** The class that the selected boxes have, or, while none is selected, the image; null where that is not one class. */
export function classOfChoice({ boxes, selection, annotations }: LabelState): number | null {
  const ids =
    selection.size > 0
      ? boxes.filter(({ id }) => selection.has(id)).map(({ classId }) => classId)
      : (annotations?.image.imageClassIds ?? []);
  const [classId, ...others] = new Set(ids);
  return classId === undefined || others.length > 0 ? null : classId;
}

/** Whether a selected box, or, for an image class, the open image, can be an example of a class. */
export function canBeExample({ app, boxes, selection, annotations }: LabelState, classId: number): boolean {
  const kind = app.classes.find(({ id }) => id === classId)?.kind;
  if (kind === 'image') return annotations?.image.imageClassIds.includes(classId) ?? false;
  return boxes.some((box) => box.classId === classId && selection.has(box.id));
}

/** Adds the selected boxes of a class, or, for an image class, the open image, to its examples: a step of the project's undo. */
export async function useAsExample(label: LabelState, classId: number): Promise<void> {
  const { app, queue } = label;
  const labelClass = app.classes.find(({ id }) => id === classId);
  if (!queue || !labelClass) return;
  const { name, kind } = labelClass;
  const chosen = new Set(label.selection);
  await unqueuedEdits(label, async ({ id }) => {
    const boxes = queue.annotations.boxes.filter((box) => box.classId === classId && chosen.has(box.id));
    const asked = kind === 'image' ? [id] : boxes.map((box) => queue.storedBoxId(box.id));
    const { examples } = await app.client.call('classes.guide', { id: classId });
    const known = examples.map((example) => example.id);
    const more = asked.filter((one) => !known.includes(one));
    if (known.length + more.length > MOST_EXAMPLES) {
      app.toast(t('guide.full', { name, most: MOST_EXAMPLES }), 'bad');
      return;
    }
    const editId = crypto.randomUUID();
    if (more.length > 0)
      await app.client.call('classes.update', { id: classId, examples: [...known, ...more], editId });
    await app.refreshClasses();
    const said = t(more.length === 0 ? 'guide.known' : 'guide.added', { name, count: more.length });
    app.toast(said, 'plain', more.length === 0 ? null : label.lastSteps.made(editId), STEP);
  });
}
