import { say } from '../../common/sentences/sentence.ts';
import type { Said } from '../../common/sentences/sentence.ts';
import type { JobContext } from '../scope/jobs.ts';

/** How samples of pictures are taken: said once for each way, with how many pictures and the first of them. */
export class SampleNotes {
  readonly #notes = new Map<string, { readonly note: Said; readonly file: string; count: number }>();

  add({ file, samples }: { readonly file: string; readonly samples: Said | null }): void {
    if (samples === null) return;
    const key = JSON.stringify(samples);
    const known = this.#notes.get(key);
    if (known === undefined) this.#notes.set(key, { note: samples, file, count: 1 });
    else known.count += 1;
  }

  report(problem: JobContext['problem']): void {
    for (const { note, file, count } of this.#notes.values())
      problem({
        file,
        message: count === 1 ? note : say('images.sameNote', { count, note }),
        severity: 'note',
      });
  }
}
