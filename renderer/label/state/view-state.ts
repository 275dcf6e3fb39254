import type { EditQueue } from '../../editor/edit-queue.ts';
import type { Editor } from '../../editor/editor.ts';
import type { ViewPosition } from '../../editor/kernels/viewport.ts';
import { NO_MARKS } from '../../editor/types.ts';
import type { Marks } from '../../editor/types.ts';
import type { ImageList } from './image-list.svelte.ts';
import type { LabelSession } from './label-session.svelte.ts';
import { readSavedView, writeSavedView } from './saved-view.ts';
import type { SavedView } from './saved-view.ts';
import { ViewMemory } from './view-memory.ts';

/** Where a person is in the project, and how they left each image: its view, and the boxes hidden and locked there. */
export class LabelViewState {
  /** Where they were last time. */
  readonly last: SavedView;
  readonly #session: LabelSession;
  readonly #views: ViewMemory;

  constructor(session: LabelSession) {
    this.#session = session;
    this.last = readSavedView(session.project);
    this.#views = new ViewMemory(this.last.views);
  }

  /** Notes how the image that is shown looks now, for when it is looked at again. */
  noteView(queue: EditQueue, editor: Editor): void {
    const { imageId } = queue;
    this.#views.remember(imageId, editor.view.position);
    const { hidden, locked } = editor.sight.marks;
    if (hidden.size + locked.size === 0) this.#session.marks.delete(imageId);
    else
      this.#session.marks.set(
        imageId,
        mapMarks({ hidden, locked }, (id) => queue.storedId(id)),
      );
    this.#session.activeClassId = editor.activeClassId;
  }

  /** Null where the image was shown whole, or never. */
  view(imageId: number): ViewPosition | null {
    return this.#views.recall(imageId);
  }

  marks(queue: EditQueue): Marks {
    return mapMarks(this.#session.marks.get(queue.imageId) ?? NO_MARKS, (id) => queue.localId(id));
  }

  /** Keeps the view in this browser, for the next time that the project is opened. */
  store(imageId: number, { filter, sort, descending }: ImageList): void {
    writeSavedView(this.#session.project, { imageId, filter, sort, descending, views: this.#views.entries });
  }
}

function mapMarks({ hidden, locked }: Marks, map: (id: number) => number): Marks {
  return { hidden: new Set([...hidden].map(map)), locked: new Set([...locked].map(map)) };
}
