import { createHash } from 'node:crypto';
import os from 'node:os';
import type { Certificate } from '../common/jobs.ts';
import { readWhole } from '../files/index.ts';
import type { ExportRequest, VerifiedImage } from './types.ts';

export const CERTIFICATE_FILE = 'certificate.json';

/** How many images ranges were measured on, and a hash of which these were. */
export function calibrationOf(images: readonly VerifiedImage[]): NonNullable<Certificate['calibration']> {
  const lines = images.map(({ sha256 }) => `${sha256}\n`).join('');
  return { images: images.length, sha256: createHash('sha256').update(lines).digest('hex') };
}

/** What was verified, of what, on what, as JSON: for whoever gets the model without the project. */
export async function certificateText(
  { format, options, run, appVersion, checkpointFile, images, calibration }: ExportRequest,
  file: string,
  { sha256, calibration: calibrated, ...certificate }: Certificate,
): Promise<string> {
  const checkpoint = createHash('sha256')
    .update(await readWhole(checkpointFile))
    .digest('hex');
  const [processor] = os.cpus();
  const document = {
    model: { file, sha256, format, options },
    checkpoint: { run, sha256: checkpoint },
    ...certificate,
    ...(calibrated && { calibration: { ...calibrated, of: calibration?.map((image) => image.sha256) } }),
    producer: `Twinhead ${appVersion}`,
    machine: {
      platform: process.platform,
      architecture: process.arch,
      processor: processor?.model.trim() ?? '',
      cores: os.availableParallelism(),
    },
    images: images.map((image) => ({ sha256: image.sha256, split: image.sample.split })),
  };
  return JSON.stringify(document, null, 2);
}
