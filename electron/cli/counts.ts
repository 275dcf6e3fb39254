import type { ExportReport, ImportReport } from '../common/jobs.ts';
import { plain } from './text.ts';

/** The counts of a job's report, whatever they are: `images 364, boxes 4888`. */
export function describeCounts(report: ImportReport | ExportReport): string {
  return Object.entries(report)
    .flatMap(([name, value]) => (typeof value === 'number' ? [`${plain(name)} ${value}`] : []))
    .join(', ');
}
