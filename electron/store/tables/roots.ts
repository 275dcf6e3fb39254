import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { StoreContext } from '../database/context.ts';
import { now } from '../database/context.ts';
import type { Journal } from '../history/journal.ts';
import { putRoots, readRoots } from '../rows/root-rows.ts';
import type { Root, RootTuple } from '../rows/root-rows.ts';

export class Roots {
  readonly #context: StoreContext;
  readonly #journal: Journal;

  constructor(context: StoreContext, journal: Journal) {
    this.#context = context;
    this.#journal = journal;
  }

  list(): Root[] {
    return readRoots(this.#context.db.read, this.#context.folder);
  }

  /** Registers the folder, or finds it where it is registered already. Whether it exists is the caller's matter. */
  add(folder: string): Root {
    const absolute = path.resolve(folder);
    return this.#context.db.write((writer) => {
      const known = this.list().find((root) => root.folder === absolute);
      if (known !== undefined) return known;
      const stored = this.#stored(absolute);
      const { lastId } = writer.run(
        'INSERT INTO roots (folder, inside_project, added_at) VALUES (?, ?, ?)',
        stored.folder,
        Number(stored.inside),
        now(this.#context),
      );
      return { id: lastId, folder: absolute, insideProject: stored.inside };
    });
  }

  /**
   * The folder has moved: its images are looked for below the new place from now on. One step of the project's undo.
   * @throws TwinheadError `not-found`; `invalid-input` where the new folder is registered already
   */
  relink(rootId: number, folder: string): Root {
    const absolute = path.resolve(folder);
    return this.#context.db.write((writer) => {
      const roots = this.list();
      if (!roots.some((root) => root.id === rootId)) {
        throw new TwinheadError('not-found', say('store.noRoot', { id: String(rootId) }));
      }
      if (roots.some((root) => root.folder === absolute && root.id !== rootId)) {
        throw new TwinheadError('invalid-input', say('store.rootTaken', { folder: absolute }), {
          file: absolute,
          remedy: say('store.rootTaken.remedy'),
        });
      }
      const stored = this.#stored(absolute);
      const wanted: RootTuple = [rootId, stored.folder, stored.inside ? 1 : 0];
      const before = putRoots(writer, [wanted]).filter((old) => !isDeepStrictEqual(old, wanted));
      const name = path.basename(absolute);
      this.#journal
        .begin(writer, {
          kind: 'relink',
          summary: say('history.foundFolder', { name }),
          operations: { name },
        })
        .finish({ roots: before });
      return { id: rootId, folder: absolute, insideProject: stored.inside };
    });
  }

  #stored(absolute: string): { folder: string; inside: boolean } {
    const relative = path.relative(this.#context.folder, absolute);
    const inside = relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
    return inside ? { folder: relative.split(path.sep).join('/'), inside } : { folder: absolute, inside };
  }
}
