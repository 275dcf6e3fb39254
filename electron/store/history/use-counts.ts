import { damagedValue } from '../rows/damaged.ts';
import type { Writer } from '../database/database.ts';
import { joined } from '../rows/label-sum.ts';
import type { LabelSum } from '../rows/label-sum.ts';

/**
 * Collects what changes of labels come to: how often classes are used more or less, written once a transaction, and
 * the sums of labels of images, written with the image.
 */
export class UseCounts {
  readonly #changes = new Map<number, number>();
  readonly #sums = new Map<number, LabelSum>();

  add(classId: number, change: number): void {
    this.#changes.set(classId, (this.#changes.get(classId) ?? 0) + change);
  }

  /** A label with this sum has come to the image, or gone from it: the same in both cases. */
  toggle(imageId: number, sum: LabelSum): void {
    this.#sums.set(imageId, joined(this.#sums.get(imageId) ?? 0, sum));
  }

  /** What all of them come to for one image, to be written now. */
  takeSum(imageId: number): LabelSum {
    const sum = this.#sums.get(imageId) ?? 0;
    this.#sums.delete(imageId);
    return sum;
  }

  /** Has to come before a class is deleted. @throws TwinheadError `project-corrupt` where fewer were counted than go */
  flush(writer: Writer): void {
    for (const [classId, change] of this.#changes) {
      if (change === 0) continue;
      const uses = writer.get<{ uses: number }>('SELECT uses FROM classes WHERE id = ?', classId)?.uses ?? 0;
      if (uses + change < 0) throw damagedValue('classes.uses');
      writer.run('UPDATE classes SET uses = uses + ? WHERE id = ?', change, classId);
    }
    this.#changes.clear();
  }
}
