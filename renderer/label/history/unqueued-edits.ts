import type { ImageSummary, Split } from '../../../electron/common/entities.ts';
import { t } from '../../i18n/index.svelte.ts';
import { STEP } from '../../project-steps.ts';
import type { LabelState } from '../state/label-state.svelte.ts';

/** What is done to the open image by other calls than edits. They raise its revision too: edits are saved first. */
export async function unqueuedEdits(
  label: LabelState,
  work: (image: ImageSummary) => Promise<unknown>,
): Promise<void> {
  const { queue } = label;
  if (!queue) return;
  await queue.settled();
  if (queue.unsavedEdits > 0) {
    label.app.toast(t('label.unsaved'), 'bad');
    return;
  }
  await work(queue.annotations.image);
  await queue.refresh();
}

/** Makes the image as it was right after an entry of its history (0: before all of them): a step of undo. */
export async function restoreImage(label: LabelState, entryId: number): Promise<void> {
  await unqueuedEdits(label, ({ id, revision }) =>
    label.app.client.call('annotations.restore', { imageId: id, expectedRevision: revision, entryId }),
  );
}

/** Puts the image into a split, a step of the project's undo, and says what it means for images of its group. */
export async function moveToSplit(label: LabelState, split: Split): Promise<void> {
  const { app } = label;
  await unqueuedEdits(label, async (image) => {
    const editId = crypto.randomUUID();
    const { changed } = await app.client.call('images.setSplit', { imageIds: [image.id], split, editId });
    const parameters = { name: image.fileName, split: t(`split.set.${split}`) };
    const said = t(image.group === null ? 'split.moved' : 'split.moved.alone', parameters);
    app.toast(said, 'plain', changed === 0 ? null : label.lastSteps.made(editId), STEP);
  });
}

/** The image's file was accepted with other content, or found elsewhere: everything of it is read anew. */
export async function showChangedFile(label: LabelState): Promise<void> {
  const { queue, queues } = label;
  if (!queue) return;
  await queue.settled();
  // Where a file lies is no edit: the queue would not see it. Edits that wait to be saved stay with their queue.
  queues.release(queue);
  queues.forgetAhead([queue.imageId]);
  label.bitmap = null;
  label.changedFiles.delete(queue.imageId);
  label.pictures.clear();
  await label.showImage(queue.imageId);
}
