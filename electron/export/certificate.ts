import { createHash } from 'node:crypto';
import os from 'node:os';
import type { Certificate } from '../common/jobs.ts';
import { readWhole } from '../files/index.ts';
import type { ExportRequest } from './types.ts';

export const CERTIFICATE_FILE = 'certificate.json';

/** What was verified, of what, on what, as JSON: for whoever gets the model without the project. */
export async function certificateText(
  { format, options, run, appVersion, checkpointFile, images }: ExportRequest,
  file: string,
  { sha256, ...certificate }: Certificate,
): Promise<string> {
  const checkpoint = createHash('sha256')
    .update(await readWhole(checkpointFile))
    .digest('hex');
  const [processor] = os.cpus();
  const document = {
    model: { file, sha256, format, options },
    checkpoint: { run, sha256: checkpoint },
    ...certificate,
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
