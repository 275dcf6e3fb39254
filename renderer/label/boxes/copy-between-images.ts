import { copiesInside, copyOf } from '../../editor/kernels/copies.ts';
import { t } from '../../i18n/index.svelte.ts';
import type { LabelState } from '../state/label-state.svelte.ts';

/** Boxes of the image before this one in the list, or of the one that was shown before, onto this one. */
export async function copyPrevious(label: LabelState): Promise<void> {
  const target = label.queue;
  const imageId = label.list.ids[label.index - 1] ?? label.previousImageId;
  if (imageId === null) return;
  // What was fetched ahead may be older than what another window has made of it.
  label.queues.forgetAhead([imageId]);
  const annotations = await label.queues.labels(imageId);
  // The person has gone on to another image in the meantime: these boxes are not meant for it.
  if (label.queue !== target) return;
  label.editor.edits.addCopies(annotations.boxes);
  label.app.toast(t('label.copiedPrevious', { count: annotations.boxes.length }));
}

/** Copies the selected boxes onto the next image, where what they show is likely to be again. */
export async function copyToNext(label: LabelState): Promise<void> {
  const boxes = label.editor.selectedBoxes.map(copyOf);
  const openId = label.queue?.imageId ?? null;
  const nextId = await label.list.neighbour(openId, 1);
  if (nextId === null || nextId === openId) {
    label.app.toast(t('label.noNext'), 'bad');
    return;
  }
  label.queues.forgetAhead([nextId]);
  const queue = await label.queues.queue(nextId);
  const copies = copiesInside(boxes, queue.annotations.image);
  queue.apply(copies.map((box) => ({ type: 'add-box', box })));
  label.app.toast(t('label.copiedToNext', { count: copies.length }));
}

/** Into the clipboard, which is the same for every image. */
export function copySelected({ editor, session, app }: LabelState): void {
  const count = editor.edits.copySelected();
  session.clipboard = editor.edits.clipboard;
  if (count > 0) app.toast(t('label.copied', { count }));
}
