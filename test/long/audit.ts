import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { z } from 'zod';

const root = path.join(import.meta.dirname, '..', '..');

const Report = z.object({
  vulnerabilities: z.record(z.string(), z.object({ severity: z.string() })),
});

/** Asks the registry for known weaknesses of the packages that the product brings. @returns whether there are none */
export function audit(): boolean {
  const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  const report = readReport(stdout);
  if (report === null) {
    process.stdout.write('audit: skipped, the registry does not answer.\n');
    return true;
  }
  const found = Object.entries(report.vulnerabilities).map(([name, { severity }]) => `${name} (${severity})`);
  process.stdout.write(`audit: ${found.length === 0 ? 'no known weakness' : found.join(', ')}\n`);
  return found.length === 0;
}

/** null for what is no report: a registry that is not there, or that knows no audits. */
export function readReport(text: string): z.infer<typeof Report> | null {
  try {
    return Report.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
