import type { AnnotationOperation, Evaluation, EvaluationItem } from '../../../electron/common/entities.ts';
import { listText, readList } from '../../../electron/common/evaluated-list.ts';
import type { EvaluatedList } from '../../../electron/common/evaluated-list.ts';
import { baseText } from '../../evaluate/compared-base.ts';
import { newBox } from '../../editor/kernels/copies.ts';
import { t } from '../../i18n/index.svelte.ts';
import type { AppState } from '../../state/app.svelte.ts';

/** A number of an evaluation whose images are walked through: what it counts on the open image, and how it stands. */
export class EvaluatedImages {
  /** Null where the list of images has nothing to do with an evaluation. */
  list = $state.raw<EvaluatedList | null>(null);
  /** What the number counts on the open image now. */
  items = $state.raw<readonly EvaluationItem[]>([]);
  /** How many it counts now. */
  total = $state<number | null>(null);
  evaluation = $state.raw<Evaluation | null>(null);
  readonly #app: AppState;
  #asked = 0;
  #imageId: number | null = null;

  constructor(app: AppState) {
    this.#app = app;
    this.list = readList(app.address.state['list'] ?? '');
  }

  /** The images in the order of the list; null without one, or where it can't be had any more. */
  async imageIds(): Promise<number[] | null> {
    if (this.list === null) return null;
    try {
      return (await this.#app.client.call('evaluation.images', this.list)).imageIds;
    } catch (error) {
      this.#app.report(error);
      this.leave();
      return null;
    }
  }

  /** What the address says of the open image, so that a reload shows it again. */
  show(imageId: number): void {
    if (this.list === null) return;
    // They are of the image that was open before.
    if (this.#imageId !== imageId) this.items = [];
    this.#imageId = imageId;
    this.#app.address.show({ list: listText(this.list), image: String(imageId) }, 'replace');
  }

  /** It has been seen to: whether it is still counted, the services say. */
  drop(item: EvaluationItem): void {
    this.items = this.items.filter((one) => one !== item);
  }

  /** Another list is shown. */
  leave(): void {
    if (this.list === null) return;
    this.list = null;
    this.items = [];
    if (this.#app.tab === 'label') this.#app.address.show({ list: undefined, image: undefined }, 'replace');
  }

  /** Back to the numbers, with this list open. */
  back(): void {
    const { list } = this;
    if (list === null) return;
    const { runId: run, split, testSet, filter } = list;
    const name = testSet ?? filter;
    const set: Record<string, string> = name === undefined ? {} : { set: name };
    this.#app.address.open('evaluate', {
      run,
      split,
      ...set,
      ...comparedBy(list),
      list: listText(list),
      page: '1',
    });
  }

  /** Asks again, for the open image and the labels of now. */
  async refresh(): Promise<void> {
    const { list } = this;
    const imageId = this.#imageId;
    if (list === null || imageId === null) return;
    const asked = ++this.#asked;
    const { runId, split, testSet, filter } = list;
    const { client } = this.#app;
    const [here, all, { evaluation }] = await Promise.all([
      client.call('evaluation.items', { ...list, imageId, limit: 200 }),
      client.call('evaluation.items', { ...list, limit: 1 }),
      client.call('evaluation.get', { runId, split, testSet, filter }),
    ]);
    if (asked !== this.#asked || imageId !== this.#imageId) return;
    this.items = here.items;
    this.total = all.total;
    this.evaluation = evaluation;
  }
}

/** The comparison that a list is of, as Evaluate's address has it. */
function comparedBy({ part }: EvaluatedList): Record<string, string> {
  if (part.of !== 'changed') return {};
  const base = baseText({ runId: part.run, snapshot: part.before });
  return part.after === null ? { base } : { base, labels: String(part.after) };
}

/** What makes the labels say what was found; null where nothing was. */
export function correctionOf({
  found,
  truth,
  imageClasses,
  image,
}: Pick<EvaluationItem, 'found' | 'truth' | 'imageClasses' | 'image'>): {
  readonly title: string;
  readonly operation: AnnotationOperation;
} | null {
  if (imageClasses !== null) {
    const { labelled, predicted } = imageClasses;
    if (predicted.length === 0 || predicted.join() === labelled.join()) return null;
    const others = image.imageClassIds.filter((id) => !labelled.includes(id));
    const classIds = [...others, ...predicted];
    return { title: t('correct.rename'), operation: { type: 'set-image-classes', classIds } };
  }
  if (found === null) {
    return truth && { title: t('correct.delete'), operation: { type: 'delete-box', boxId: truth.id } };
  }
  const { classId, x, y, width, height } = found;
  const geometry = { x, y, width, height };
  if (truth === null) {
    return { title: t('correct.add'), operation: { type: 'add-box', box: newBox(geometry, classId) } };
  }
  return truth.classId === classId
    ? {
        title: t('correct.move'),
        operation: { type: 'update-box', boxId: truth.id, changes: { geometry } },
      }
    : {
        title: t('correct.rename'),
        operation: { type: 'update-box', boxId: truth.id, changes: { classId } },
      };
}
