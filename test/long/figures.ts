import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Outcome } from './harness.ts';

const PAGE = path.join(import.meta.dirname, '..', '..', 'docs', 'security.md');
const [BEGIN, END] = ['<!-- figures of test:long --write -->', '<!-- end of figures -->'];
const HEAD = [
  '| harness | tries | breaks | longest stall | own work in one turn | an idle process meanwhile | seconds |',
  '| --- | --: | --: | --: | --: | --: | --: |',
];

function rowOf({ name, tries, breaks, stalls, seconds }: Outcome): string {
  const late =
    stalls === null
      ? ['–', '–', '–']
      : [stalls.longest, stalls.own, stalls.idle].map((milliseconds) => `${Math.round(milliseconds)} ms`);
  return `| ${[name, tries.toLocaleString('en'), breaks.length, ...late, Math.round(seconds)].join(' | ')} |`;
}

/** Puts the figures of a sitting into docs/security.md, in the place of earlier ones of the same harnesses. */
export function writeFigures(outcomes: readonly Outcome[], seed: number): void {
  const page = readFileSync(PAGE, 'utf8');
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < 0) throw new Error('docs/security.md has no place for figures');
  const known = page.slice(from + BEGIN.length, to).split('\n');
  const rows = new Map(
    known
      .filter((line) => /^\| [a-z][a-z-]* +\|/.test(line) && !line.startsWith('| harness'))
      .map((line) => [line.split('|')[1]!.trim(), line]),
  );
  for (const outcome of outcomes) rows.set(outcome.name, rowOf(outcome));
  const [cpu] = os.cpus();
  const loads = os.loadavg().map((load) => load.toFixed(1));
  const machine = `Seeds from ${seed}, on ${os.cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), load ${loads.join(', ')} at the end, ${new Date().toISOString().slice(0, 10)}.`;
  const lines = [BEGIN, machine, '', ...HEAD, ...rows.values(), END];
  writeFileSync(PAGE, page.slice(0, from) + lines.join('\n') + page.slice(to + END.length));
}
