import { stat } from 'node:fs/promises';
import path from 'node:path';
import { TwinheadError } from '../common/errors.ts';
import type { Certificate, ExportResult, OutputDifference } from '../common/jobs.ts';
import { say } from '../common/sentences/sentence.ts';
import { canonicalPath, makeFolder, move, remove, TemporaryFolder, writeAtomically } from '../files/index.ts';
import { loadEngine } from '../engine/index.ts';
import { besideExact } from './beside.ts';
import { cardText, modelCard } from './card.ts';
import { calibrationOf, CERTIFICATE_FILE, certificateText } from './certificate.ts';
import { chooseFormat, modelFormat } from './formats/index.ts';
import { openNetwork } from './network.ts';
import { earlierFiles, MANIFEST_FILE, manifestOf, requireReplaceable } from './replaceable.ts';
import { suppressionOf } from './suppression.ts';
import type { ExportProgress, ExportRequest, ModelCard, ModelSource, ModelWriter } from './types.ts';
import { verify } from './verify.ts';

/** Files that every export has: looked at before the work as well as after it. */
const USUAL_FILES = ['README.md', 'model.json', CERTIFICATE_FILE];

/**
 * Writes a model into a temporary folder, compares its outputs with the engine's on images of the project, and only then moves
 * it to `outFolder`; where this machine has no runtime for the format, without a comparison and a certificate. After an error what was there before is as it was.
 * @throws TwinheadError `invalid-input` (no such format or option, suppression without boxes), `export-mismatch`, `unusable-input`, `engine-unavailable`,
 *   `cancelled`, or as loadModel does.
 */
export async function exportModel(
  request: ExportRequest,
  onProgress: (progress: ExportProgress) => void = () => undefined,
  shouldStop: () => boolean = () => false,
): Promise<ExportResult> {
  const format = chooseFormat(request.format, request.options);
  const outFolder = canonicalPath(request.outFolder);
  await refuseFile(outFolder);
  const parent = path.dirname(outFolder);
  await requireReplaceable(outFolder, USUAL_FILES);
  makeFolder(parent);
  using temporary = new TemporaryFolder(`.${path.basename(outFolder)}`, parent);
  const { files, certificate } = await writeVerified(format, request, temporary.path, onProgress, shouldStop);
  if (shouldStop()) throw new TwinheadError('cancelled', say('export.cancelled'));
  const written = [...files, MANIFEST_FILE];
  await writeAtomically(path.join(temporary.path, MANIFEST_FILE), await manifestOf(temporary.path, files));
  await requireReplaceable(outFolder, written);
  makeFolder(outFolder);
  const earlier = await earlierFiles(outFolder);
  for (const file of written) await move(path.join(temporary.path, file), path.join(outFolder, file));
  // Of another format, which model.json no longer tells of.
  for (const file of earlier) if (!written.includes(file)) await remove(path.join(outFolder, file));
  const { differences, images } = certificate ?? { differences: [], images: 0 };
  return {
    format: request.format,
    files: files.map((file) => path.join(outFolder, file)),
    shareOfTolerance: shareOf(differences),
    largestDifference: largestIn(differences, 'probability'),
    largestBoxDifference: largestIn(differences, 'pixels'),
    images,
    certificate,
    unverified: certificate === null ? modelFormat(request.format).verifiedWhere : null,
  };
}

/** The model, its card and its certificate, in an empty folder; no certificate where it could not be run. */
async function writeVerified(
  format: ModelWriter,
  request: ExportRequest,
  folder: string,
  onProgress: (progress: ExportProgress) => void,
  shouldStop: () => boolean,
): Promise<{ files: readonly string[]; certificate: Certificate | null }> {
  const total = request.images.length;
  if (total === 0) throw noImages();
  onProgress({ message: say('jobs.doing.readingModel'), done: 0, total });
  const engine = await loadEngine(request.engine);
  if (!engine.native) throw noEngine();
  const network = await openNetwork(engine, request.checkpointFile);
  const { appVersion, pixelFile, calibration: images = [] } = request;
  const size = network.loaded.inputSize;
  const calibration = { pixelFile, size, images };
  const verified = { pixelFile, size, images: request.images };
  if (format.calibrates && images.length === 0) throw noCalibration();
  const source: ModelSource = { engine, network, appVersion, calibration, verified };
  if (format.suppresses && network.loaded.objectClasses.length === 0) throw noBoxes();
  const card = modelCard(network, request, format);
  onProgress({ message: say('jobs.doing.writingModel'), done: 0, total });
  const written = await format.write(source, card, folder);
  const certificate = await certified(
    format,
    written[0],
    { source, card, request, folder },
    onProgress,
    shouldStop,
  );
  const texts = {
    ...(certificate === null
      ? {}
      : { [CERTIFICATE_FILE]: await certificateText(request, written[0], certificate) }),
    'model.json': JSON.stringify({ ...card, certificate }, null, 2),
    'README.md': cardText(network, card, {
      ...{ certificate, modelFile: written[0], language: request.language },
      verifiedWhere: modelFormat(request.format).verifiedWhere,
    }),
  };
  for (const [name, content] of Object.entries(texts))
    await writeAtomically(path.join(folder, name), content);
  return { files: [...written, ...Object.keys(texts)], certificate };
}

/** What a written model gave in its own runtime; null where this machine has none. */
async function certified(
  format: ModelWriter,
  file: string,
  given: {
    readonly source: ModelSource;
    readonly card: ModelCard;
    readonly request: ExportRequest;
    readonly folder: string;
  },
  onProgress: (progress: ExportProgress) => void,
  shouldStop: () => boolean,
): Promise<Certificate | null> {
  const { source, card, request, folder } = given;
  const model = await format.openRuntime(folder, source);
  if (model === null) return null;
  try {
    const suppression = format.suppresses ? suppressionOf(card) : null;
    const { largestDrop, exact, calibrates } = format;
    const exported = { model, modelFile: path.join(folder, file), suppression, largestDrop };
    const verified = await verify(source, exported, request, onProgress, shouldStop);
    const beside = exact === null ? null : await besideExact(exact, exported, source, card, request);
    return {
      ...verified,
      ...(calibrates ? { calibration: calibrationOf(source.calibration.images) } : {}),
      ...(beside === null ? {} : { beside }),
    };
  } finally {
    await model.close();
  }
}

function noImages(): TwinheadError {
  return new TwinheadError('unusable-input', say('export.noImages'), {
    remedy: say('export.noImages.remedy'),
  });
}

function noCalibration(): TwinheadError {
  return new TwinheadError('unusable-input', say('export.noCalibration'), {
    remedy: say('export.noCalibration.remedy'),
  });
}

function noBoxes(): TwinheadError {
  return new TwinheadError('invalid-input', say('export.noBoxes'), {
    place: 'options.suppression',
    remedy: say('export.noBoxes.remedy', { option: say('export.onnx.suppression.name') }),
  });
}

function noEngine(): TwinheadError {
  return new TwinheadError('engine-unavailable', say('export.noEngine'), {
    remedy: say('export.noEngine.remedy'),
  });
}

function largestIn(differences: readonly OutputDifference[], unit: OutputDifference['unit']): number | null {
  const found = differences.filter((difference) => difference.unit === unit).map(({ largest }) => largest);
  return found.length === 0 ? null : Math.max(...found);
}

function shareOf(differences: readonly OutputDifference[]): number | null {
  const shares = differences.flatMap(({ largest, tolerance }) =>
    tolerance === null ? [] : [largest / tolerance],
  );
  return shares.length === 0 ? null : Math.max(...shares);
}

async function refuseFile(folder: string): Promise<void> {
  const found = await stat(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  });
  if (found?.isDirectory() === false) {
    throw new TwinheadError('unusable-input', say('export.fileThere'), {
      file: folder,
      remedy: say('export.fileThere.remedy'),
    });
  }
}
