import { say } from '../common/sentences/sentence.ts';
import { createHash } from 'node:crypto';
import { openFile, openForChanges } from '../files/index.ts';
import { renderLetterbox } from './decode.ts';
import { stopped } from '../tasks/serve-pool.ts';
import { UnusableImage, explainFailure } from './problems.ts';
import { decodeOnce } from './probe.ts';
import { decodable, openSource, readHeader } from './source.ts';
import type { RowRequest, RowResult, RowsTask } from './tasks.ts';

/** Bytes of one row: RGB, [size, size, 3]. */
export function rowLength(size: number): number {
  return size * size * 3;
}

/** Runs in a worker. A row whose picture cannot be used is left as it is. */
export async function renderRows(task: RowsTask): Promise<RowResult[]> {
  await using file = await openForChanges(task.pixelFile);
  const results: RowResult[] = [];
  for (const request of task.rows) {
    if (stopped()) break;
    const { result, pixels } = await renderRow(request, task.size);
    if (pixels !== null) await file.writev([pixels], request.row * rowLength(task.size));
    results.push(result);
  }
  return results;
}

async function renderRow(
  request: RowRequest,
  size: number,
): Promise<{ result: RowResult; pixels: Uint8Array | null }> {
  const { row } = request;
  try {
    const source = await decodable(await openSource(request.file, { hash: true }));
    const header = await readHeader(source);
    const { width, height } = header;
    if (width !== request.width || height !== request.height) {
      throw new UnusableImage({
        code: 'damaged',
        reason: say('images.sizeNow', {
          width: String(width),
          height: String(height),
          oldWidth: String(request.width),
          oldHeight: String(request.height),
        }),
        remedy: say('images.sizeNow.remedy'),
      });
    }
    if (request.sha256 !== null && request.sha256 !== source.sha256) await decodeOnce(source, header);
    const pixels = await renderLetterbox(source, { width, height }, size);
    return {
      result: { row, ok: true, sha256: source.sha256!, bytes: source.bytes, modified: source.modified },
      pixels,
    };
  } catch (error) {
    const { reason, remedy } = explainFailure(error).problem;
    return { result: { row, ok: false, reason, remedy }, pixels: null };
  }
}

/** SHA-256 of a file, for a row whose file has a new time but may have the old content. null where it is not readable. */
export async function hashFile(file: string): Promise<string | null> {
  try {
    await using handle = await openFile(file);
    const hash = createHash('sha256');
    for await (const chunk of handle.createReadStream({ autoClose: false })) hash.update(chunk as Buffer);
    return hash.digest('hex');
  } catch {
    // The worker that renders the row names the reason.
    return null;
  }
}
