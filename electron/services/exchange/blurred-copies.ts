import path from 'node:path';
import type { DatasetBox, DatasetClass } from '../../common/dataset.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import { someNames } from '../../common/some-names.ts';
import { remove, TemporaryFolder } from '../../files/index.ts';

interface Picture {
  readonly file: string;
  readonly path: string;
}

/** Copies of an export in which boxes of some classes can't be recognised: faces, number plates. */
export class BlurredCopies implements Disposable {
  images = 0;
  boxes = 0;
  readonly #names: ReadonlySet<string>;
  #folder: TemporaryFolder | null = null;

  /** @throws TwinheadError `invalid-input` for a class that the project has not */
  constructor(names: readonly string[], classes: readonly DatasetClass[]) {
    const known = classes.flatMap(({ kind, name }) => (kind === 'object' ? [name] : []));
    for (const name of names) {
      if (known.includes(name)) continue;
      throw new TwinheadError('invalid-input', say('services.export.noClass', { name }), {
        place: 'blur',
        ...(known.length > 0
          ? { remedy: say('services.export.noClass.remedy', { classes: someNames(known) }) }
          : {}),
      });
    }
    this.#names = new Set(names);
  }

  /** Boxes of an image to be blurred, counted. */
  of(boxes: readonly DatasetBox[]): DatasetBox[] {
    const blurred = boxes.filter(({ className }) => this.#names.has(className));
    if (blurred.length > 0) this.images += 1;
    this.boxes += blurred.length;
    return blurred;
  }

  /** Makes a copy that lasts until it is disposed of; its path in the export has the extension of what it is. */
  async make({ file, path: own }: Picture, boxes: readonly DatasetBox[]): Promise<Picture & AsyncDisposable> {
    const { blurredExtension, writeBlurred } = await import('../../images/index.ts');
    this.#folder ??= new TemporaryFolder('.twinhead-blurred-');
    const extension = blurredExtension(own);
    const copy = path.join(this.#folder.path, `${String(this.images)}${extension}`);
    await writeBlurred(file, boxes, copy);
    return {
      file: copy,
      path: own.slice(0, own.length - path.posix.extname(own).length) + extension,
      [Symbol.asyncDispose]: () => remove(copy),
    };
  }

  [Symbol.dispose](): void {
    this.#folder?.[Symbol.dispose]();
  }
}
