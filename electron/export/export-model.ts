import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { TwinheadError } from '../common/errors.ts';
import { exportFormat } from './formats.ts';
import type { ExportProgress, ExportRequest, ExportResult, OutputDifference } from './types.ts';

/**
 * Writes a model for another runtime into a temporary folder beside `outFolder`, compares its outputs with the
 * engine's on held-out images, and only then moves the files to where they belong. After an error nothing is left
 * there, and what was there before is as it was.
 * @throws TwinheadError `invalid-input` (no such format), `export-mismatch`, `unusable-input`, `engine-unavailable`,
 *   `cancelled`, or as loadModel does.
 */
export async function exportModel(
  request: ExportRequest,
  onProgress: (progress: ExportProgress) => void = () => undefined,
  shouldStop: () => boolean = () => false,
): Promise<ExportResult> {
  const format = exportFormat(request.format);
  const outFolder = path.resolve(request.outFolder);
  await refuseFile(outFolder);
  const parent = path.dirname(outFolder);
  await mkdir(parent, { recursive: true });
  const temporary = await mkdtemp(path.join(parent, `.${path.basename(outFolder)}-`));
  try {
    const { files, certificate } = await format.write(request, temporary, onProgress, shouldStop);
    if (shouldStop()) throw new TwinheadError('cancelled', 'The export was cancelled; nothing was written.');
    await mkdir(outFolder, { recursive: true });
    for (const file of files) await rename(path.join(temporary, file), path.join(outFolder, file));
    const { differences, images } = certificate;
    return {
      format: format.name,
      files: files.map((file) => path.join(outFolder, file)),
      shareOfTolerance: Math.max(...differences.map(({ largest, tolerance }) => largest / tolerance)),
      largestDifference: largestIn(differences, 'probability'),
      largestBoxDifference: largestIn(differences, 'pixels'),
      images,
      certificate,
    };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function largestIn(differences: readonly OutputDifference[], unit: OutputDifference['unit']): number | null {
  const found = differences.filter((difference) => difference.unit === unit).map(({ largest }) => largest);
  return found.length === 0 ? null : Math.max(...found);
}

async function refuseFile(folder: string): Promise<void> {
  const found = await stat(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  });
  if (found !== null && !found.isDirectory()) {
    throw new TwinheadError('unusable-input', 'There is a file where the folder of the export should be.', {
      file: folder,
      remedy: 'Choose another folder.',
    });
  }
}
