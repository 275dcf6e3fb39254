import { createHash } from 'node:crypto';
import path from 'node:path';
import { TwinheadError, toErrorReport } from '../../common/errors.ts';
import type { ErrorCode } from '../../common/errors.ts';
import type { Tile } from '../../common/pyramid.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { ImageFile } from '../../store/index.ts';
import type { ServiceContext } from '../scope/context.ts';
import { isUntouched, statOfFile } from './image-files.ts';

const THUMBNAIL = 256;
const STATUS: Partial<Record<ErrorCode, number>> = {
  'not-found': 404,
  'unusable-input': 422,
  'no-project': 409,
  'project-closed': 409,
};

/** What of a picture is asked for. */
type Wanted = Tile | 'full' | 'overview' | 'thumbnail';

function readAddress(address: string): { project: string | null; imageId: number; wanted: Wanted } {
  const { pathname, searchParams } = new URL(address);
  const match = /\/image\/(\d{1,15})$/.exec(pathname);
  if (match === null) throw new TwinheadError('not-found', say('services.picture'));
  const imageId = Number(match[1]);
  const project = searchParams.get('project');
  const tile = searchParams.get('tile');
  if (tile !== null) {
    const address = /^(\d{1,2})_(\d{1,5})_(\d{1,5})$/.exec(tile);
    if (address === null) throw new TwinheadError('not-found', say('services.tile'));
    const [shrink, column, row] = address.slice(1).map(Number) as [number, number, number];
    return { project, imageId, wanted: { shrink, column, row } };
  }
  const size = searchParams.get('size');
  return { project, imageId, wanted: size === 'full' || size === 'overview' ? size : 'thumbnail' };
}

/**
 * By what pictures of the file as it is now are kept, and whether it is, by size and time, still the one that was hashed.
 * One that is gone has those of the file that was there.
 */
async function contentOf({ file, sha256, ...known }: ImageFile): Promise<[key: string, unchanged: boolean]> {
  // Whoever reads the picture says what is wrong with it.
  const found = await statOfFile(file);
  if (found === null) return [sha256, false];
  if (isUntouched(found, known)) return [sha256, true];
  const { size, mtimeMs } = found;
  return [createHash('sha256').update(`${sha256} ${size} ${mtimeMs}`).digest('hex'), false];
}

/**
 * Answers `…/image/<id>?project=<id>&size=256|overview|full` and `…&tile=<shrink>_<column>_<row>`, failures as JSON. A file
 * that has changed since it was added is shown as it is now, and gets no `etag`, so that it is not kept.
 */
export function createImageServer({
  scopes,
  ports,
}: ServiceContext): (request: Request) => Promise<Response> {
  return async (request) => {
    try {
      const { project, imageId, wanted } = readAddress(request.url);
      const { store, folder } = scopes.find(project);
      const image = store.files.get(imageId);
      const { file } = image;
      const [sha256, unchanged] = await contentOf(image);
      const images = await import('../../images/index.ts');
      const cacheFolder = path.join(folder, 'cache');
      const picture =
        wanted === 'full'
          ? await images.displayImage(file)
          : wanted === 'overview'
            ? await images.overview(file, { sha256, cacheFolder })
            : wanted === 'thumbnail'
              ? await images.thumbnail(file, {
                  size: THUMBNAIL,
                  sha256,
                  cacheFolder: path.join(cacheFolder, 'thumbnails'),
                })
              : await images.pyramidTile(file, image, wanted, { sha256, cacheFolder });
      const name = typeof wanted === 'string' ? wanted : `${wanted.shrink}_${wanted.column}_${wanted.row}`;
      return new Response(new Uint8Array(picture.bytes), {
        headers: {
          'content-type': picture.contentType,
          ...(unchanged ? { etag: `"${sha256.slice(0, 32)}-${name}"` } : {}),
        },
      });
    } catch (error) {
      const report = toErrorReport(error);
      if (report.code === 'internal') ports.logger.error({ err: error }, 'a picture could not be served');
      return Response.json({ ok: false, error: report }, { status: STATUS[report.code] ?? 500 });
    }
  };
}
