import { TwinheadError } from '../common/errors.ts';
import { onnxFormat } from './onnx/format.ts';
import type { ExportFormat } from './types.ts';

/** Every format that models are exported to. A new one is a file of its own and a line here. */
export const exportFormats: readonly ExportFormat[] = [onnxFormat];

/** @throws TwinheadError `invalid-input` where there is no such format. */
export function exportFormat(name: string): ExportFormat {
  const format = exportFormats.find((candidate) => candidate.name === name);
  if (format !== undefined) return format;
  const known = exportFormats.map((candidate) => candidate.name).join(', ');
  throw new TwinheadError('invalid-input', `There is no export to "${name}".`, {
    place: 'format',
    remedy: `Choose one of: ${known}.`,
  });
}
