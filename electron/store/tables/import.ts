import { setImmediate as nextTurn } from 'node:timers/promises';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { StoreContext } from '../database/context.ts';
import { knownEntry } from '../history/edit-ids.ts';
import { SLICE_BOXES, SLICE_IMAGES } from '../history/slices.ts';
import { requireNoImport } from '../history/journal.ts';
import type { ImportedImage } from './import-plan.ts';
import { importKind } from './import-request.ts';
import type { ImportCounts, ImportRequest } from './import-request.ts';
import { OpenImport } from './open-import.ts';

const CHUNK_CLASSES = 500;

/** What an import of that id has come to. */
function madeBefore({ db }: StoreContext, request: ImportRequest): ImportCounts | undefined {
  return db.snapshot((reader) => {
    requireNoImport(reader);
    const known = knownEntry(reader, null, importKind(request), request.editId);
    return known && (JSON.parse(known.operations) as { import: ImportCounts }).import;
  });
}

function requireGoingOn(context: StoreContext, signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true && context.db.open) return;
  throw new TwinheadError('cancelled', say('store.importCancelled'));
}

/** What a chunk throws after the project was closed is that: the next opening takes the import back. */
async function takeBack(context: StoreContext, underWay: OpenImport): Promise<void> {
  if (context.db.open) await underWay.takeBack();
}

/**
 * Labels of many images as one step of the project's undo: all of them or none. The event loop gets its turn between
 * chunks; an import of one chunk is done when the call returns. One that was made under the same id is not made again.
 * @throws TwinheadError (rejects) `invalid-input` with `details.place`, `not-found`, `not-allowed` while another
 * import is under way, `cancelled`, `disk-full`; the project is then as it was
 */
export async function importAnnotations(
  context: StoreContext,
  request: ImportRequest,
): Promise<ImportCounts> {
  requireGoingOn(context, request.signal);
  const made = madeBefore(context, request);
  if (made !== undefined) return made;
  const underWay = new OpenImport(context, request);
  try {
    const { classes = [] } = request;
    for (let first = 0; first < classes.length; first += CHUNK_CLASSES) {
      underWay.addClasses(classes.slice(first, first + CHUNK_CLASSES), first);
      if (classes.length <= CHUNK_CLASSES) break;
      await nextTurn();
      requireGoingOn(context, request.signal);
    }
    let chunk: ImportedImage[] = [];
    let boxes = 0;
    for (const image of request.images) {
      chunk.push(image);
      boxes += image.boxes?.length ?? 0;
      if (chunk.length < SLICE_IMAGES && boxes < SLICE_BOXES) continue;
      underWay.add(chunk);
      chunk = [];
      boxes = 0;
      await nextTurn();
      requireGoingOn(context, request.signal);
    }
    if (chunk.length > 0) underWay.add(chunk);
    return underWay.complete();
  } catch (error) {
    await takeBack(context, underWay);
    throw error;
  }
}
